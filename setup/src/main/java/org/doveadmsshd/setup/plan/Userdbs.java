package org.doveadmsshd.setup.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.Doveconf;

/**
 * Userdbs. All of them are taken over, or none: where one cannot be, the running Dovecot is asked
 * for users, since it alone knows what comes of all of them together.
 */
final class Userdbs {
  private static final String USERDB = "userdb";
  private static final List<String> RULES =
      List.of("skip", "result_success", "result_failure", "result_internalfail");

  private final Doveconf dovecot;
  private final Findings findings;
  private final ExtFiles exts;
  private final Trial trial;
  private final List<PlannedFile> files = new ArrayList<>();
  private final List<Database> passdbs;
  private final List<Database> userdbs;

  Userdbs(Doveconf dovecot, Findings findings, ExtFiles exts, Trial trial) {
    this.dovecot = dovecot;
    this.findings = findings;
    this.exts = exts;
    this.trial = trial;
    passdbs = all("passdb");
    userdbs = all(USERDB);
  }

  private List<Database> all(String type) {
    return dovecot.root().all(type).stream()
        .map(block -> Database.of(block, dovecot.isNewer()))
        .toList();
  }

  /** A userdb that cannot be taken over, and why. */
  private static final class UnfitException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Database userdb;

    UnfitException(Database userdb, String why) {
      super(why);
      this.userdb = userdb;
    }
  }

  /** Files that what was written names. */
  List<PlannedFile> files() {
    return List.copyOf(files);
  }

  void write(Output out) {
    out.blank().comment("The mail users, as Dovecot's userdb sections know them.");
    List<Database> asked = userdbs.stream().filter(each -> !isForLogins(each)).toList();
    if (asked.isEmpty()) {
      findings.needed(USERDB, "Dovecot has none that doveadm could ask, so no user is known");
      return;
    }
    try {
      Output taken = new Output();
      defaults(asked, taken);
      lister(asked, taken);
      for (Database each : asked) {
        userdb(each, taken);
      }
      out.add(taken);
      asked.forEach(each -> findings.taken(each.title(), text(each)));
    } catch (UnfitException e) {
      files.clear();
      socket(e, out);
    }
  }

  private boolean isForLogins(Database userdb) {
    boolean prefetch = userdb.driver().equals("prefetch");
    if (prefetch) {
      findings.notTaken(
          userdb.title(), "it answers at logins of mail users only; doveadm asks the next userdb");
    }
    return prefetch;
  }

  /** What users have for whom a userdb does not say: mail_home, mail_uid, mail_gid. */
  private Map<String, String> siteDefaults() {
    Map<String, String> fields = new LinkedHashMap<>();
    Block root = dovecot.root();
    root.find("mail_uid").ifPresent(value -> fields.put("uid", value));
    root.find("mail_gid").ifPresent(value -> fields.put("gid", value));
    root.find("mail_home").ifPresent(value -> fields.put("home", Templates.translated(value)));
    return fields;
  }

  private void defaults(List<Database> asked, Output out) throws UnfitException {
    Map<String, String> fields = siteDefaults();
    if (!dovecot.isNewer()) {
      asked.forEach(each -> fields.putAll(each.defaultFields()));
    } else {
      asked.stream()
          .filter(each -> !each.driver().equals("static"))
          .forEach(each -> fields.putAll(each.defaultFields()));
    }
    boolean alone = asked.size() == 1 && asked.get(0).driver().equals("static");
    if (fields.isEmpty() || alone) {
      return;
    }
    Output section = new Output();
    section
        .comment(
            "What users have of whom the next userdb does not say it: mail_home, mail_uid, mail_gid, default_fields.")
        .open(USERDB, "")
        .set("driver", "static")
        .set("args", args(fields, true))
        .set("result_success", "continue")
        .close();
    add(asked.get(0), section, Optional.empty(), out);
    dovecot
        .root()
        .find("mail_home")
        .ifPresent(home -> findings.taken("mail_home", Templates.translated(home)));
  }

  /**
   * A static userdb lists nobody; where the passwords are in a file or database, names are there.
   */
  private void lister(List<Database> asked, Output out) {
    boolean lists = asked.stream().anyMatch(each -> !each.driver().equals("static"));
    for (Database passdb : lists ? List.<Database>of() : passdbs) {
      boolean knowsNames =
          List.of("passwd-file", "sql").contains(passdb.driver()) && !passdb.isMaster();
      if (!knowsNames) {
        continue;
      }
      try {
        Output section = new Output();
        section.comment("Lists the users, of whom the next userdb says the rest.");
        Database named = new Database(USERDB, passdb.driver(), passdb.block(), passdb.isNewer());
        Optional<PlannedFile> file = section(named, section, Map.of("result_success", "continue"));
        if (file.isPresent() && !file.get().text().contains("\niterate_query = ")) {
          continue;
        }
        add(named, section, file, out);
        findings.taken(passdb.title(), "lists the users: a static userdb cannot");
        return;
      } catch (UnfitException e) {
        findings.notTaken(passdb.title(), "it cannot list the users: " + e.getMessage());
      }
    }
  }

  private void userdb(Database userdb, Output out) throws UnfitException {
    Map<String, String> rules = new LinkedHashMap<>();
    for (String rule : RULES) {
      userdb
          .block()
          .find(rule)
          .or(() -> userdb.block().find("userdb_" + rule))
          .ifPresent(value -> rules.put(rule, value));
    }
    Map<String, String> overriding = overriding(userdb);
    if (!overriding.isEmpty()) {
      rules.put("result_success", "continue-ok");
    }
    Output section = new Output();
    Optional<PlannedFile> file = section(userdb, section, rules);
    add(userdb, section, file, out);
    if (!overriding.isEmpty()) {
      Output after = new Output();
      after
          .comment("override_fields of the userdb above.")
          .open(USERDB, "")
          .set("driver", "static")
          .set("args", args(overriding, true))
          .set("skip", "notfound")
          .close();
      add(userdb, after, Optional.empty(), out);
    }
  }

  private Map<String, String> overriding(Database userdb) {
    boolean ownFields = userdb.isNewer() && List.of("static", "ldap").contains(userdb.driver());
    return ownFields ? Map.of() : userdb.overrideFields();
  }

  /** Adds a section if the program would take it. */
  private void add(Database userdb, Output section, Optional<PlannedFile> file, Output out)
      throws UnfitException {
    List<String> mistakes = trial.mistakes(section.toString(), file);
    if (!mistakes.isEmpty()) {
      throw new UnfitException(userdb, mistakes.get(0));
    }
    file.filter(each -> files.stream().noneMatch(other -> other.name().equals(each.name())))
        .ifPresent(files::add);
    out.add(section);
  }

  /** Writes a section with a driver of our own. */
  private Optional<PlannedFile> section(Database userdb, Output out, Map<String, String> rules)
      throws UnfitException {
    Optional<PlannedFile> file = Optional.empty();
    String args =
        switch (userdb.driver()) {
          case "passwd-file" -> passwdFile(userdb);
          case "passwd" -> "";
          case "static" -> fixed(userdb);
          case "sql", "ldap" -> {
            file = Optional.of(ext(userdb));
            yield file.get().name();
          }
          default -> throw new UnfitException(userdb, "there is no such userdb here");
        };
    out.open(USERDB, "").set("driver", userdb.driver());
    if (!args.isEmpty()) {
      out.set("args", args);
    }
    rules.forEach(out::set);
    out.close();
    return file;
  }

  static String passwdFile(Database database) {
    if (!database.isNewer()) {
      return database.block().text("args");
    }
    String format =
        database
            .block()
            .find("auth_username_format")
            .map(text -> "username_format=" + Templates.translated(text) + " ")
            .orElse("");
    String scheme = database.newer("default_password_scheme");
    return (scheme.isEmpty() ? "" : "scheme=" + scheme + " ")
        + format
        + Templates.translated(
            database.block().find("passwd_file_path").orElse(database.newer("path")));
  }

  /** With the home that shows who is a user, where it does not name one. */
  private String fixed(Database userdb) {
    Map<String, String> fields = new LinkedHashMap<>(siteDefaults());
    fields.putAll(userdb.defaultFields());
    fields.putAll(
        userdb.isNewer() ? userdb.overrideFields() : Database.words(userdb.block().text("args")));
    if (userdb.isNewer() && userdb.newer("allow_all_users").equals("yes")) {
      fields.put("allow_all_users", "yes");
    }
    boolean allowsAll = "yes".equals(fields.remove("allow_all_users"));
    Locations locations = new Locations(new Findings(), dovecot);
    locations
        .of(dovecot.root(), "mail_location")
        .filter(location -> location.startsWith("maildir:/") && !fields.containsKey("home"))
        .ifPresent(location -> fields.put("home", location.split(":")[1]));
    return args(fields, allowsAll);
  }

  private static String args(Map<String, String> fields, boolean allowsAll) {
    List<String> words = new ArrayList<>();
    fields.forEach((name, value) -> words.add(name + "=" + value));
    if (allowsAll) {
      words.add("allow_all_users=yes");
    }
    return String.join(" ", words);
  }

  private PlannedFile ext(Database userdb) throws UnfitException {
    List<Database> same = new ArrayList<>();
    passdbs.stream()
        .filter(each -> each.driver().equals(userdb.driver()) && !each.isMaster())
        .forEach(same::add);
    userdbs.stream().filter(each -> each.driver().equals(userdb.driver())).forEach(same::add);
    try {
      return exts.of(userdb, same);
    } catch (Failure e) {
      throw new UnfitException(userdb, e.getMessage());
    }
  }

  private void socket(UnfitException unfit, Output out) {
    AuthSocket.Listener socket = AuthSocket.of(dovecot.root());
    out.comment(
        unfit.userdb.title() + " cannot be taken over (" + unfit.getMessage() + "),",
        "so the running Dovecot is asked. It must run while this server works.");
    out.open(USERDB, "").set("driver", "dovecot").set("args", socket.path()).close();
    findings.notTaken(
        unfit.userdb.title(), unfit.getMessage() + "; the running Dovecot is asked instead");
    findings.taken(USERDB, "the running Dovecot, at " + socket.path());
    if (!socket.lists()) {
      findings.notTaken(
          "service auth",
          "at a socket of mode 0666 users are not listed (-A); give it a socket for that: service auth"
              + " { unix_listener doveadm-sshd-userdb { mode = 0600, user = the user of this server } }");
    }
  }

  private String text(Database userdb) {
    return switch (userdb.driver()) {
      case "passwd" -> "the system's users";
      case "static" -> "the same for everybody";
      case "sql", "ldap" -> "our own copy of its settings is beside the configuration";
      default -> passwdFile(userdb);
    };
  }
}
