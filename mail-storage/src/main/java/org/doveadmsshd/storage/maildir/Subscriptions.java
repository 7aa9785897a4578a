package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.OpenFile;
import org.doveadmsshd.storage.posix.PosixException;

/**
 * The {@code subscriptions} file: a header {@code V<TAB>2}, an empty line, then a name per line
 * with a TAB between its levels; before version 2 one plain name per line.
 */
final class Subscriptions {
  private static final String FILE = "subscriptions";
  private static final int MAX_SIZE = 4 * 1024 * 1024;
  private static final String VERSION_2 = "V\t2";

  private Subscriptions() {}

  /** The storage names ({@code A.B}, modified UTF-7) in their order; none without a file. */
  static List<String> read(Directory root) throws PosixException {
    try (OpenFile file = root.read(FILE)) {
      return parse(new String(file.readAll(MAX_SIZE), StandardCharsets.ISO_8859_1));
    } catch (PosixException e) {
      if (e.isMissing()) {
        return List.of();
      }
      throw e;
    }
  }

  static List<String> parse(String content) {
    List<String> names = new ArrayList<>();
    String[] lines = content.split("\n");
    boolean version2 = lines[0].equals(VERSION_2);
    for (int i = version2 ? 1 : 0; i < lines.length; i++) {
      if (!lines[i].isEmpty()) {
        names.add(version2 ? unescape(lines[i].replace('\t', '.')) : lines[i]);
      }
    }
    return names;
  }

  /** Undoes Dovecot's escapes: 0x01 and one of {@code 0 1 t r n}. */
  private static String unescape(String text) {
    if (text.indexOf(1) < 0) {
      return text;
    }
    return text.replace("\u0001t", "\t")
        .replace("\u0001r", "\r")
        .replace("\u0001n", "\n")
        .replace("\u00010", "\0")
        .replace("\u00011", "\u0001");
  }
}
