package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;

/**
 * An ASCII text as it is looked for in bytes, with letters in any case. Two of its characters,
 * those that are rare in mails, are compared at eight places at a time; where both stand all are
 * compared. Immutable.
 */
final class BytePattern {
  /** Characters of mails from frequent to rare; those that are missing are rarer. */
  private static final String FREQUENT = " etaoinsrhldcumpfgybwvk0123456789=-./,:<>xjqz";

  /** The bit in which lower case differs from upper case. */
  private static final int CASE = 0x20;

  private final byte[] folded;

  /** Where the two characters stand, the first before or at the second. */
  private final int first;

  private final int second;

  /** What a byte is compared with after its case bit is set where that does not matter. */
  private final long firstCase;

  private final long firstWanted;
  private final long secondCase;
  private final long secondWanted;

  /**
   * @param text not empty, ASCII alone
   */
  BytePattern(String text) {
    this(text, rarest(text, -1), text.length() == 1 ? 0 : rarest(text, rarest(text, -1)));
  }

  /** As above, where two places are known to be rare. */
  BytePattern(String text, int one, int other) {
    folded = text.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < folded.length; i++) {
      folded[i] = (byte) Fold.ascii(folded[i]);
    }
    first = Math.min(one, other);
    second = Math.max(one, other);
    firstCase = caseOf(folded[first]);
    firstWanted = Octets.all(folded[first]) | firstCase;
    secondCase = caseOf(folded[second]);
    secondWanted = Octets.all(folded[second]) | secondCase;
  }

  private static long caseOf(byte b) {
    return b >= 'A' && b <= 'Z' ? Octets.all(CASE) : 0;
  }

  /** The place of the rarest character but for one place. */
  private static int rarest(String text, int but) {
    int best = but == 0 ? 1 : 0;
    for (int i = 0; i < text.length(); i++) {
      if (i != but && rarity(text.charAt(i)) > rarity(text.charAt(best))) {
        best = i;
      }
    }
    return best;
  }

  private static int rarity(char c) {
    int place = FREQUENT.indexOf(Fold.lower(c));
    return place < 0 ? FREQUENT.length() : place;
  }

  int length() {
    return folded.length;
  }

  /** The byte at a place; a letter in upper case. */
  byte at(int place) {
    return folded[place];
  }

  /** Whether it has a character of a folded text, or may have one of half a surrogate pair. */
  boolean hasAny(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80 && has((byte) c) || Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }

  private boolean has(byte b) {
    for (byte own : folded) {
      if (own == b) {
        return true;
      }
    }
    return false;
  }

  /** Where it begins for the first time between two positions; -1 where it does not. */
  int find(byte[] bytes, int from, int to) {
    int last = to - folded.length; // where it can begin at the latest
    int end = to - second - 15; // where sixteen places can no longer be compared
    int i = from;
    for (; i < end; i += 16) {
      long low = differences(bytes, i);
      long high = differences(bytes, i + 8);
      if ((Octets.zeros(low) | Octets.zeros(high)) != 0) {
        int found = verify(bytes, i, Math.min(i + 15, last));
        if (found >= 0) {
          return found;
        }
      }
    }
    return verify(bytes, i, last);
  }

  /** A byte is 0 for each of eight places where both characters stand. */
  private long differences(byte[] bytes, int place) {
    return (Octets.at(bytes, place + first) | firstCase) ^ firstWanted
        | (Octets.at(bytes, place + second) | secondCase) ^ secondWanted;
  }

  private int verify(byte[] bytes, int from, int last) {
    for (int i = from; i <= last; i++) {
      if (Fold.ascii(bytes[i + second]) == folded[second] && stands(bytes, i)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether it begins at a position. */
  private boolean stands(byte[] bytes, int from) {
    for (int i = 0; i < folded.length; i++) {
      if (Fold.ascii(bytes[from + i]) != folded[i]) {
        return false;
      }
    }
    return true;
  }
}
