package org.doveadmsshd.storage.maildir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.MailLocation;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;

/** A user's home with mail at places that a location names. */
final class PlacesOfMail {
  final Path home;
  final List<String> warnings = new ArrayList<>();
  QuotaRules quota = QuotaRules.NONE;
  private final MailLocation location;

  PlacesOfMail(Path home, String template) throws IOException, Failure {
    this.home = Files.createDirectories(home);
    location = MailLocation.of(new MailUser("jane", Map.of("home", home.toString())), template);
  }

  MailStore open() throws Failure {
    return MaildirStore.open(
        location,
        new MaildirStore.Context(
            Duration.ZERO,
            () -> {},
            warnings::add,
            quota,
            CompressionRules.NONE,
            Optional.empty(),
            MemoryTurns.unlimited().holder()));
  }

  /** Something done with the mail. */
  @FunctionalInterface
  interface Work {
    void on(MailStore store) throws Failure, IOException;
  }

  void with(Work work) throws Failure, IOException {
    try (MailStore store = open()) {
      work.on(store);
    }
  }

  void save(String name, String text) throws Failure, IOException {
    with(store -> save(store, name, text));
  }

  static void save(MailStore store, String name, String text) throws Failure {
    byte[] mail = ("Subject: " + text + "\n\n" + text + "\n").getBytes(StandardCharsets.US_ASCII);
    try (Mailbox mailbox = store.find(name).orElseThrow();
        Delivery delivery = mailbox.deliver()) {
      delivery.save(new ByteArrayInputStream(mail), Delivery.About.NEW);
      delivery.commit();
    }
  }

  static void flag(MailStore store, String name, String keyword) throws Failure {
    try (Mailbox mailbox = store.find(name).orElseThrow()) {
      Map<Mail, Flags> changes = new TreeMap<>((one, two) -> Long.compare(one.uid(), two.uid()));
      for (Mail mail : mailbox.mails(true)) {
        changes.put(mail, Flags.of(List.of(Flag.SEEN), List.of(keyword)));
      }
      mailbox.setFlags(changes);
    }
  }

  /** The mailboxes, with a slash behind those that are only parents. */
  List<String> names() throws Failure, IOException {
    TreeSet<String> names = new TreeSet<>();
    with(
        store ->
            store
                .list()
                .forEach(entry -> names.add(entry.name() + (entry.selectable() ? "" : " /"))));
    return List.copyOf(names);
  }

  /** The subjects of all mails with their mailboxes and UIDs. */
  List<String> mails() throws Failure, IOException {
    List<String> mails = new ArrayList<>();
    with(
        store -> {
          for (MailStore.ListedName entry : store.list()) {
            if (entry.selectable()) {
              try (Mailbox mailbox = store.find(entry.name()).orElseThrow()) {
                for (Mail mail : mailbox.mails(true)) {
                  mails.add(entry.name() + ":" + mail.uid() + ":" + subject(mail));
                }
              }
            }
          }
        });
    mails.sort(null);
    return mails;
  }

  private static String subject(Mail mail) throws Failure, IOException {
    try (InputStream content = mail.openStored()) {
      String text = new String(content.readAllBytes(), StandardCharsets.US_ASCII);
      return text.substring("Subject: ".length(), text.indexOf('\n'));
    }
  }

  /** All files and directories but the mails themselves and what is in {@code tmp}. */
  List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      return all.map(path -> home.relativize(path).toString())
          .filter(path -> !path.isEmpty() && !path.matches(".*/(cur|new|tmp)/.*"))
          .filter(path -> !path.matches(".*/dovecot-uidvalidity.*"))
          .sorted()
          .toList();
    }
  }
}
