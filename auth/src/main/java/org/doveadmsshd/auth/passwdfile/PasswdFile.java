package org.doveadmsshd.auth.passwdfile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.auth.MailUser;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.Userdb;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.protocol.Failure;

/**
 * A file of lines {@code user:password:uid:gid:gecos:home:shell:extra fields}, read again when it
 * changes. Of a user who stands there twice the first line counts, as in Dovecot.
 */
public final class PasswdFile implements Userdb, Passdb {
  private static final String USERDB_PREFIX = "userdb_";

  private final Path file;
  private final String defaultScheme;
  private volatile Content content;

  /** One line. */
  private record Line(String password, MailUser user) {}

  /** What was in the file when it looked like this. */
  private record Content(long modified, long size, Map<String, Line> lines) {}

  /**
   * @param defaultScheme of passwords that name none
   */
  public PasswdFile(Path file, String defaultScheme) {
    this.file = file;
    this.defaultScheme = defaultScheme;
  }

  @Override
  public Optional<MailUser> find(String name) throws Failure {
    return Optional.ofNullable(lines().get(name.toLowerCase(Locale.ROOT))).map(Line::user);
  }

  @Override
  public Iterator<String> list() throws Failure {
    return lines().keySet().iterator();
  }

  @Override
  public boolean verify(String user, String password) throws Failure {
    Line line = lines().get(user.toLowerCase(Locale.ROOT));
    if (line != null) {
      return PasswordHash.parse(line.password(), defaultScheme).verify(password);
    }
    for (Line other : lines().values()) {
      // the same work as for a user who is there, so that time does not tell
      PasswordHash.parse(other.password(), defaultScheme).verify(password);
      break;
    }
    return false;
  }

  private Map<String, Line> lines() throws Failure {
    Content current = content;
    try {
      BasicFileAttributes status = Files.readAttributes(file, BasicFileAttributes.class);
      long modified = status.lastModifiedTime().toMillis();
      if (current == null || current.modified != modified || current.size != status.size()) {
        current = new Content(modified, status.size(), read());
        content = current;
      }
      return current.lines;
    } catch (IOException e) {
      throw Failure.temporary("The passwd-file of users cannot be read", e);
    }
  }

  private Map<String, Line> read() throws IOException {
    Map<String, Line> lines = new LinkedHashMap<>();
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    for (String line : text.split("\n")) {
      if (!line.isEmpty() && line.charAt(0) != '#' && line.charAt(0) != ':') {
        String[] columns = line.stripTrailing().split(":", 8);
        String name = columns[0].toLowerCase(Locale.ROOT);
        lines.putIfAbsent(name, new Line(column(columns, 1), user(name, columns)));
      }
    }
    return lines;
  }

  private static String column(String[] columns, int index) {
    return index < columns.length ? columns[index] : "";
  }

  private static MailUser user(String name, String[] columns) {
    Map<String, String> fields = new LinkedHashMap<>();
    put(fields, "uid", column(columns, 2));
    put(fields, "gid", column(columns, 3));
    put(fields, "home", column(columns, 5));
    List<String> extras = new ArrayList<>(List.of(column(columns, 7).split(" ")));
    for (String extra : extras) {
      int equals = extra.indexOf('=');
      if (extra.startsWith(USERDB_PREFIX) && equals > 0) {
        put(fields, extra.substring(USERDB_PREFIX.length(), equals), extra.substring(equals + 1));
      }
    }
    return new MailUser(name, fields);
  }

  private static void put(Map<String, String> fields, String name, String value) {
    if (!value.isEmpty()) {
      fields.put(name, value);
    }
  }
}
