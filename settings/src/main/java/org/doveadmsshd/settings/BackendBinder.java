package org.doveadmsshd.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.doveadmsshd.auth.Consequence;
import org.doveadmsshd.auth.LinkRules;
import org.doveadmsshd.auth.ldap.LdapSettings;
import org.doveadmsshd.auth.oauth2.Oauth2Settings;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.auth.sql.SqlSettings;
import org.doveadmsshd.base.Variables;

/** Reads passdb and userdb sections. */
final class BackendBinder {
  /** Stands for one that has mistakes. */
  private static final Backend NOTHING = new Backend.Static(Map.of(), false);

  private final Section top;
  private final Function<String, Path> paths;
  private final List<Problem> problems;

  /**
   * @param paths makes a path absolute
   * @param problems gets what is wrong
   */
  BackendBinder(Section top, Function<String, Path> paths, List<Problem> problems) {
    this.top = top;
    this.paths = paths;
    this.problems = problems;
  }

  Backend.PassdbSection passdb(Section section) {
    LinkRules rules = rules(section, "authenticated", "unauthenticated");
    return new Backend.PassdbSection(
        section.text("driver"), backend(section), rules, section.yes("deny"));
  }

  Backend.UserdbSection userdb(Section section) {
    return new Backend.UserdbSection(
        section.text("driver"), backend(section), rules(section, "found", "notfound"));
  }

  private static LinkRules rules(Section section, String succeeded, String notSucceeded) {
    String skip = section.text("skip");
    if (!List.of("never", succeeded, notSucceeded).contains(skip)) {
      section.problem("skip", "expected never, " + succeeded + " or " + notSucceeded);
    }
    return new LinkRules(
        skip.equals(succeeded)
            ? LinkRules.Skip.SUCCEEDED
            : skip.equals(notSucceeded) ? LinkRules.Skip.NOT_SUCCEEDED : LinkRules.Skip.NEVER,
        consequence(section, "result_success"),
        consequence(section, "result_failure"),
        consequence(section, "result_internalfail"));
  }

  private static Consequence consequence(Section section, String key) {
    return Consequence.of(section.text(key)).orElse(Consequence.RETURN_FAIL); // has been reported
  }

  private Backend backend(Section section) {
    String driver = section.text("driver");
    boolean needsArgs = !List.of("", "pam", "passwd").contains(driver);
    if (needsArgs && section.text("args").isBlank()) {
      section.problem(section.type() + " " + driver + ": args must be set");
    }
    return needsArgs && section.text("args").isBlank() ? NOTHING : backend(section, driver);
  }

  private Backend backend(Section section, String driver) {
    return switch (driver) {
      case "" -> NOTHING;
      case "sql" -> sql(section);
      case "ldap" -> ldap(section);
      case "static" -> fixed(section);
      case "dovecot" -> dovecot(section);
      case "oauth2" -> oauth2(section);
      case "pam" -> pam(section);
      case "passwd" -> new Backend.System(top.id("first_valid_uid"), top.id("last_valid_uid"));
      default -> passwdFile(section);
    };
  }

  /** {@code args = [master_for=USER] [proxy=yes] /path/of/the/socket}. */
  private Backend dovecot(Section section) {
    boolean passdb = section.type().equals("passdb");
    String option = passdb ? "master_for=" : "proxy=";
    String value = "";
    String path = "";
    for (String word : section.text("args").strip().split("\\s+")) {
      if (word.startsWith(option)) {
        value = word.substring(option.length());
      } else if (path.isEmpty() && word.startsWith("/")) {
        path = word;
      } else {
        section.problem("args", "expected [" + option + "…] /path/of/the/socket, not: " + word);
      }
    }
    if (path.isEmpty()) {
      section.problem("args", "the path of Dovecot's socket is missing");
    }
    return new Backend.Dovecot(Path.of(path), passdb ? value : "", !passdb && value.equals("yes"));
  }

  /** {@code args = [scheme=NAME] [username_format=%u] /path}. */
  private Backend passwdFile(Section section) {
    String scheme = "CRYPT";
    String format = "%u";
    String path = "";
    for (String word : section.text("args").strip().split("\\s+")) {
      if (word.startsWith("scheme=")) {
        scheme = word.substring("scheme=".length());
      } else if (word.startsWith("username_format=")) {
        format = word.substring("username_format=".length()).replace("%Lu", "%u");
      } else if (path.isEmpty() && !word.matches("[a-z_]+=.*")) {
        path = word;
      } else {
        section.problem("args", "expected [scheme=…] [username_format=…] /path, not: " + word);
      }
    }
    if (!PasswordHash.isScheme(scheme)) {
      section.problem("args", "unknown password scheme: " + scheme);
    }
    for (String text : List.of(path, format)) {
      Variables.mistake(text).ifPresent(mistake -> section.problem("args", mistake));
    }
    if (path.isEmpty()) {
      section.problem("args", "the path of the passwd-file is missing");
    } else if (!Variables.isIn(path) && !Files.isReadable(paths.apply(path))) {
      section.problem("args", unreadable(paths.apply(path)));
    }
    return new Backend.PasswdFile(paths.apply(path).toString(), scheme, format);
  }

  /** {@code args = uid=5000 gid=5000 home=/srv/mail/%d/%n [allow_all_users=yes]}. */
  private static Backend fixed(Section section) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String word : section.text("args").strip().split("\\s+")) {
      int equals = word.indexOf('=');
      String value = word.substring(equals + 1);
      if (equals <= 0) {
        section.problem("args", "expected name=value: " + word);
      } else {
        Variables.mistake(value).ifPresent(mistake -> section.problem("args", mistake));
        fields.put(word.substring(0, equals), value);
      }
    }
    boolean allowsAll = "yes".equals(fields.remove("allow_all_users"));
    if (!allowsAll && !fields.containsKey("home")) {
      section.problem(
          "args", "home= is missing; it shows who is a user, unless allow_all_users=yes");
    }
    return new Backend.Static(fields, allowsAll);
  }

  /** {@code args = /path}, a file of settings as Dovecot's dovecot-sql.conf.ext. */
  private Backend sql(Section section) {
    Path file = paths.apply(section.text("args").strip());
    Section settings = Section.readFile("sql", file, problems);
    SqlSettings sql =
        new SqlSettings(
            settings.text("driver"),
            settings.text("connect"),
            settings.text("default_pass_scheme"),
            optional(settings, "password_query"),
            optional(settings, "user_query"),
            optional(settings, "iterate_query"));
    if (!sql.driver().isEmpty()) {
      sql.mistakes().forEach(settings::problem);
    }
    return new Backend.Sql(sql);
  }

  /** {@code args = /path}, a file of settings as Dovecot's dovecot-ldap.conf.ext. */
  private Backend ldap(Section section) {
    Path file = paths.apply(section.text("args").strip());
    Section settings = Section.readFile("ldap", file, problems);
    List<String> uris = new ArrayList<>(settings.words("uris"));
    settings.words("hosts").forEach(host -> uris.add("ldap://" + host));
    String ca = settings.text("tls_ca_cert_file");
    LdapSettings ldap =
        new LdapSettings(
            uris,
            settings.text("dn"),
            settings.text("dnpass"),
            settings.yes("tls"),
            ca.isEmpty() ? "" : paths.apply(ca).toString(),
            settings.yes("auth_bind"),
            settings.text("auth_bind_userdn"),
            settings.text("base"),
            settings.text("scope"),
            settings.text("user_attrs"),
            settings.text("user_filter"),
            settings.text("pass_attrs"),
            settings.text("pass_filter"),
            settings.text("iterate_attrs"),
            settings.text("iterate_filter"),
            settings.text("default_pass_scheme"));
    ldap.mistakes().forEach(settings::problem);
    return new Backend.Ldap(ldap);
  }

  /** {@code args = /path}, a file of settings somewhat as Dovecot's dovecot-oauth2.conf.ext. */
  private Backend oauth2(Section section) {
    Path file = paths.apply(section.text("args").strip());
    Section settings = Section.readFile("oauth2", file, problems);
    Oauth2Settings oauth2 =
        new Oauth2Settings(
            optional(settings, "jwks_file").map(path -> paths.apply(path).toString()),
            optional(settings, "introspection_url"),
            settings.text("client_id"),
            settings.text("client_secret"),
            settings.text("issuer"),
            settings.text("audience"),
            settings.text("scope"),
            settings.text("username_attribute"));
    oauth2.mistakes().forEach(settings::problem);
    return new Backend.Oauth2(oauth2);
  }

  /** {@code args = [SERVICE]}. */
  private static Backend pam(Section section) {
    String service = section.text("args").strip();
    if (!service.matches("[A-Za-z0-9._-]{0,64}")) {
      section.problem("args", "expected the name of a file in /etc/pam.d");
    }
    return new Backend.Pam(service.isEmpty() ? "doveadm-sshd" : service);
  }

  private static String unreadable(Path file) {
    return file + (Files.exists(file) ? " cannot be read" : ": No such file or directory");
  }

  private static Optional<String> optional(Section section, String key) {
    return Optional.of(section.text(key)).filter(text -> !text.isEmpty());
  }
}
