package org.doveadmsshd.auth.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of Dovecot's {@code dovecot-sql.conf.ext}.
 *
 * @param driver {@code pgsql}, {@code mysql} or {@code sqlite}
 * @param connect words {@code host=… dbname=… user=… password=… maxconns=…}; the file for SQLite
 */
public record SqlSettings(
    String driver,
    String connect,
    String defaultPasswordScheme,
    Optional<String> passwordQuery,
    Optional<String> userQuery,
    Optional<String> iterateQuery) {
  private static final int MAX_CONNECTIONS = 5;
  private static final Pattern WORD = Pattern.compile("(\\w+)\\s*=\\s*('[^']*'|\"[^\"]*\"|\\S*)");

  /** Words that mean something here, or that may be left alone. */
  private static final List<String> KNOWN =
      List.of("host", "port", "dbname", "user", "password", "maxconns", "sslmode", "ssl_ca");

  /** The mistake in the settings, for people. */
  public List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    if (SqlDialect.of(driver).isEmpty()) {
      mistakes.add("driver = " + driver + ": expected pgsql, mysql or sqlite");
      return mistakes;
    }
    if (dialect() == SqlDialect.SQLITE) {
      if (!connect.strip().startsWith("/")) {
        mistakes.add("connect: expected the absolute path of the database");
      }
    } else {
      words().keySet().stream()
          .filter(word -> !KNOWN.contains(word))
          .forEach(word -> mistakes.add("connect: " + word + " is not supported"));
      hosts().stream()
          .filter(host -> host.startsWith("/"))
          .forEach(
              host -> mistakes.add("connect: UNIX sockets are not supported; use host=localhost"));
      if (!words().getOrDefault("maxconns", "1").matches("[1-9][0-9]{0,2}")) {
        mistakes.add("connect: maxconns must be a number from 1 to 999");
      }
    }
    mistakes.addAll(SqlDatabase.mistakes(this));
    return mistakes;
  }

  SqlDialect dialect() {
    return SqlDialect.of(driver).orElseThrow(() -> new IllegalArgumentException(driver));
  }

  private Map<String, String> words() {
    Map<String, String> words = new LinkedHashMap<>();
    Matcher matcher = WORD.matcher(connect);
    while (matcher.find()) {
      words.put(matcher.group(1), unquoted(matcher.group(2)));
    }
    return words;
  }

  private static String unquoted(String value) {
    boolean quoted = value.startsWith("'") || value.startsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /** Several hosts stand for one another. */
  private List<String> hosts() {
    List<String> hosts = new ArrayList<>();
    Matcher matcher = WORD.matcher(connect);
    while (matcher.find()) {
      if (matcher.group(1).equals("host")) {
        hosts.add(unquoted(matcher.group(2)));
      }
    }
    return hosts;
  }

  String url() {
    Map<String, String> words = new LinkedHashMap<>(words());
    words.put(SqlDialect.FILE, connect.strip().split("\\s")[0]);
    return dialect().url(hosts(), words);
  }

  String user() {
    return words().get("user");
  }

  String password() {
    return words().get("password");
  }

  int maxConnections() {
    return Integer.parseInt(words().getOrDefault("maxconns", String.valueOf(MAX_CONNECTIONS)));
  }

  @Override
  public String toString() {
    return "SQL settings of " + driver; // never the password
  }
}
