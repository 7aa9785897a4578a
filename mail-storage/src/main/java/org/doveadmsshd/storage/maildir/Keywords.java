package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * What the letters {@code a} to {@code z} in this mailbox's file names mean: {@code
 * dovecot-keywords}, lines of {@code <0-25> <keyword>}. A letter never changes its meaning.
 *
 * <p>A letter that stands in names of files and has no name, as after mails were copied without the
 * file, is called {@code unknown-0} to {@code unknown-25}. It is never given to another keyword.
 */
final class Keywords {
  static final String FILE = "dovecot-keywords";
  static final String ASIDE = FILE + ".lock";
  private static final int MAX_SIZE = 64 * 1024;
  private static final String UNKNOWN = "unknown-";
  private static final int LETTERS = 26;

  /** Longest name that a keyword is given, in bytes; as in Dovecot's mail_max_keyword_length. */
  private static final int MAX_LENGTH = 50;

  private static final long SECOND = 1_000_000_000L;

  private final String[] names = new String[LETTERS];

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

  /**
   * Takes what can be read; a malformed line leaves its letter unnamed. Of several lines for a
   * letter the last counts, as in Dovecot.
   */
  static Keywords parse(String content) {
    Keywords keywords = new Keywords();
    for (String line : content.split("\r?\n")) {
      int index = index(line);
      if (index < LETTERS) {
        keywords.names[index] = line.substring(line.indexOf(' ') + 1);
      }
    }
    return keywords;
  }

  /** The number of the letter that a line names; {@link #LETTERS} or more where it names none. */
  private static int index(String line) {
    int space = line.indexOf(' ');
    boolean usable = space > 0 && space + 1 < line.length() && !hasControl(line);
    return usable ? (int) Digits.number(line.substring(0, space), 9, LETTERS) : LETTERS;
  }

  /** The letters among some that have no name. */
  List<Character> unnamed(Collection<Character> letters) {
    return letters.stream().filter(letter -> names[letter - 'a'] == null).toList();
  }

  /** What such a letter is called. */
  static String unknown(char letter) {
    return UNKNOWN + (letter - 'a');
  }

  /** The numbers of lines that say nothing, from 1 on. */
  static List<Integer> malformed(Directory mailbox) throws PosixException {
    List<Integer> malformed = new ArrayList<>();
    try (OpenFile file = mailbox.read(FILE)) {
      String[] lines =
          new String(file.readAll(MAX_SIZE), StandardCharsets.UTF_8).split("\r?\n", -1);
      for (int i = 0; i < lines.length; i++) {
        boolean isEnd = i == lines.length - 1 && lines[i].isEmpty();
        if (!isEnd && index(lines[i]) >= LETTERS) {
          malformed.add(i + 1);
        }
      }
    }
    return malformed;
  }

  /** The keywords for the lower-case letters among some flag letters, in alphabetical order. */
  List<String> of(String letters) {
    List<String> keywords = new ArrayList<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      if (letters.indexOf(letter) >= 0) {
        String name = name(letter - 'a');
        if (!contains(keywords, name)) { // two letters for one keyword
          keywords.add(name);
        }
      }
    }
    return keywords;
  }

  private static boolean hasControl(String line) {
    return line.indexOf('\0') >= 0 || line.indexOf('\r') >= 0;
  }

  private static boolean contains(List<String> keywords, String name) {
    for (String keyword : keywords) {
      if (keyword.equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  private String name(int index) {
    return names[index] == null ? UNKNOWN + index : names[index];
  }

  /** Whether a letter stands for a keyword, in any case. */
  boolean means(char letter, String keyword) {
    return letter >= 'a' && letter <= 'z' && name(letter - 'a').equalsIgnoreCase(keyword);
  }

  /** The letter of a keyword, in any case; 0 when it has none. */
  char letter(String keyword) {
    for (int i = 0; i < names.length; i++) {
      if (keyword.equalsIgnoreCase(names[i])) {
        return (char) ('a' + i);
      }
    }
    for (char letter = 'a'; letter <= 'z'; letter++) {
      if (means(letter, keyword)) {
        return letter;
      }
    }
    return 0;
  }

  /** Those of some keywords that have no letter. */
  List<String> missing(Collection<String> keywords) {
    return keywords.stream().filter(keyword -> letter(keyword) == 0).toList();
  }

  /**
   * Refuses keywords that should not come into use.
   *
   * @throws Failure with exit code 65 when a keyword is too long
   */
  static void check(Collection<String> keywords) throws Failure {
    for (String keyword : keywords) {
      if (keyword.getBytes(StandardCharsets.UTF_8).length > MAX_LENGTH) {
        throw new Failure(
            Outcome.DATA_ERROR,
            "A keyword has at most " + MAX_LENGTH + " characters; this is longer: " + keyword);
      }
    }
  }

  /**
   * Gives letters to keywords that have none, in the file, too. Under the lock of the UID list.
   *
   * @param used the letters that stand in names of files, which are not given away
   * @throws Failure when there are 26 already; nothing has changed then
   */
  static Keywords extend(
      Directory directory, String mailbox, Collection<String> wanted, Set<Character> used)
      throws Failure, PosixException {
    Keywords keywords = read(directory);
    Set<Character> kept = new TreeSet<>(used);
    for (String keyword : wanted) {
      kept.add(keywords.letter(keyword));
    }
    kept.remove((char) 0);
    for (char letter : kept) {
      keywords.names[letter - 'a'] = keywords.name(letter - 'a'); // as Dovecot names them
    }
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
      directory.unlink(ASIDE); // left by a process that was killed under the lock
    }
    long before = directory.has(FILE) ? directory.status(FILE).modifiedSeconds() : 0;
    try (AsideFile aside = new AsideFile(directory, ASIDE)) {
      OpenFile file = aside.file();
      file.write(content.toString().getBytes(StandardCharsets.UTF_8));
      if (file.status().modifiedSeconds() <= before) {
        file.modified((before + 1) * SECOND); // readers compare whole seconds
      }
      file.sync();
      aside.put(FILE);
    }
    directory.sync();
  }
}
