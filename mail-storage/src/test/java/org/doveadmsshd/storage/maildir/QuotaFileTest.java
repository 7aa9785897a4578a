package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.SystemCalls;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is noted of the quota is right, costs little, and never decides what becomes of a mail. */
class QuotaFileTest {
  private static final int EACCES = 13;
  private static final List<String> MAILBOXES = List.of("INBOX", "Box", "Ignored");

  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void threeMailboxes() throws Exception {
    tree = new MaildirTree(home);
    tree.mailbox(".Box");
    tree.mailbox(".Ignored");
    quota("maildir:User quota");
  }

  private void quota(String driver) {
    tree.quota = QuotaRules.of(driver, List.of("*:storage=100M", "Ignored:ignore")).orElseThrow();
  }

  @AfterEach
  void stopObserving() {
    SystemCalls.observe(null);
    SystemCalls.observeReads(null);
  }

  /** Bytes and mails that lie in mailboxes that count. */
  private long[] recount() throws IOException {
    long[] sum = new long[2];
    for (String part : List.of("cur", "new", ".Box/cur", ".Box/new")) {
      try (Stream<Path> files = Files.list(tree.root.resolve(part))) {
        for (Path file : (Iterable<Path>) files::iterator) {
          sum[0] += Files.size(file);
          sum[1]++;
        }
      }
    }
    return sum;
  }

  private long[] noted() throws IOException {
    long[] sum = new long[2];
    List<String> lines = Files.readAllLines(tree.root.resolve("maildirsize"));
    for (String line : lines.subList(1, lines.size())) {
      sum[0] += Long.parseLong(line.split(" ")[0]);
      sum[1] += Long.parseLong(line.split(" ")[1]);
    }
    return sum;
  }

  private static void save(MailStore store, String to, int size) throws Failure {
    try (Mailbox mailbox = store.find(to).orElseThrow();
        Delivery delivery = mailbox.deliver()) {
      byte[] mail = ("Subject: x\r\n\n" + "x".repeat(size)).getBytes();
      delivery.save(new ByteArrayInputStream(mail), Delivery.About.NEW);
      delivery.commit();
    }
  }

  private static void deliver(MailStore store, String from, String to, boolean moves, Random random)
      throws Failure {
    try (Mailbox source = store.find(from).orElseThrow();
        Mailbox target = store.find(to).orElseThrow();
        Delivery delivery = target.deliver()) {
      for (Mail mail : source.mails(random.nextBoolean())) {
        if (random.nextInt(3) > 0) {
          continue;
        }
        if (moves) {
          delivery.move(mail);
        } else {
          delivery.copy(mail);
        }
      }
      delivery.commit();
    }
  }

  private static void expunge(MailStore store, String name, Random random) throws Failure {
    try (Mailbox mailbox = store.find(name).orElseThrow()) {
      for (Mail mail : mailbox.mails(false)) {
        if (random.nextInt(3) == 0) {
          mail.expunge();
        }
      }
    }
  }

  private void step(MailStore store, Random random) throws Failure, IOException {
    String one = MAILBOXES.get(random.nextInt(3));
    String other = MAILBOXES.get(random.nextInt(3));
    switch (random.nextInt(6)) {
      case 0, 1 -> save(store, one, random.nextInt(500));
      case 2 -> deliver(store, one, other, false, random);
      case 3 -> deliver(store, one, other, true, random);
      case 4 -> expunge(store, one, random);
      default -> unshare(random);
    }
  }

  /** Takes permissions away from some files, so that they cannot be shared as they are. */
  private void unshare(Random random) throws IOException {
    try (Stream<Path> files = Files.walk(tree.root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.toString().contains("/cur/") && random.nextBoolean()) {
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverIsDoneWhatIsNotedEqualsARecount(int seed) throws Exception {
    Random random = new Random(seed);
    try (MailStore store = tree.open()) {
      store.recalculateQuota();
      for (int i = 0; i < 60; i++) {
        boolean breaks = random.nextInt(4) == 0;
        int[] left = {random.nextInt(12)};
        SystemCalls.observe(
            (call, name) -> breaks && !name.endsWith("maildirsize") && left[0]-- == 0 ? EACCES : 0);
        try {
          step(store, random);
        } catch (Failure e) {
          assertThat(breaks).as(e.getMessage()).isTrue();
        } finally {
          SystemCalls.observe(null);
        }
        assertThat(noted()).as("seed %d, step %d", seed, i).isEqualTo(recount());
      }
    }
    assertThat(tree.warnings.stream().filter(each -> each.contains("quota"))).isEmpty();
  }

  @Test
  void aFileThatCannotBeWrittenStopsNothingAndIsNamedOnce() throws Exception {
    try (MailStore store = tree.open()) {
      store.recalculateQuota();
      SystemCalls.observe((call, name) -> name.contains("maildirsize") ? EACCES : 0);
      save(store, "INBOX", 10);
      save(store, "INBOX", 10);
      deliver(store, "INBOX", "Box", false, new Random(1));
      try (Mailbox mailbox = store.find("INBOX").orElseThrow()) {
        for (Mail mail : mailbox.mails(false)) {
          mail.expunge();
        }
        assertThat(mailbox.mails(false)).isEmpty();
      }
      store.delete("Box", false, false);
    }
    assertThat(tree.warnings).hasSize(1);
    assertThat(tree.warnings.get(0)).contains("maildirsize", "Permission denied", "quota recalc");
  }

  @Test
  void aFileThatCannotTakeALineGoesAsItIsWrongThenAndIsCountedAnew() throws Exception {
    try (MailStore store = tree.open()) {
      save(store, "INBOX", 10);
      store.recalculateQuota();
      SystemCalls.observe(
          (call, name) -> call.equals("write") && name.endsWith("maildirsize") ? 28 : 0); // ENOSPC
      save(store, "INBOX", 10);
      SystemCalls.observe(null);
      assertThat(tree.root.resolve("maildirsize")).doesNotExist();
      assertThat(store.quota(tree.quota).messages()).isEqualTo(2);
    }
    assertThat(tree.warnings).isEmpty();
  }

  @Test
  void aFileThatCannotBeReadIsCountedAnewAndOneThatCannotBeMadeIsNotNeeded() throws Exception {
    try (MailStore store = tree.open()) {
      save(store, "INBOX", 10);
      store.recalculateQuota();
      SystemCalls.observeReads(
          (call, name) -> name.endsWith("maildirsize") && call.equals("open") ? EACCES : 0);
      SystemCalls.observe((call, name) -> name.contains("maildirsize.") ? EACCES : 0);
      assertThat(store.quota(tree.quota).messages()).isEqualTo(1);
      save(store, "INBOX", 10);
      assertThatThrownBy(store::recalculateQuota).hasMessageContaining("maildirsize");
    }
  }

  @Test
  void noMailIsReadForANumberThatNobodyNeeds() throws Exception {
    quota("count:User quota");
    tree.quota = QuotaRules.of("count:User quota", List.of()).orElseThrow();
    for (int i = 0; i < 3; i++) {
      tree.mail("cur/" + i + ".a:2,S", "Subject: x\n\nx\n");
    }
    List<String> opened = new ArrayList<>();
    SystemCalls.observeReads(
        (call, name) -> {
          if (call.equals("open") && name.contains(".a:2,S")) {
            opened.add(name);
          }
          return 0;
        });
    try (MailStore store = tree.open()) {
      deliver(store, "INBOX", "Box", false, new Random(1));
      deliver(store, "INBOX", "Box", true, new Random(1));
      try (Mailbox mailbox = store.find("INBOX").orElseThrow()) {
        mailbox.mails(false).get(0).expunge();
      }
    }
    assertThat(opened).isEmpty();
  }

  @Test
  void aMoveIntoAMailboxThatCountsNeedsRoomAndOneOutOfItNone() throws Exception {
    tree.quota = QuotaRules.of("maildir:x", List.of("*:bytes=500", "Ignored:ignore")).orElseThrow();
    try (MailStore store = tree.open()) {
      save(store, "Ignored", 600);
      assertThatThrownBy(() -> moveAll(store, "Ignored", "Box"))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(73));
      save(store, "Box", 400);
      moveAll(store, "Box", "INBOX");
      moveAll(store, "INBOX", "Ignored");
      assertThat(store.quota(tree.quota).bytes()).isZero();
    }
  }

  private static void moveAll(MailStore store, String from, String to) throws Failure {
    try (Mailbox source = store.find(from).orElseThrow();
        Mailbox target = store.find(to).orElseThrow();
        Delivery delivery = target.deliver()) {
      for (Mail mail : source.mails(false)) {
        delivery.move(mail);
      }
      delivery.commit();
    }
  }

  @Test
  void aMailWithOtherPermissionsMovesInOneStepAndGetsThoseOfItsMailbox() throws Exception {
    Path mail = tree.mail("cur/1.a:2,S", "Subject: x\n\nx\n");
    Files.setPosixFilePermissions(mail, PosixFilePermissions.fromString("r--------"));
    Object inode = Files.getAttribute(mail, "unix:ino");
    try (MailStore store = tree.open()) {
      moveAll(store, "INBOX", "Box");
    }
    Path moved = tree.root.resolve(".Box/cur/1.a:2,S");
    assertThat(Files.getAttribute(moved, "unix:ino")).isEqualTo(inode);
    assertThat(Files.getPosixFilePermissions(moved))
        .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
  }
}
