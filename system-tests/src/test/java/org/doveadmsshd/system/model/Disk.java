package org.doveadmsshd.system.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A user's mail as it lies on disk, read without any code of ours: what commands do is judged by
 * it.
 *
 * @param mails all of them, in the order of mailboxes and names
 */
record Disk(List<Mail> mails) {
  private static final int LETTERS = 26;

  /**
   * A file in {@code cur} or {@code new}.
   *
   * @param token what tells its content from all others
   * @param flags letters of system flags, in order
   * @param keywords that have names, in lower case and in order
   * @param unknown letters of keywords that have none
   */
  record Mail(
      String box,
      Path file,
      String base,
      String token,
      String flags,
      TreeSet<String> keywords,
      String unknown) {
    boolean has(char flag) {
      return flags.indexOf(flag) >= 0;
    }

    /** The mail with its flags, as text to be compared; of keywords without names nothing. */
    String known() {
      return "%s %s [%s] %s".formatted(box, token, flags, keywords);
    }

    /** As {@link #known}, with the letters of keywords that have no name. */
    String whole() {
      return known() + " " + unknown;
    }
  }

  static Disk read(Path root) {
    try {
      List<Mail> mails = new ArrayList<>();
      for (String box : boxes(root)) {
        readBox(root, box, mails);
      }
      return new Disk(mails);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Names of all mailboxes; links are none. */
  static List<String> boxes(Path root) throws IOException {
    TreeSet<String> boxes = new TreeSet<>();
    boxes.add("INBOX");
    if (Layout.FS) {
      addDirectories(root, "", boxes);
      return List.copyOf(boxes);
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, ".?*")) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!name.startsWith("..") && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          boxes.add(name.substring(1));
        }
      }
    }
    return List.copyOf(boxes);
  }

  private static void addDirectories(Path directory, String prefix, TreeSet<String> boxes)
      throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        boolean isPart = List.of("cur", "new", "tmp").contains(name);
        if (!isPart && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          boxes.add(prefix + name);
          addDirectories(entry, prefix + name + "/", boxes);
        }
      }
    }
  }

  static Path directory(Path root, String box) {
    return Layout.directory(root, box);
  }

  private static void readBox(Path root, String box, List<Mail> mails) throws IOException {
    Path directory = directory(root, box);
    String[] names = keywords(directory);
    for (String part : List.of("cur", "new")) {
      Path files = directory.resolve(part);
      if (Files.isDirectory(files, LinkOption.NOFOLLOW_LINKS)) {
        try (Stream<Path> all = Files.list(files)) {
          for (Path file : all.sorted().toList()) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && !file.getFileName().toString().startsWith(".")) {
              mails.add(mail(box, file, names));
            }
          }
        }
      }
    }
  }

  private static Mail mail(String box, Path file, String[] names) throws IOException {
    String name = file.getFileName().toString();
    String[] parts = name.split(":2,", 2);
    String letters = parts.length < 2 ? "" : parts[1].split(",", 2)[0];
    StringBuilder flags = new StringBuilder();
    StringBuilder unknown = new StringBuilder();
    TreeSet<String> keywords = new TreeSet<>();
    for (char letter : letters.toCharArray()) {
      if (letter >= 'a' && letter <= 'z') {
        String keyword = names[letter - 'a'];
        if (keyword == null) {
          unknown.append(letter);
        } else {
          keywords.add(keyword);
        }
      } else if ("DFRST".indexOf(letter) >= 0) {
        flags.append(letter);
      }
    }
    String base = parts[0].split(":", 2)[0];
    return new Mail(box, file, base, token(file), flags.toString(), keywords, unknown.toString());
  }

  /** The first line is {@code X-Token: TOKEN}. */
  private static String token(Path file) throws IOException {
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    int end = content.indexOf('\n');
    boolean whole = end > 9 && content.startsWith("X-Token: ");
    String token = whole ? content.substring(9, end) : "";
    return content.equals(World.content(token)) ? token : "damaged:" + content;
  }

  /** What letters mean, by index; null for those that have no name. */
  private static String[] keywords(Path directory) throws IOException {
    String[] names = new String[LETTERS];
    Path file = directory.resolve("dovecot-keywords");
    if (Files.isRegularFile(file)) {
      for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\r?\n")) {
        String[] words = line.split(" ", 2);
        boolean usable = words.length == 2 && !words[1].isEmpty() && words[0].matches("[0-9]{1,9}");
        int index = usable ? Integer.parseInt(words[0]) : LETTERS;
        if (index < LETTERS) {
          boolean unknown = words[1].matches("unknown-[0-9]+");
          names[index] = unknown ? null : words[1].toLowerCase(java.util.Locale.ROOT);
        }
      }
    }
    return names;
  }

  List<Mail> in(String box) {
    return mails.stream().filter(mail -> mail.box().equals(box)).toList();
  }

  /** How many files there are of each base, by mailbox and base. */
  Map<String, Integer> bases() {
    Map<String, Integer> bases = new TreeMap<>();
    mails.forEach(mail -> bases.merge(mail.box() + "/" + mail.base(), 1, Integer::sum));
    return bases;
  }
}
