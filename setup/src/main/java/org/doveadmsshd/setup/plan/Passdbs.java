package org.doveadmsshd.setup.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.Doveconf;

/**
 * Passdbs. Here a password is a master's, never a mail user's: so Dovecot's passdbs of master users
 * are followed, and those of mail users are written as comments. Else a mail user who is called as
 * a master of this server is would be one.
 */
final class Passdbs {
  private static final int MOST_NAMES = 20;
  private static final String NAME = "[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,127}";

  private final Findings findings;
  private final ExtFiles exts;
  private final Texts texts;
  private final Trial trial;
  private final List<PlannedFile> files = new ArrayList<>();

  Passdbs(Findings findings, ExtFiles exts, Texts texts, Trial trial) {
    this.findings = findings;
    this.exts = exts;
    this.texts = texts;
    this.trial = trial;
  }

  List<PlannedFile> files() {
    return List.copyOf(files);
  }

  void write(Doveconf dovecot, Output out) {
    out.blank()
        .comment(
            "Passwords of master users of this server. They log in with keys as well (authorized_keys).");
    for (Block block : dovecot.root().all("passdb")) {
      Database passdb = Database.of(block, dovecot.isNewer());
      if (passdb.isMaster()) {
        master(passdb, out);
      } else {
        ofMailUsers(passdb, out);
      }
    }
  }

  /** Names are suggested, never made masters: they might do more here than in Dovecot. */
  private void master(Database passdb, Output out) {
    Output section = new Output();
    Optional<PlannedFile> file;
    try {
      file = section(passdb, section);
    } catch (Failure e) {
      findings.notTaken("passdb " + passdb.driver() + " (master)", e.getMessage());
      return;
    }
    List<String> mistakes = trial.mistakes(section.toString(), file);
    if (!mistakes.isEmpty()) {
      findings.notTaken("passdb " + passdb.driver() + " (master)", mistakes.get(0));
      return;
    }
    file.ifPresent(files::add);
    out.comment("Dovecot's master users. Each who may log in here needs a section master_user.")
        .add(section);
    List<String> names = names(passdb);
    for (String name : names) {
      out.commentedOut(new Output().open("master_user", name).set("users", "*").close());
    }
    findings.taken(
        "passdb " + passdb.driver() + " (master)",
        names.isEmpty()
            ? "give each who may log in a section master_user"
            : names.size() + " masters, commented out: " + String.join(" ", names));
  }

  private List<String> names(Database passdb) {
    Optional<String> path =
        passdb.isNewer() ? passdb.block().find("passwd_file_path") : passdb.file();
    if (!passdb.driver().equals("passwd-file") || path.isEmpty()) {
      return List.of();
    }
    try {
      return texts
          .read(path.get())
          .lines()
          .map(line -> line.split(":", 2)[0])
          .filter(name -> name.matches(NAME))
          .limit(MOST_NAMES)
          .toList();
    } catch (Failure e) {
      return List.of(); // the passdb says so itself when it is asked
    }
  }

  private void ofMailUsers(Database passdb, Output out) {
    Output section = new Output();
    try {
      Optional<PlannedFile> file = section(passdb, section);
      if (trial.mistakes(section.toString(), file).isEmpty()) {
        out.comment(
            "Passwords of mail users. Without the signs, a master who is called as a mail user is logs in",
            "with that user's password.");
        out.commentedOut(section);
        findings.notTaken(
            passdb.title(), "passwords of mail users; commented out, as they are not masters'");
        return;
      }
    } catch (Failure e) {
      // said below
    }
    findings.notTaken(passdb.title(), "passwords of mail users; masters have keys here");
  }

  private Optional<PlannedFile> section(Database passdb, Output out) throws Failure {
    Optional<PlannedFile> file = Optional.empty();
    String args =
        switch (passdb.driver()) {
          case "passwd-file" -> Userdbs.passwdFile(passdb);
          case "pam" -> service(passdb.block().text("args"));
          case "sql", "ldap" -> {
            file = Optional.of(exts.of(passdb, List.of(passdb)));
            yield file.get().name();
          }
          default -> throw Failure.usage("there is no such passdb here");
        };
    out.open("passdb", "").set("driver", passdb.driver());
    if (!args.isEmpty()) {
      out.set("args", args);
    }
    out.close();
    return file;
  }

  /** The last word that is no option; Dovecot's own when it names a variable. */
  private static String service(String args) {
    String service = "";
    for (String word : args.strip().split("\\s+")) {
      service = word.contains("=") ? service : word;
    }
    return service.matches("[A-Za-z0-9._-]{1,64}") ? service : "dovecot";
  }
}
