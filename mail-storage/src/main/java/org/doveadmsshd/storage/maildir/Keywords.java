package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.OpenFile;
import org.doveadmsshd.storage.posix.PosixException;

/**
 * What the letters {@code a} to {@code z} in this mailbox's file names mean: {@code
 * dovecot-keywords}, lines of {@code <0-25> <keyword>}. A letter never changes its meaning.
 */
final class Keywords {
  private static final String FILE = "dovecot-keywords";
  private static final String ASIDE = FILE + ".lock";
  private static final int MAX_SIZE = 64 * 1024;
  private static final String UNKNOWN = "unknown-";
  private static final long SECOND = 1_000_000_000L;

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
        keywords.add(name != null ? name : UNKNOWN + (letter - 'a'));
      }
    }
    return keywords;
  }

  /** The letter of a keyword, in any case; 0 when it has none. */
  char letter(String keyword) {
    for (int i = 0; i < names.length; i++) {
      String name = names[i] == null ? UNKNOWN + i : names[i];
      if (name.equalsIgnoreCase(keyword)) {
        return (char) ('a' + i);
      }
    }
    return 0;
  }

  boolean hasAll(Collection<String> keywords) {
    return keywords.stream().allMatch(keyword -> letter(keyword) != 0);
  }

  /**
   * Gives letters to keywords that have none, in the file, too. Under the lock of the UID list.
   *
   * @throws Failure when there are 26 already; nothing has changed then
   */
  static Keywords extend(Directory directory, String mailbox, Collection<String> wanted)
      throws Failure, PosixException {
    Keywords keywords = read(directory);
    for (String keyword : wanted) {
      if (keywords.letter(keyword) == 0) {
        keywords.names[keywords.free(mailbox, keyword)] = keyword;
      }
    }
    keywords.write(directory);
    return keywords;
  }

  private int free(String mailbox, String keyword) throws Failure {
    for (int i = 0; i < names.length; i++) {
      if (names[i] == null) {
        return i;
      }
    }
    throw new Failure(
        Outcome.DATA_ERROR,
        "Mailbox %s has 26 keywords already, more than Maildir can store; %s was not added"
            .formatted(mailbox, keyword));
  }

  private void write(Directory directory) throws PosixException {
    StringBuilder content = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      if (names[i] != null) {
        content.append(i).append(' ').append(names[i]).append('\n');
      }
    }
    if (directory.has(ASIDE)) {
      directory.unlink(ASIDE); // left by somebody who was killed under the lock
    }
    long before = directory.has(FILE) ? directory.status(FILE).modifiedSeconds() : 0;
    try (OpenFile file = directory.create(ASIDE, 0600)) {
      file.adopt(directory.status());
      file.write(content.toString().getBytes(StandardCharsets.UTF_8));
      if (file.status().modifiedSeconds() <= before) {
        file.modified((before + 1) * SECOND); // readers compare whole seconds
      }
      file.sync();
    }
    directory.rename(ASIDE, FILE);
    directory.sync();
  }
}
