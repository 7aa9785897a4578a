package org.doveadmsshd.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.server.ssh.MemorySite;
import org.doveadmsshd.settings.Settings;

/**
 * The files of a server: a configuration with the master {@code admin} and the users jane and joe,
 * who have a Maildir each.
 */
record SiteFiles(Path directory) {
  static final KeyPair ADMIN = MemorySite.ADMIN;

  /** Writes them. */
  static SiteFiles in(Path directory) throws IOException {
    SiteFiles site = new SiteFiles(directory);
    site.authorize(ADMIN);
    StringBuilder users = new StringBuilder();
    for (String user : new String[] {"jane", "joe"}) {
      Path inbox = directory.resolve("homes").resolve(user).resolve("Maildir");
      for (String part : new String[] {"cur", "new", "tmp"}) {
        Files.createDirectories(inbox.resolve(part));
      }
      Files.writeString(inbox.resolve("cur/1700000000.M1P1.host:2,S"), "Subject: old\n\nx\n");
      users.append(user).append(":::::").append(directory.resolve("homes/" + user)).append("::\n");
    }
    Files.writeString(directory.resolve("users"), users);
    site.configure("");
    return site;
  }

  void authorize(KeyPair key) throws IOException {
    Path keys = Files.createDirectories(directory.resolve("authorized"));
    Files.writeString(keys.resolve("admin"), PublicKeyEntry.toString(key.getPublic()) + "\n");
  }

  Path file() {
    return directory.resolve("sshd.conf");
  }

  /** Writes the usual configuration, with these lines at its end. */
  void configure(String more) throws IOException {
    configure("0", more);
  }

  void configure(String port, String more) throws IOException {
    Files.writeString(
        file(),
        """
        listen = 127.0.0.1
        port = %s
        host_key = host_key
        authorized_keys = authorized/%%u
        mail_location = maildir:~/Maildir
        rehearsal = no
        userdb {
          driver = passwd-file
          args = users
        }
        master_user admin {
          users = *
        }
        """
                .formatted(port)
            + more);
  }

  Settings settings() throws Exception {
    return Settings.read(file(), CommandCatalog.scopeWords());
  }

  /** A server with the configuration as it is now, which does not listen yet. */
  Daemon daemon() throws Exception {
    return new Daemon(settings(), Clock.systemDefaultZone(), "test 1.0");
  }

  /** What keeps a server from being made, or from listening. */
  Optional<Failure> refusal() throws Exception {
    Daemon daemon;
    try {
      daemon = daemon();
    } catch (Failure e) {
      return Optional.of(e);
    }
    try {
      daemon.start();
      return Optional.empty();
    } catch (Failure e) {
      return Optional.of(e);
    } finally {
      daemon.stop(Duration.ZERO);
    }
  }
}
