package org.doveadmsshd.auth.passwdfile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.base.Variables;
import org.doveadmsshd.base.WatchedFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of lines {@code user:password:uid:gid:gecos:home:shell:extra fields}, read again when it
 * changes. Of a user who stands there twice the first line counts, as in Dovecot.
 *
 * <p>The path may have variables: {@code /etc/mail/%d/passwd} is one file for each domain. Then it
 * cannot be listed.
 */
public final class PasswdFile implements Userdb, PasswordStore {
  private static final Logger LOG = LoggerFactory.getLogger(PasswdFile.class);
  private static final String USERDB_PREFIX = "userdb_";

  /** Most files of domains that are kept in memory. */
  private static final int MAX_FILES = 1000;

  private final String path;
  private final String nameFormat;
  private final Map<Path, WatchedFile<Map<String, Line>>> contents = new ConcurrentHashMap<>();

  /** One line. */
  private record Line(String password, MailUser user, Map<String, String> extras) {}

  /**
   * @param path may have variables
   * @param nameFormat under which name a user stands in the file: {@code %u}, or {@code %n} in
   *     files of one domain each
   */
  public PasswdFile(String path, String nameFormat) {
    this.path = path;
    this.nameFormat = nameFormat;
  }

  @Override
  public Optional<MailUser> find(String name) throws Failure {
    String user = name.toLowerCase(Locale.ROOT);
    Optional<MailUser> found = line(Variables.of(user, ""), user).map(Line::user);
    return nameFormat.equals("%u") ? found : found.map(line -> new MailUser(user, line.fields()));
  }

  @Override
  public Optional<Stored> find(LoginAttempt attempt) throws Failure {
    String user = attempt.user().toLowerCase(Locale.ROOT);
    return line(Variables.of(user, attempt.address()), user)
        .map(line -> new Stored(line.password(), line.extras()));
  }

  private Optional<Line> line(Variables variables, String user) throws Failure {
    boolean perDomain = Variables.isIn(path);
    if (perDomain && !UserName.isFitForPaths(user)) {
      return Optional.empty(); // no name that may become part of a path
    }
    Map<String, Line> lines = lines(Path.of(variables.expand(path)), perDomain);
    return Optional.ofNullable(lines.get(variables.expand(nameFormat).toLowerCase(Locale.ROOT)));
  }

  @Override
  public boolean canList() {
    return !Variables.isIn(path) && nameFormat.equals("%u");
  }

  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    if (!canList()) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "A passwd-file with variables in its path cannot be listed");
    }
    for (String name : lines(Path.of(path), false).keySet()) {
      visitor.visit(name);
    }
  }

  /**
   * @param mayBeMissing whether a file that is not there has no users, as that of an unknown domain
   */
  private Map<String, Line> lines(Path file, boolean mayBeMissing) throws Failure {
    if (contents.size() >= MAX_FILES) {
      contents.clear();
    }
    try {
      return contents.computeIfAbsent(file, key -> new WatchedFile<>(key, PasswdFile::read)).get();
    } catch (NoSuchFileException e) {
      if (mayBeMissing) {
        return Map.of();
      }
      throw unreadable(e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static Failure unreadable(IOException e) {
    return Failure.temporary("The passwd-file of users cannot be read: " + Reason.of(e), e);
  }

  private static Map<String, Line> read(Path file) throws IOException {
    Map<String, Line> lines = new LinkedHashMap<>();
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    for (String raw : text.split("\n")) {
      String line = raw.stripTrailing(); // also of a CR
      if (!line.isEmpty() && line.charAt(0) != '#' && line.charAt(0) != ':') {
        String[] columns = line.split(":", 8);
        String name = columns[0].toLowerCase(Locale.ROOT);
        if (UserName.isPossible(name)) {
          lines.putIfAbsent(name, line(name, columns));
        } else {
          LOG.warn("{}: a line is passed over. {}", file, UserName.explanation(name));
        }
      }
    }
    return lines;
  }

  private static String column(String[] columns, int index) {
    return index < columns.length ? columns[index] : "";
  }

  private static Line line(String name, String[] columns) {
    Map<String, String> user = new LinkedHashMap<>();
    Map<String, String> extras = new LinkedHashMap<>();
    put(user, "uid", column(columns, 2));
    put(user, "gid", column(columns, 3));
    put(user, "home", column(columns, 5));
    for (String extra : column(columns, 7).split(" ")) {
      int equals = extra.indexOf('=');
      String key = equals < 0 ? extra : extra.substring(0, equals);
      String value = equals < 0 ? "yes" : extra.substring(equals + 1);
      if (key.startsWith(USERDB_PREFIX)) {
        put(user, key.substring(USERDB_PREFIX.length()), value);
      } else if (!key.isEmpty()) {
        put(extras, key, value);
      }
    }
    return new Line(column(columns, 1), new MailUser(name, user), extras);
  }

  private static void put(Map<String, String> fields, String name, String value) {
    if (!value.isEmpty()) {
      fields.put(name, value);
    }
  }
}
