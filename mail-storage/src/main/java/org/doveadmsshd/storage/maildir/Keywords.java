package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.OpenFile;
import org.doveadmsshd.storage.posix.PosixException;

/**
 * What the letters {@code a} to {@code z} in this mailbox's file names mean: {@code
 * dovecot-keywords}, lines of {@code <0-25> <keyword>}.
 */
final class Keywords {
  private static final String FILE = "dovecot-keywords";
  private static final int MAX_SIZE = 64 * 1024;

  private final String[] names = new String[26];

  private Keywords() {}

  /** Reads the file; where there is none, no letter has a meaning. */
  static Keywords read(Directory mailbox) throws PosixException {
    try (OpenFile file = mailbox.read(FILE)) {
      return parse(new String(file.readAll(MAX_SIZE), StandardCharsets.UTF_8));
    } catch (PosixException e) {
      if (e.isMissing()) {
        return new Keywords();
      }
      throw e;
    }
  }

  /** Takes what can be read; a malformed line leaves its letter unnamed. */
  static Keywords parse(String content) {
    Keywords keywords = new Keywords();
    for (String line : content.split("\n")) {
      int space = line.indexOf(' ');
      if (space >= 1 && space <= 2 && line.substring(0, space).matches("[0-9]+")) {
        int index = Integer.parseInt(line.substring(0, space));
        if (index < 26 && space + 1 < line.length()) {
          keywords.names[index] = line.substring(space + 1);
        }
      }
    }
    return keywords;
  }

  /** The keywords for the lower-case letters among some flag letters, in alphabetical order. */
  List<String> of(String letters) {
    List<String> keywords = new ArrayList<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      if (letters.indexOf(letter) >= 0) {
        String name = names[letter - 'a'];
        keywords.add(name != null ? name : "unknown-" + (letter - 'a'));
      }
    }
    return keywords;
  }
}
