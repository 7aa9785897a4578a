package org.doveadmsshd.setup.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.settings.KnownSettings;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.DoveconfParser;

/**
 * Our own copies of the files that a database's settings are in: {@code dovecot-sql.conf.ext} and
 * {@code dovecot-ldap.conf.ext}. A copy has what is used here alone, and may be readable for the
 * server where Dovecot's is not. What 2.4 has in its main configuration becomes such a file.
 */
final class ExtFiles {
  private static final Pattern WORD =
      Pattern.compile("([A-Za-z0-9_]{1,60})\\s*=\\s*('[^']*'|\"[^\"]*\"|\\S*)");

  private static final Pattern NAME_WITH_VARIABLE = Pattern.compile("\"([^\"'%]*+%[^\"']*+)\"");

  /** Words of {@code connect} that are about how Dovecot's own client works. */
  private static final List<String> OF_CLIENTS =
      List.of(
          "client_flags",
          "option_file",
          "option_group",
          "connect_timeout",
          "read_timeout",
          "write_timeout",
          "application_name",
          "client_encoding");

  private final Findings findings;
  private final Block root;
  private final Texts texts;

  /**
   * @param root for settings of 2.4 that stand there
   */
  ExtFiles(Findings findings, Block root, Texts texts) {
    this.findings = findings;
    this.root = root;
    this.texts = texts;
  }

  /**
   * The copy for a passdb or userdb.
   *
   * @param others of the same driver, whose settings of 2.4 go into the same file
   * @throws Failure when Dovecot's file cannot be read or understood
   */
  PlannedFile of(Database database, List<Database> others) throws Failure {
    boolean sql = database.driver().equals("sql");
    if (database.isNewer()) {
      Map<String, String> values = sql ? newerSql(others) : newerLdap(others);
      return file("dovecot-" + database.driver() + ".conf.ext", database, values);
    }
    String path = database.file().orElse("");
    Block block = DoveconfParser.settings(texts.read(path), path);
    Map<String, String> values = new LinkedHashMap<>();
    block
        .values()
        .forEach(
            (name, value) -> {
              Optional<String> mistake =
                  KnownSettings.has(database.driver(), name)
                      ? KnownSettings.mistake(database.driver(), name, value)
                      : Optional.of("there is no such setting here");
              if (mistake.isPresent()) {
                findings.notTaken(
                    path.substring(path.lastIndexOf('/') + 1) + "/" + name, mistake.get());
              } else {
                values.put(name, value);
              }
            });
    return file(path.substring(path.lastIndexOf('/') + 1), database, values);
  }

  private PlannedFile file(String name, Database database, Map<String, String> values) {
    if (database.driver().equals("sql")) {
      values.computeIfPresent("connect", (key, value) -> connect(values.get("driver"), value));
      if ("sqlite".equals(values.get("driver"))) {
        values.replaceAll((key, value) -> key.endsWith("_query") ? literals(value) : value);
      }
    }
    Output out = new Output();
    out.comment(
        "A copy of what Dovecot's " + database.title() + " says, as far as it is used here.",
        "Made by doveadm-sshd setup. It has passwords: keep it from others.");
    values.forEach(out::set);
    return new PlannedFile(name.replaceAll("[^A-Za-z0-9._-]", "_"), out.toString());
  }

  /** SQLite takes what is quoted as a name for a text where there is no such name. */
  private static String literals(String query) {
    return NAME_WITH_VARIABLE.matcher(query).replaceAll("'$1'");
  }

  /** Without what is of no use here, and over TCP where there was a UNIX socket. */
  private String connect(String driver, String value) {
    if ("sqlite".equals(driver)) {
      return value;
    }
    StringJoiner words = new StringJoiner(" ");
    Matcher matcher = WORD.matcher(value);
    while (matcher.find()) {
      String name = matcher.group(1);
      String given = matcher.group(2);
      if (name.equals("host") && given.replaceAll("['\"]", "").startsWith("/")) {
        findings.notTaken(
            "connect/host", given + ": UNIX sockets of databases are not used; 127.0.0.1 is asked");
        given = "127.0.0.1";
      }
      if (!OF_CLIENTS.contains(name)) {
        words.add(name + "=" + given);
      }
    }
    return words.toString();
  }

  private Map<String, String> newerSql(List<Database> databases) {
    Map<String, String> values = new LinkedHashMap<>();
    String driver = root.text("sql_driver");
    for (Database each : databases) {
      driver = each.block().find("sql_driver").orElse(driver);
    }
    values.put("driver", driver);
    values.put("connect", newerConnect(driver, databases));
    for (Database each : databases) {
      boolean passdb = each.type().equals("passdb");
      put(values, passdb ? "password_query" : "user_query", each.newer("query"));
      put(values, "iterate_query", each.newer("iterate_query"));
      put(values, "default_pass_scheme", each.newer("default_password_scheme"));
    }
    return values;
  }

  private String newerConnect(String driver, List<Database> databases) {
    if (driver.equals("sqlite")) {
      return newest("sqlite_path", databases);
    }
    List<Block> servers = new ArrayList<>(root.all(driver));
    databases.forEach(each -> servers.addAll(each.block().all(driver)));
    StringJoiner words = new StringJoiner(" ");
    for (Block server : servers) {
      Map<String, String> all = new LinkedHashMap<>(server.valuesOf("parameters"));
      server
          .values()
          .forEach((name, value) -> all.put(name.replaceFirst("^(mysql|pgsql)_", ""), value));
      all.putIfAbsent("host", server.name());
      all.forEach((name, value) -> word(words, name, value));
    }
    return words.toString();
  }

  private static void word(StringJoiner words, String name, String value) {
    if (!value.isEmpty()) {
      words.add(
          name + "=" + (value.matches("[^\\s'\"]+") ? value : "'" + value.replace("'", "") + "'"));
    }
  }

  private String newest(String name, List<Database> databases) {
    String value = root.text(name);
    for (Database each : databases) {
      value = each.block().find(name).orElse(value);
    }
    return value;
  }

  private Map<String, String> newerLdap(List<Database> databases) {
    Map<String, String> values = new LinkedHashMap<>();
    put(values, "uris", newest("ldap_uris", databases));
    put(values, "dn", newest("ldap_auth_dn", databases));
    put(values, "dnpass", newest("ldap_auth_dn_password", databases));
    put(values, "tls", newest("ldap_starttls", databases));
    put(values, "tls_ca_cert_file", newest("ssl_client_ca_file", databases));
    values.put("base", newest("ldap_base", databases));
    put(values, "scope", newest("ldap_scope", databases));
    for (Database each : databases) {
      if (each.type().equals("passdb")) {
        put(values, "pass_filter", each.newer("filter"));
        put(values, "pass_attrs", attributes(each.block().valuesOf("fields")));
        put(values, "auth_bind", each.newer("bind"));
        put(values, "auth_bind_userdn", each.newer("bind_userdn"));
      } else {
        put(values, "user_filter", each.newer("filter"));
        put(values, "user_attrs", attributes(each.block().valuesOf("fields")));
        put(values, "iterate_filter", each.newer("iterate_filter"));
        put(values, "iterate_attrs", attributes(each.block().valuesOf("iterate_fields")));
      }
    }
    return values;
  }

  private static String attributes(Map<String, String> fields) {
    StringJoiner rules = new StringJoiner(",");
    fields.forEach((name, value) -> rules.add("=" + name + "=" + Templates.translated(value)));
    return rules.toString();
  }

  private static void put(Map<String, String> values, String name, String value) {
    if (!value.isEmpty()) {
      values.put(name, name.endsWith("attrs") ? value : Templates.translated(value));
    }
  }
}
