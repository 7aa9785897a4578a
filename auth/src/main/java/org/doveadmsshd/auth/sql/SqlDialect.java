package org.doveadmsshd.auth.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The databases, by the names that Dovecot has for their drivers. */
enum SqlDialect {
  PGSQL("org.postgresql.Driver") {
    @Override
    String url(List<String> hosts, Map<String, String> connect) {
      // a parameter without a type may be compared with a number column
      String url =
          "jdbc:postgresql://%s/%s?stringtype=unspecified&connectTimeout=5&socketTimeout=15&loginTimeout=5"
              .formatted(join(hosts, connect, "5432"), connect.getOrDefault("dbname", ""));
      return connect.containsKey("sslmode") ? url + "&sslmode=" + connect.get("sslmode") : url;
    }
  },
  MYSQL("org.mariadb.jdbc.Driver") {
    @Override
    String url(List<String> hosts, Map<String, String> connect) {
      String url =
          "jdbc:mariadb://%s/%s?connectTimeout=5000&socketTimeout=15000&allowLocalInfile=false"
              .formatted(join(hosts, connect, "3306"), connect.getOrDefault("dbname", ""));
      String ca = connect.get("ssl_ca");
      return ca == null ? url : url + "&sslMode=verify-full&serverSslCert=" + ca;
    }
  },
  SQLITE("org.sqlite.JDBC") {
    @Override
    String url(List<String> hosts, Map<String, String> connect) {
      return "jdbc:sqlite:file:" + connect.get(FILE) + "?mode=ro";
    }
  };

  /** The part of a connect string without a name: the file of SQLite. */
  static final String FILE = "";

  private final String driver;

  SqlDialect(String driver) {
    this.driver = driver;
  }

  /** The class of the JDBC driver. */
  String driver() {
    return driver;
  }

  /** The JDBC address. */
  abstract String url(List<String> hosts, Map<String, String> connect);

  private static String join(List<String> hosts, Map<String, String> connect, String port) {
    List<String> addresses = new ArrayList<>();
    for (String host : hosts.isEmpty() ? List.of("localhost") : hosts) {
      String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      addresses.add(bracketed + ":" + connect.getOrDefault("port", port));
    }
    return String.join(",", addresses);
  }

  /** The one of that name. */
  static Optional<SqlDialect> of(String name) {
    for (SqlDialect dialect : values()) {
      if (dialect.name().toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(dialect);
      }
    }
    return Optional.empty();
  }
}
