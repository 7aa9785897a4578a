package org.doveadmsshd.setup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.ShellWord;
import org.doveadmsshd.settings.Backend;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.ConfigurationFile;
import org.doveadmsshd.setup.checked.Census;
import org.doveadmsshd.setup.checked.Mail;

/** What is left to do for an administrator, as lines that he can paste. */
final class Steps {
  private static final List<String> SHARED_ROOTS =
      List.of("var", "srv", "mnt", "opt", "usr", "data", "media", "export");

  private final SetupRequest request;
  private final Machine machine;
  private final ServerUser user;

  Steps(SetupRequest request, Machine machine, ServerUser user) {
    this.request = request;
    this.machine = machine;
    this.user = user;
  }

  /** Whether systemd starts the server with this configuration. */
  boolean hasUnit() {
    return machine.hasUnit("doveadm-sshd.service")
        && request.configuration().equals(Path.of(ConfigurationFile.STANDARD));
  }

  /** What the unit needs to know where one user owns all mail: who that is, and where mail is. */
  String dropIn(Settings settings, Census census) {
    Set<String> roots = roots(settings, census);
    boolean inHomes = roots.stream().anyMatch(root -> root.matches("/(home|root)(/.*)?"));
    return "# Made by doveadm-sshd setup: all mail belongs to one user.\n[Service]\nUser="
        + user.name()
        + "\n"
        + user.owner().map(owner -> "Group=" + owner.gid() + "\n").orElse("")
        + (roots.isEmpty() ? "" : "ReadWritePaths=" + String.join(" ", roots) + "\n")
        + (inHomes ? "ProtectHome=no\n" : "");
  }

  /** Directories below which mail is: of /srv/mail/example.org/jane /srv/mail. */
  private static Set<String> roots(Settings settings, Census census) {
    List<String> paths = new ArrayList<>();
    for (MailUser each : census.users()) {
      each.home().ifPresent(paths::add);
      each.mail().ifPresent(mail -> paths.add(mail.replaceFirst("^[a-z]+:", "")));
    }
    paths.add(settings.mail().location().replaceFirst("^[a-z]+:", "").split("%")[0]);
    Set<String> roots = new LinkedHashSet<>();
    for (String path : paths) {
      String[] names = path.split(":")[0].split("/+");
      if (path.startsWith("/") && names.length > 1 && names[1].matches("[A-Za-z0-9._-]+")) {
        boolean two =
            SHARED_ROOTS.contains(names[1])
                && names.length > 2
                && names[2].matches("[A-Za-z0-9._-]+");
        roots.add("/" + names[1] + (two ? "/" + names[2] : ""));
      }
    }
    return roots;
  }

  /** Commands that give the server what it cannot read yet. */
  List<String> permissions(Settings settings, Mail mail) {
    List<String> commands = new ArrayList<>();
    for (Path file : files(settings)) {
      if (user.owner().isPresent() && !mail.canRead(user.owner().get(), file)) {
        commands.add("setfacl -m u:%s:r %s".formatted(user.name(), ShellWord.of(file.toString())));
      }
    }
    return commands;
  }

  private static Set<Path> files(Settings settings) {
    Set<Path> files = new LinkedHashSet<>();
    settings
        .auth()
        .userdbs()
        .forEach(
            section -> {
              if (section.backend() instanceof Backend.PasswdFile) {
                String path = ((Backend.PasswdFile) section.backend()).path();
                if (path.indexOf('%') < 0) {
                  files.add(Path.of(path));
                }
              } else if (section.backend() instanceof Backend.Sql) {
                String connect = ((Backend.Sql) section.backend()).settings().connect().strip();
                if (connect.startsWith("/")) {
                  files.add(Path.of(connect.split("\\s")[0]));
                }
              } else if (section.backend() instanceof Backend.Dovecot) {
                files.add(((Backend.Dovecot) section.backend()).socket());
              }
            });
    return files;
  }

  /** Commands that start what has to run. */
  List<String> start() {
    if (hasUnit() && machine.runsSystemd()) {
      return List.of(
          "systemctl daemon-reload",
          "systemctl enable --now "
              + (user.isProcess() ? "doveadm-supervisor " : "")
              + "doveadm-sshd");
    }
    String with = " -c " + ShellWord.of(request.configuration().toString());
    List<String> commands = new ArrayList<>();
    if (user.isProcess()) {
      commands.add("doveadm-supervisor" + with + " &");
    }
    String rights =
        user.owner()
            .filter(owner -> machine.isRoot())
            .map(
                owner ->
                    "setpriv --reuid=%d --regid=%d --clear-groups --no-new-privs "
                        .formatted(owner.uid(), owner.gid()))
            .orElse("");
    commands.add(rights + "doveadm-sshd" + with + " &");
    return commands;
  }

  /** The line that shows that all works. */
  String ssh(Optional<Path> identity, Optional<String> mailUser) {
    return "ssh -p "
        + request.port()
        + identity.map(file -> " -i " + ShellWord.of(file.toString())).orElse("")
        + " "
        + request.master()
        + "@localhost doveadm mailbox status -u "
        + mailUser.filter(name -> name.matches("[A-Za-z0-9._@+-]+")).orElse("USER")
        + " messages INBOX";
  }
}
