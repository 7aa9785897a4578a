package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;

/**
 * A user's mail on which things are done that may break off anywhere: three mails in INBOX, one in
 * Archive, whose keywords have other letters.
 */
final class CrashSite {
  static final List<String> NAMES = List.of("a", "b", "c", "d");
  private static final String NEW_MAIL = "Subject: new\n\nnew\n";

  final MaildirTree tree;

  CrashSite(Path home) throws IOException, Failure {
    tree = new MaildirTree(home);
    tree.mailbox(".Archive");
    tree.mailbox(".Archive.Sub");
    mail("cur", "1700000001.M1P1.a,S=19,W=22:2,FSa", "a", 1);
    mail("cur", "1700000002.M1P1.b:2,", "b", 2);
    mail("new", "1700000003.M1P1.c,S=19,W=22", "c", 3);
    mail(".Archive/cur", "1700000004.M1P1.d,S=19,W=22:2,Sa", "d", 4);
    Files.writeString(tree.root.resolve("dovecot-keywords"), "0 $Work\n");
    Files.writeString(tree.root.resolve(".Archive/dovecot-keywords"), "0 $Other\n");
    Files.writeString(tree.root.resolve("subscriptions"), "V\t2\n\nArchive\n");
    try (MailStore store = tree.open()) {
      for (String name : List.of("INBOX", "Archive", "Archive.Sub")) {
        try (Mailbox mailbox = store.find(name).orElseThrow()) {
          mailbox.mails(true);
          mailbox.identifiers();
        }
      }
    }
  }

  private void mail(String place, String file, String name, int second) throws IOException {
    Path path = tree.mail(place + "/" + file, content(name));
    Files.setLastModifiedTime(path, FileTime.fromMillis(1_600_000_000_000L + second * 1000L));
  }

  static String content(String name) {
    return "Subject: mail " + name + "\n\n" + name + "\n";
  }

  /** Something that changes the disk. */
  @FunctionalInterface
  interface Change {
    void on(MailStore store) throws Failure, IOException;
  }

  /** What can be done, by name. */
  static final Map<String, Change> CHANGES = new TreeMap<>();

  static {
    CHANGES.put("save", store -> save(store, Delivery.About.NEW));
    CHANGES.put(
        "save with keywords, guid and date",
        store ->
            save(
                store,
                new Delivery.About(
                    Flags.of(List.of(Flag.SEEN), List.of("$New")),
                    OptionalLong.of(1_500_000_000L),
                    Optional.of("my-guid"),
                    OptionalLong.empty())));
    CHANGES.put("copy", store -> deliver(store, "INBOX", "Archive", false));
    CHANGES.put("copy within a mailbox", store -> deliver(store, "INBOX", "INBOX", false));
    CHANGES.put("move", store -> deliver(store, "INBOX", "Archive", true));
    CHANGES.put("move within a mailbox", store -> deliver(store, "INBOX", "INBOX", true));
    CHANGES.put("flags", store -> flags(store, new Flags(0, List.of("$Other", "$Third"))));
    CHANGES.put("expunge", CrashSite::expungeFirst);
    CHANGES.put("create", store -> store.create("Made", Optional.of("0a".repeat(16))));
    CHANGES.put("delete", store -> store.delete("Archive.Sub", true, false));
    CHANGES.put("rename", store -> store.rename("Archive", "Old.Archive"));
    CHANGES.put("subscribe", store -> store.subscribe(List.of("Made", "INBOX"), true));
    CHANGES.put("update", CrashSite::update);
    CHANGES.put("resync", CrashSite::resync);
  }

  private static void save(MailStore store, Delivery.About about) throws Failure, IOException {
    try (Mailbox mailbox = store.find("Archive").orElseThrow();
        Delivery delivery = mailbox.deliver()) {
      delivery.save(new ByteArrayInputStream(NEW_MAIL.getBytes(StandardCharsets.UTF_8)), about);
      delivery.commit();
    }
  }

  private static void deliver(MailStore store, String from, String to, boolean moves)
      throws Failure {
    try (Mailbox source = store.find(from).orElseThrow();
        Mailbox target = store.find(to).orElseThrow();
        Delivery delivery = target.deliver()) {
      for (Mail mail : source.mails(true)) {
        if (moves) {
          delivery.move(mail);
        } else {
          delivery.copy(mail);
        }
      }
      delivery.commit();
    }
  }

  private static void flags(MailStore store, Flags flags) throws Failure {
    try (Mailbox mailbox = store.find("INBOX").orElseThrow()) {
      Map<Mail, Flags> changes = new LinkedHashMap<>();
      for (Mail mail : mailbox.mails(true)) {
        changes.put(mail, mail.flags().plus(flags));
      }
      mailbox.setFlags(changes);
    }
  }

  private static void expungeFirst(MailStore store) throws Failure {
    try (Mailbox mailbox = store.find("INBOX").orElseThrow()) {
      List<? extends Mail> mails = mailbox.mails(true);
      if (!mails.isEmpty() && mails.get(0).uid() == 1) {
        mails.get(0).expunge();
      }
    }
  }

  private static void update(MailStore store) throws Failure {
    try (Mailbox mailbox = store.find("INBOX").orElseThrow()) {
      mailbox.update(
          new Mailbox.Update(
              Optional.of("0b".repeat(16)), OptionalLong.empty(), OptionalLong.of(50)));
    }
  }

  private static void resync(MailStore store) throws Failure {
    try (Mailbox mailbox = store.find("INBOX").orElseThrow()) {
      mailbox.resync();
    }
  }

  void carryOut(String change) throws Failure, IOException {
    try (MailStore store = tree.open()) {
      CHANGES.get(change).on(store);
    }
  }

  /** Makes locks that were left behind look as if some time had passed. */
  void letTimePass() throws IOException {
    try (Stream<Path> files = Files.walk(tree.root)) {
      for (Path file : files.filter(CrashSite::isLockOrList).toList()) {
        FileTime earlier = FileTime.fromMillis(System.currentTimeMillis() - 200_000);
        Files.setLastModifiedTime(file, earlier);
      }
    }
  }

  /** Files that are no mail and nothing that a mailbox has. */
  List<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.walk(tree.root)) {
      return files
          .filter(file -> Files.isRegularFile(file))
          .map(file -> tree.root.relativize(file).toString())
          .filter(
              name ->
                  name.startsWith("maildirsize.")
                      || name.matches(".*(\\.lock|\\.tmp.*|/tmp/.*|^tmp/.*|\\.spool)"))
          .toList();
    }
  }

  private static boolean isLockOrList(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".lock") || name.equals("dovecot-uidlist");
  }

  /** A mail as another program finds it. */
  record Seen(String mailbox, long uid, String name, String guid, Flags flags, long received) {}

  /** All mails that there are, each read to its end. */
  List<Seen> look() throws Failure, IOException {
    List<Seen> seen = new ArrayList<>();
    try (MailStore store = tree.open()) {
      for (MailStore.ListedName entry : store.list()) {
        if (entry.selectable()) {
          try (Mailbox mailbox = store.find(entry.name()).orElseThrow()) {
            Set<Long> uids = new HashSet<>();
            for (Mail mail : mailbox.mails(true)) {
              assertThat(uids.add(mail.uid())).as("UID used once").isTrue();
              seen.add(look(entry.name(), mail));
            }
          }
        }
      }
    }
    return seen;
  }

  private static Seen look(String mailbox, Mail mail) throws Failure, IOException {
    String content;
    try (InputStream in = mail.open()) {
      content = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    String name = content.equals(NEW_MAIL) ? "new" : content.substring(14, 15);
    assertThat(content).as("complete").isEqualTo(name.equals("new") ? NEW_MAIL : content(name));
    return new Seen(mailbox, mail.uid(), name, mail.guid(), mail.flags(), mail.received());
  }
}
