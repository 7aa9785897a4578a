package org.doveadmsshd.storage.maildir;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.MailboxLayout;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.FileName;
import org.doveadmsshd.storage.MailStore;

/**
 * How mailbox names become directories: levels below the root of the mail, of the control files, or
 * of the indexes. Levels are one char a byte.
 */
record MailboxPaths(MailboxLayout layout) {
  private static final int MAX_LEVEL = 255;

  /** Of a whole name, in bytes; as in Dovecot. */
  private static final int MAX_NAME = 4096;

  private static final Set<String> PARTS = Set.of("cur", "new", "tmp");

  /** Files that lie in mailboxes: no directory may take their names. */
  private static final Set<String> FILES =
      Set.of(
          "maildirfolder",
          "maildirsize",
          "dovecot-shared",
          "dovecot-acl",
          "dovecot-acl-list",
          ".sieve");

  private static final List<String> FILES_BEGIN =
      List.of(
          "dovecot-uidlist",
          "dovecot-keywords",
          "dovecot-uidvalidity",
          "dovecot.index",
          "dovecot.list.index",
          "dovecot.mailbox.log",
          "doveadm-sshd.cache",
          MailboxTree.TRASHED);

  boolean isFs() {
    return layout.kind() == MailboxLayout.Kind.FS;
  }

  /** Stands between the levels of a name. */
  char separator() {
    return layout.kind().separator();
  }

  /** The directory of a mailbox that may be there; nothing for a name that none can have. */
  Optional<List<String>> find(String name) {
    List<String> levels = encoded(name);
    return mistake(name, levels).isPresent() ? Optional.empty() : Optional.of(levels);
  }

  /**
   * The directory of a mailbox, whether it is there or not.
   *
   * @throws Failure with exit code 64 for a name that no mailbox can have
   */
  List<String> directory(String name) throws Failure {
    List<String> levels = encoded(name);
    Optional<String> mistake = mistake(name, levels);
    if (mistake.isPresent()) {
      throw Failure.usage(mistake.get());
    }
    return levels;
  }

  /**
   * As {@link #directory}, for a mailbox that is to be made.
   *
   * @throws Failure with exit code 64 also for the names of files that lie in mailboxes
   */
  List<String> newDirectory(String name) throws Failure {
    List<String> levels = directory(name);
    for (String level : levels) {
      boolean isFile =
          FILES.contains(level)
              || level.startsWith(layout.subscriptions())
              || FILES_BEGIN.stream().anyMatch(level::startsWith);
      if (isFs() && isFile) {
        throw Failure.usage("Invalid mailbox name: '" + name + "' (a file has that name)");
      }
    }
    return levels;
  }

  /** Where the mail of a mailbox is, by its directory. */
  List<String> mail(List<String> directory) {
    return extended(directory, !layout.directoryName().isEmpty());
  }

  /** Where control files and indexes of a mailbox are that lie apart. */
  List<String> apart(List<String> directory) {
    return extended(
        directory, layout.isDirectoryNameEverywhere() && !layout.directoryName().isEmpty());
  }

  private List<String> extended(List<String> directory, boolean isExtended) {
    List<String> levels = new ArrayList<>(directory);
    if (isExtended) {
      levels.add(layout.directoryName());
    }
    return levels;
  }

  private List<String> encoded(String name) {
    if (!isFs()) {
      return List.of("." + encode(name));
    }
    List<String> levels = new ArrayList<>();
    for (String level : name.split("/", -1)) {
      levels.add(encode(level));
    }
    return levels;
  }

  private String encode(String text) {
    return layout.utf8() ? FileName.of(text) : ModifiedUtf7.encode(text);
  }

  private Optional<String> mistake(String name, List<String> levels) {
    String invalid = "Invalid mailbox name: '" + name + "' (";
    if (!isFs() && name.indexOf('/') >= 0 || hasEmptyLevel(name)) {
      return Optional.of(
          invalid
              + "levels have '%c' between them%s)"
                  .formatted(separator(), isFs() ? "" : ", and no '/'"));
    }
    if (levels.stream().anyMatch(level -> level.length() > MAX_LEVEL)
        || levels.stream().mapToInt(level -> level.length() + 1).sum() > MAX_NAME) {
      return Optional.of("Mailbox name is too long: " + name);
    }
    if (layout.utf8() && !isPlainUtf8(name)) {
      return Optional.of(invalid + "it has control characters)");
    }
    if (isFs() && name.startsWith("~")) {
      return Optional.of(invalid + "it begins with '~')");
    }
    Optional<String> reserved = levels.stream().filter(this::isReserved).findFirst();
    return reserved.map(level -> invalid + "the name " + level + " is reserved)");
  }

  /** Whether a level of a name is empty, as no mailbox has it. */
  boolean hasEmptyLevel(String name) {
    char separator = separator();
    return name.isEmpty()
        || name.charAt(0) == separator
        || name.charAt(name.length() - 1) == separator
        || name.contains("" + separator + separator);
  }

  private static boolean isPlainUtf8(String name) {
    boolean plain = name.chars().allMatch(c -> c >= ' ' && c != 0x7f);
    return plain && StandardCharsets.UTF_8.newEncoder().canEncode(name);
  }

  /** Whether a directory of that name is no mailbox, nor has mailboxes in it. */
  boolean isReserved(String level) {
    if (!isFs()) {
      return false;
    }
    boolean isPart =
        layout.directoryName().isEmpty()
            ? PARTS.contains(level)
            : level.equals(layout.directoryName());
    return isPart || level.equals(".") || level.equals("..");
  }

  /**
   * The name of a level, or the whole name with Maildir++.
   *
   * @param file without the dot at the beginning
   * @return nothing for what no mailbox would be called
   */
  Optional<String> name(String file) {
    Optional<String> name = layout.utf8() ? utf8(file) : ModifiedUtf7.decode(file);
    return name.filter(text -> encoded(text).size() == 1 && mistake(text, encoded(text)).isEmpty());
  }

  private static Optional<String> utf8(String file) {
    try {
      byte[] bytes = file.getBytes(StandardCharsets.ISO_8859_1);
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** How a mailbox is called among the subscriptions. */
  String subscription(String name) throws Failure {
    String joined = String.join("/", directory(name));
    return isFs() ? joined : joined.substring(1);
  }

  /** A line of subscriptions that stands for something of another tree. */
  String line(String text) {
    StringBuilder line = new StringBuilder();
    for (String level : isFs() ? text.split("/", -1) : new String[] {text}) {
      line.append(line.isEmpty() ? "" : "/").append(encode(level));
    }
    return line.toString();
  }

  /** The mailbox that is called so among the subscriptions; nothing for what no mailbox is. */
  Optional<String> subscribed(String line) {
    if (!isFs()) {
      return layout.utf8() ? utf8(line) : ModifiedUtf7.decode(line);
    }
    List<String> names = new ArrayList<>();
    for (String level : line.split("/", -1)) {
      Optional<String> name = layout.utf8() ? utf8(level) : ModifiedUtf7.decode(level);
      name.ifPresent(names::add);
      if (name.isEmpty()) {
        return Optional.empty();
      }
    }
    return Optional.of(String.join("/", names));
  }

  /** The mailboxes above one, the nearest first. */
  List<String> parents(String name) {
    List<String> parents = new ArrayList<>();
    char separator = separator();
    for (int at = name.lastIndexOf(separator); at > 0; at = name.lastIndexOf(separator, at - 1)) {
      parents.add(name.substring(0, at));
    }
    return parents;
  }

  boolean isBelow(String name, String parent) {
    return name.startsWith(parent + separator());
  }

  static boolean isInbox(String name) {
    return name.equalsIgnoreCase(MailStore.INBOX);
  }
}
