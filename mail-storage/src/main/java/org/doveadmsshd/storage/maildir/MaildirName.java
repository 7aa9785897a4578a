package org.doveadmsshd.storage.maildir;

import java.util.Comparator;
import java.util.TreeSet;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;

/**
 * The name of a file in {@code cur} or {@code new}: {@code base[:2,flags]}, one char a byte.
 *
 * <p>The base is everything before the first colon and is the identity of the mail.
 */
final class MaildirName {
  /** The order in which mails without a UID get theirs: time, then microseconds, then the base. */
  static final Comparator<String> UID_ORDER = MaildirName::compare;

  /** By letter, the bit of its system flag: a search looks at every mail's letters. */
  private static final int[] BITS = new int['Z' + 1];

  static {
    for (Flag flag : Flag.values()) {
      BITS[letter(flag)] = 1 << flag.ordinal();
    }
    BITS[letter(Flag.RECENT)] = 0;
  }

  private MaildirName() {}

  private static int compare(String one, String other) {
    int order = Long.compare(number(one, 0), number(other, 0));
    order = order == 0 ? Long.compare(micros(one), micros(other)) : order;
    return order == 0 ? one.compareTo(other) : order;
  }

  /** As {@link #isMail(String)}, of a name that stands in an array. */
  static boolean isMail(byte[] array, int from, int length) {
    if (array[from] == '.' || array[from] == ':') {
      return false;
    }
    for (int i = from; i < from + length; i++) {
      if (array[i] == '\n' || array[i] == '\r') {
        return false;
      }
    }
    return true;
  }

  /** Whether a directory entry is a mail at all. */
  static boolean isMail(String name) {
    char first = name.charAt(0);
    return first != '.' && first != ':' && name.indexOf('\n') < 0 && name.indexOf('\r') < 0;
  }

  static String base(String name) {
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  /** Where the letters of flags begin: behind the last colon, as in Dovecot; -1 for none. */
  private static int flagsAt(String name) {
    int colon = name.lastIndexOf(':');
    return colon >= 0 && name.startsWith("2,", colon + 1) ? colon + 3 : -1;
  }

  /** The letters after {@code :2,} up to a further comma; empty when there are none. */
  static String flags(String name) {
    int flags = flagsAt(name);
    int end = flags < 0 ? -1 : name.indexOf(',', flags);
    return flags < 0 ? "" : name.substring(flags, end < 0 ? name.length() : end);
  }

  /** The name with other letters for flags; a further comma and all after it stay. */
  static String withFlags(String name, String letters) {
    int flags = flagsAt(name);
    int end = flags < 0 ? -1 : name.indexOf(',', flags);
    String before = flags < 0 ? base(name) + ":2," : name.substring(0, flags);
    return before + letters + (end < 0 ? "" : name.substring(end));
  }

  /** The letter of a system flag; 0 for {@link Flag#RECENT}, which has none. */
  static char letter(Flag flag) {
    return switch (flag) {
      case ANSWERED -> 'R';
      case FLAGGED -> 'F';
      case DELETED -> 'T';
      case SEEN -> 'S';
      case DRAFT -> 'D';
      case RECENT -> 0;
    };
  }

  /** The bit of the system flag that a letter stands for; 0 when it stands for none. */
  static int bit(char letter) {
    return letter < BITS.length ? BITS[letter] : 0;
  }

  /** The letters for some flags, in their order. */
  static String letters(Flags flags, Keywords keywords) {
    return letters(flags, keywords, "");
  }

  /** As {@link #letters(Flags, Keywords)}, with the unknown letters of an old name. */
  static String letters(Flags flags, Keywords keywords, String old) {
    TreeSet<Character> letters = new TreeSet<>();
    for (Flag flag : Flag.values()) {
      if (flags.has(flag) && letter(flag) != 0) {
        letters.add(letter(flag));
      }
    }
    for (char c : old.toCharArray()) {
      if ("DFRST".indexOf(c) < 0 && !(c >= 'a' && c <= 'z')) {
        letters.add(c);
      }
    }
    for (String keyword : flags.keywords()) {
      addKeyword(keyword, keywords, old, letters);
    }
    StringBuilder text = new StringBuilder();
    letters.forEach(text::append);
    return text.toString();
  }

  /** A letter that it has already is kept, whatever other letters there are for that keyword. */
  private static void addKeyword(
      String keyword, Keywords keywords, String old, TreeSet<Character> letters) {
    boolean has = false;
    for (char c : old.toCharArray()) {
      if (keywords.means(c, keyword)) {
        letters.add(c);
        has = true;
      }
    }
    char letter = has ? 0 : keywords.letter(keyword);
    if (letter != 0) {
      letters.add(letter);
    } else if (!has) {
      throw new IllegalStateException("no letter for the keyword " + keyword);
    }
  }

  /** The sizes that a base names, as they stand there in every name. */
  static String sizes(String base) {
    long physical = size(base, 'S');
    long virtual = size(base, 'W');
    return (physical < 0 ? "" : ",S=" + physical) + (virtual < 0 ? "" : ",W=" + virtual);
  }

  /** The number after {@code ,S=} or {@code ,W=} in a base, or -1 when there is none. */
  static long size(String base, char letter) {
    for (int at = base.indexOf(','); at >= 0; at = base.indexOf(',', at + 1)) {
      if (base.startsWith("=", at + 2) && base.charAt(at + 1) == letter) {
        int end = at + 3;
        while (end < base.length() && Character.digit(base.charAt(end), 10) >= 0) {
          end++;
        }
        boolean closed = end == base.length() || base.charAt(end) == ',';
        boolean number = end > at + 3 && end - at < 21;
        return closed && number ? number(base, at + 3) : -1;
      }
    }
    return -1;
  }

  /** The name with another size behind its first {@code ,S=}, which it must have. */
  static String withSize(String name, long size) {
    int from = name.indexOf(",S=") + 3;
    int end = from;
    while (end < name.length() && Character.digit(name.charAt(end), 10) >= 0) {
      end++;
    }
    return name.substring(0, from) + size + name.substring(end);
  }

  private static long micros(String base) {
    int dot = base.indexOf('.');
    return dot >= 0 && base.startsWith("M", dot + 1) ? number(base, dot + 2) : 0;
  }

  /** The decimal number at a position; 0 when there is none; capped far beyond any date. */
  private static long number(String text, int from) {
    long value = 0;
    for (int i = from; i < text.length() && value < Long.MAX_VALUE / 100; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** As for texts; of a base that stands in an array up to a position. */
  static long micros(byte[] base, int from, int end) {
    int dot = from;
    while (dot < end && base[dot] != '.') {
      dot++;
    }
    return dot + 1 < end && base[dot + 1] == 'M' ? number(base, dot + 2, end) : 0;
  }

  /** As for texts; of a base that stands in an array up to a position. */
  static long number(byte[] base, int from, int end) {
    long value = 0;
    for (int i = from; i < end && value < Long.MAX_VALUE / 100; i++) {
      int digit = base[i] - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
