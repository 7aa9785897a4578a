package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.accounts.MailLocation;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;

/** A Maildir on disk to try things on. */
final class MaildirTree {
  final Path root;
  final List<String> warnings = new ArrayList<>();
  MemoryTurns memory = MemoryTurns.unlimited();
  Duration lockPatience = Duration.ofSeconds(20);
  QuotaRules quota = QuotaRules.NONE;
  CompressionRules compression = CompressionRules.NONE;
  Optional<Duration> settled = Optional.of(Duration.ofMillis(20));

  MaildirTree(Path home) throws IOException {
    root = Files.createDirectories(home.resolve("Maildir"));
    mailbox("");
  }

  Path mailbox(String folder) throws IOException {
    Path mailbox = root.resolve(folder);
    for (String sub : List.of("cur", "new", "tmp")) {
      Files.createDirectories(mailbox.resolve(sub));
    }
    return mailbox;
  }

  Path mail(String place, String content) throws IOException {
    Path file = root.resolve(place);
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
    return file;
  }

  MailStore open() throws Failure {
    return open(MailLocation.maildir(root.getParent(), List.of("Maildir")));
  }

  MailStore open(MailLocation location) throws Failure {
    return MaildirStore.open(
        location,
        new MaildirStore.Context(
            lockPatience, () -> {}, warnings::add, quota, compression, settled, memory.holder()));
  }

  Mailbox inbox() throws Failure {
    return open().find("inbox").orElseThrow();
  }

  String uidList() throws IOException {
    return Files.readString(root.resolve("dovecot-uidlist"));
  }
}
