package org.doveadmsshd.console.line;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;

/**
 * A list of names in as little memory as possible. Names that have a line break are left out: they
 * cannot be typed.
 *
 * @param lines each name with a line feed behind it
 * @param note why it holds none; empty when it holds all there are
 */
record NameList(String lines, String note) {
  /** So many characters: 5,000 of 25 characters. */
  private static final int MOST_CHARACTERS = 128 * 1024;

  private static final String MANY = "too many to list; type more of the name";

  /** Names, one after another. */
  @FunctionalInterface
  interface Listing {
    void list(Consumer<String> taker) throws Failure, IOException;
  }

  /** Ends a listing. */
  private static final class EnoughException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EnoughException() {
      super("too many names", null, false, false);
    }
  }

  /** Takes all names of a listing, as long as there is room. */
  static NameList of(Listing listing) {
    StringBuilder lines = new StringBuilder();
    try {
      listing.list(
          name -> {
            if (lines.length() + name.length() >= MOST_CHARACTERS) {
              throw new EnoughException();
            }
            if (name.indexOf('\n') < 0) {
              lines.append(name).append('\n');
            }
          });
    } catch (EnoughException e) {
      return new NameList("", MANY);
    } catch (Failure e) {
      return new NameList("", e.getMessage());
    } catch (IOException e) {
      return new NameList("", "cannot be listed");
    }
    return new NameList(lines.toString(), "");
  }

  boolean isTooLong() {
    return note.equals(MANY);
  }

  /** The names that begin so, in whatever case. */
  List<String> beginning(String begin) {
    List<String> names = new ArrayList<>();
    int end;
    for (int at = 0; (end = lines.indexOf('\n', at)) >= 0; at = end + 1) {
      if (lines.regionMatches(true, at, begin, 0, begin.length()) && end - at >= begin.length()) {
        names.add(lines.substring(at, end));
      }
    }
    return names;
  }
}
