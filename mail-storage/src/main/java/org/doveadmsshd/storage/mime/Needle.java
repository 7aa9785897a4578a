package org.doveadmsshd.storage.mime;

import java.util.Arrays;

/** A text to search for, prepared once. Immutable; each search has a {@link Search} of its own. */
public final class Needle {
  private final String folded;
  private final byte[] ascii;
  private final BytePattern pattern;

  private final int[] shift;
  private final boolean empty;

  /**
   * @param text decoded; an empty one is found everywhere
   */
  public Needle(String text) {
    folded = Fold.fold(text);
    empty = text.isEmpty();
    boolean isAscii = !folded.isEmpty() && folded.chars().allMatch(c -> c < 0x80);
    ascii = isAscii ? folded.getBytes(java.nio.charset.StandardCharsets.US_ASCII) : null;
    pattern = isAscii ? new BytePattern(folded) : null;
    shift = shifts(folded);
  }

  /**
   * How far a Horspool search may move, by the low byte of the char under the pattern's end; 0
   * where that may be the pattern's last. Both cases of ASCII letters count.
   */
  private static int[] shifts(String pattern) {
    int[] shift = new int[256];
    Arrays.fill(shift, pattern.length());
    for (int i = 0; i < pattern.length(); i++) {
      shift[pattern.charAt(i) & 0xff] = pattern.length() - 1 - i;
      shift[Character.toLowerCase(pattern.charAt(i)) & 0xff] = pattern.length() - 1 - i;
    }
    return shift;
  }

  /** Whether every text has it. */
  public boolean isEmpty() {
    return empty;
  }

  /** Whether it is made of ASCII alone, so that bytes can be compared. */
  boolean isAscii() {
    return ascii != null;
  }

  /** Whether it begins with a blank or a tab. */
  public boolean beginsWithSpace() {
    return folded.startsWith(" ") || folded.startsWith("\t");
  }

  /** Whether it can be found across the lines of a header. */
  boolean hasLineEnd() {
    return folded.indexOf('\n') >= 0 || folded.indexOf('\r') >= 0;
  }

  int length() {
    return folded.length();
  }

  /** Whether it occurs in a text. */
  public boolean isIn(String text) {
    if (isAscii() && isAscii(text)) {
      return isInAscii(text);
    }
    Search search = new Search(new SearchBuffers());
    search.accept(text);
    return search.isFound();
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private boolean isInAscii(String text) {
    for (int i = ascii.length - 1; i < text.length(); ) {
      int move = shift[text.charAt(i)];
      if (move == 0 && text.regionMatches(true, i - ascii.length + 1, folded, 0, ascii.length)) {
        return true;
      }
      i += Math.max(move, 1);
    }
    return false;
  }

  /** As it is looked for in bytes; null unless it is {@link #isAscii() ASCII}. */
  BytePattern pattern() {
    return pattern;
  }

  /**
   * One search through text that comes in pieces.
   *
   * <p>An ASCII needle is looked for in the text as it is: an accented letter folds to its base and
   * a mark, so a match can end there but not go on. Around characters that fold to nothing but
   * ASCII, such as ligatures, the text is folded first.
   */
  final class Search {
    private static final int PIECE = 8192;

    private final SearchBuffers buffers;

    /** How much text there is in the buffer: the end of the last piece, and the present one. */
    private int length;

    private boolean found = empty;

    /**
     * @param buffers used by no other code meanwhile
     */
    Search(SearchBuffers buffers) {
      this.buffers = buffers;
    }

    void accept(String piece) {
      accept(piece.toCharArray(), 0, piece.length());
    }

    void accept(char[] piece, int from, int to) {
      if (folded.isEmpty()) {
        return;
      }
      for (int at = from; at < to && !found; ) {
        int count = Math.min(to - at, PIECE);
        boolean splits = at + count < to && Character.isHighSurrogate(piece[at + count - 1]);
        count += splits ? 1 : 0;
        if (buffers.text.length < length + count) {
          buffers.text = Arrays.copyOf(buffers.text, length + count);
        }
        char[] text = buffers.text;
        System.arraycopy(piece, at, text, length, count);
        length += count;
        found =
            isAscii()
                ? isInPlain(text, length) || isAroundCompatible(text, length)
                : isInFolded(Fold.fold(text, 0, length));
        int kept = Math.min(length, 2 * folded.length()); // a pair of chars may be a letter
        System.arraycopy(text, length - kept, text, 0, kept);
        length = kept;
        at += count;
      }
    }

    private boolean isInPlain(char[] chars, int to) {
      int last = ascii.length - 1;
      for (int i = last; i < to; ) {
        char c = chars[i];
        int move = c < 0x80 ? shift[c] : Fold.base(c) == ascii[last] ? 0 : ascii.length;
        if (move > 0) {
          i += move;
        } else if (precedes(chars, i - last)) {
          return true;
        } else {
          i++;
        }
      }
      return false;
    }

    /** Whether all but the last of the needle stands there. */
    private boolean precedes(char[] chars, int start) {
      for (int i = 0; i < ascii.length - 1; i++) {
        if (Fold.ascii(chars[start + i]) != ascii[i]) {
          return false;
        }
      }
      return true;
    }

    /** Whether a match has a character in it that must be folded to be compared. */
    private boolean isAroundCompatible(char[] chars, int to) {
      int next = Fold.nextCompatible(chars, 0, to);
      while (next < to) {
        int begin = Math.max(next - ascii.length, 0);
        int end = next;
        while (next < to && next <= end) { // what such characters have around them may overlap
          end = Math.min(next + ascii.length + 1, to);
          next = Fold.nextCompatible(chars, next + 1, to);
        }
        if (isInFolded(Fold.fold(chars, begin, end))) {
          return true;
        }
      }
      return false;
    }

    private boolean isInFolded(CharSequence chars) {
      int last = folded.length() - 1;
      for (int i = last; i < chars.length(); ) {
        int move = shift[chars.charAt(i) & 0xff];
        if (move > 0) {
          i += move;
        } else if (endsAt(chars, i)) {
          return true;
        } else {
          i++;
        }
      }
      return false;
    }

    private boolean endsAt(CharSequence chars, int end) {
      int start = end - folded.length() + 1;
      for (int i = 0; i < folded.length(); i++) {
        if (chars.charAt(start + i) != folded.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    boolean isFound() {
      return found;
    }
  }
}
