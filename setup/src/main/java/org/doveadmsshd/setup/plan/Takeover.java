package org.doveadmsshd.setup.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.settings.KnownSettings;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.Doveconf;
import org.doveadmsshd.setup.plan.Counterparts.Counterpart;

/** Makes a configuration of Dovecot's. */
public final class Takeover {
  /** Sections that a part of this reads, or that are of what this program does not do. */
  private static final Set<String> SECTIONS =
      Set.of(
          "namespace",
          "passdb",
          "userdb",
          "plugin",
          "service",
          "protocol",
          "local",
          "remote",
          "local_name",
          "mysql",
          "pgsql",
          "sqlite",
          "cassandra",
          "dict",
          "dict_server",
          "quota",
          "mail_plugins",
          "protocols",
          "metric",
          "sieve_script",
          "fts",
          "language",
          "event_exporter",
          "login_log_format_elements",
          "auth_mechanisms",
          "mail_log_events",
          "mail_log_fields",
          "oauth2",
          "ssl_server",
          "ssl_client",
          "imap_capability",
          "lmtp_rcpt_check_quota");

  private final Doveconf dovecot;
  private final Surroundings surroundings;
  private final Findings findings = new Findings();

  private Takeover(Doveconf dovecot, Surroundings surroundings) {
    this.dovecot = dovecot;
    this.surroundings = surroundings;
  }

  /**
   * Makes the plan.
   *
   * @param texts reads files that Dovecot's settings name
   * @param trial knows what the program would take
   */
  public static Plan plan(Doveconf dovecot, Surroundings surroundings, Texts texts, Trial trial) {
    return new Takeover(dovecot, surroundings).plan(texts, trial);
  }

  private Plan plan(Texts texts, Trial trial) {
    Block root = dovecot.root();
    Locations locations = new Locations(findings, dovecot);
    ExtFiles exts = new ExtFiles(findings, root, texts);
    Userdbs userdbs = new Userdbs(dovecot, findings, exts, trial);
    Passdbs passdbs = new Passdbs(findings, exts, texts, trial);
    Output out = new Output();
    head(out);
    out.blank();
    locations.write(root, out);
    same(out);
    new Compressed(findings, dovecot, trial).write(out);
    new Namespaces(findings, locations, trial).write(dovecot, out);
    userdbs.write(out);
    passdbs.write(dovecot, out);
    new Quotas(findings, dovecot).write(out);
    server(out);
    sections();
    List<PlannedFile> files = new ArrayList<>(userdbs.files());
    for (PlannedFile file : passdbs.files()) {
      if (files.stream().noneMatch(other -> other.name().equals(file.name()))) {
        files.add(file);
      }
    }
    tail(out);
    return new Plan(out.toString(), files, findings.all(), findings.elsewhere());
  }

  private void head(Output out) {
    out.comment(
        "Made by \"doveadm-sshd setup\" of the configuration of Dovecot " + dovecot.version() + ",",
        dovecot.file() + ". Check changes with: doveadm-sshd --check-config",
        "All settings: doveadm-sshd.conf(5). Paths are relative to the directory of this file.");
    if (surroundings.isolation().equals("thread")) {
      out.blank().comment("For a look that leaves nothing behind.").set("mail_cache", "no");
    }
    out.blank().set("listen", String.join(" ", surroundings.listen()));
    out.set("port", Integer.toString(surroundings.port()));
    out.blank().comment("The key by which clients know this server.");
    out.set("host_key", surroundings.state() + "/host_ed25519");
    out.comment("Keys by which masters log in, a file for each.");
    out.set("authorized_keys", "authorized_keys/%u");
    out.comment("What the server keeps: journals of runs, terms, lines typed in the shell.");
    out.set("state_directory", surroundings.state());
    out.set("terms_directory", surroundings.state() + "/terms");
    out.set("shell_history_directory", surroundings.state() + "/shell_history");
  }

  /** Settings that have the same name here; and what became of all others. */
  private void same(Output out) {
    dovecot
        .root()
        .values()
        .forEach(
            (name, value) -> {
              Optional<Counterpart> counterpart = Counterparts.top(name);
              if (counterpart.isEmpty()) {
                findings.notTaken(name, "not known here");
              } else {
                switch (counterpart.get().fate()) {
                  case SAME -> same(name, value, out);
                  case NOT_TAKEN -> findings.notTaken(name, counterpart.get().note());
                  case ELSEWHERE -> findings.ofOtherServices();
                  default -> {} // the part that reads it says so
                }
              }
            });
    Optional<String> format = dovecot.root().find("auth_username_format");
    format
        .filter(text -> !List.of("%Lu", "%u", "%{user | lower}").contains(text))
        .ifPresent(
            text ->
                findings.notTaken(
                    "auth_username_format",
                    text + ": users are looked up as they are named, in lower case"));
    dovecot
        .root()
        .find("mail_attachment_dir")
        .ifPresent(
            text ->
                findings.notTaken(
                    "mail_attachment_dir",
                    "attachments that Dovecot keeps apart are not put back"));
  }

  private void same(String name, String value, Output out) {
    Optional<String> mistake = out.trySet(KnownSettings.TOP, name, value);
    if (mistake.isPresent()) {
      findings.notTaken(name, value + ": " + mistake.get());
    } else {
      findings.taken(name, value);
    }
  }

  /** Whether any part of Dovecot loads a plugin. */
  static boolean hasPlugin(Doveconf dovecot, String plugin) {
    List<Block> all = new ArrayList<>(List.of(dovecot.root()));
    all.addAll(dovecot.root().blocks());
    return all.stream()
        .anyMatch(
            block ->
                List.of(block.text("mail_plugins").split("\\s+")).contains(plugin)
                    || block.all("mail_plugins").stream().anyMatch(each -> each.yes(plugin)));
  }

  private void server(Output out) {
    out.blank()
        .comment("The first master. What masters may do: docs/AUTHENTICATION.md, Scopes.")
        .open("master_user", surroundings.master())
        .set("users", "*")
        .close();
    out.blank().open("service", "doveadm");
    if (surroundings.isolation().equals("process")) {
      out.comment(
          "Mail belongs to several users of the system: a process for each user, with his rights alone,",
          "which doveadm-supervisor starts (docs/SUPERVISOR.md).");
      out.set("isolation", "process").set("user", surroundings.user());
      out.comment("A process sees the mail of its user, and nothing else of the file system.");
      out.set("confine", "user");
    } else {
      out.comment(
          "All mail belongs to one user of the system, who runs this server (docs/PRIVILEGES.md).");
      out.set("isolation", surroundings.isolation()).set("user", surroundings.user());
    }
    out.close();
  }

  /** Sections that nobody has read. */
  private void sections() {
    Set<String> unknown = new LinkedHashSet<>();
    for (Block block : dovecot.root().blocks()) {
      boolean known = SECTIONS.contains(block.type()) || Counterparts.top(block.type()).isPresent();
      if (!known) {
        unknown.add(block.type());
      } else if (!List.of("namespace", "passdb", "userdb", "plugin", "quota")
          .contains(block.type())) {
        findings.ofOtherServices();
      }
    }
    unknown.forEach(type -> findings.notTaken(type + " { }", "not known here"));
  }

  private void tail(Output out) {
    List<Finding> missing =
        findings.all().stream()
            .filter(each -> each.kind() == Finding.Kind.NOT_TAKEN)
            .distinct()
            .toList();
    if (!missing.isEmpty()) {
      out.blank().comment("Not taken over of Dovecot's configuration:");
      missing.forEach(each -> out.comment("  " + each.setting() + ": " + each.text()));
    }
  }
}
