package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.SystemCalls;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered beside a mailbox never changes an answer; it only saves work. */
@Timeout(60)
class MailboxMemoryTest {
  private static final int NO_SPACE = 28;

  @TempDir Path home;
  private MaildirTree tree;
  private Path cache;

  @BeforeEach
  void makeMails() throws Exception {
    tree = new MaildirTree(home);
    cache = tree.root.resolve("doveadm-sshd.cache");
    for (int i = 1; i <= 20; i++) {
      tree.mail("cur/17000000%02d.M1P1.h:2,S".formatted(i), content("mail " + i));
    }
  }

  @AfterEach
  void stopObserving() {
    SystemCalls.observe(null);
  }

  private static String content(String subject) {
    return "From: <a@example.org>\nSubject: " + subject + "\nSubject: again\n\nbody\n";
  }

  /** All there is to say about the mails of INBOX, one line each. */
  private List<String> look(boolean numbered) throws Failure {
    List<String> lines = new ArrayList<>();
    try (Mailbox inbox = tree.inbox();
        Candidate candidate = new Candidate(0)) {
      for (Mail mail : inbox.mails(numbered)) {
        candidate.take(mail);
        try {
          lines.add(
              String.join(
                  " ",
                  List.of(
                      numbered ? mail.uid() + " " + mail.sequence() : "",
                      mail.guid(),
                      mail.flags().toString(),
                      mail.received() + " " + mail.physicalSize() + " " + mail.virtualSize(),
                      candidate.header("SUBJECT").toString(),
                      candidate.header("cc").toString(),
                      candidate.header("x-other").toString())));
        } catch (MailGoneException e) {
          lines.add("gone");
        }
      }
      if (numbered) {
        lines.add(inbox.identifiers().toString());
      }
    }
    lines.sort(null);
    return lines;
  }

  private List<String> lookWithoutMemory(boolean numbered) throws Failure {
    Optional<Duration> settled = tree.settled;
    tree.settled = Optional.empty();
    try {
      return look(numbered);
    } finally {
      tree.settled = settled;
    }
  }

  /** Looks until that is remembered. */
  private void lookUntilRemembered(boolean numbered) throws Exception {
    byte[] before = Files.exists(cache) ? Files.readAllBytes(cache) : new byte[0];
    look(numbered);
    while (!Files.exists(cache) || java.util.Arrays.equals(before, Files.readAllBytes(cache))) {
      Thread.sleep(2);
      look(numbered);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsRememberedIsNotLookedUpAgain(boolean numbered) throws Exception {
    lookUntilRemembered(numbered);
    List<String> before = look(numbered);
    Path mail = tree.root.resolve("cur/1700000007.M1P1.h:2,S");
    Files.write(mail, content("changed in place, which nobody does to a Maildir").getBytes());
    assertThat(look(numbered)).isEqualTo(before);
    assertThat(lookWithoutMemory(numbered)).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Subject\0", "SUBJECT\0x", "subject \0", "Cc\0: a\nSubject\0"})
  void aFieldWithNulInItsNameIsRememberedAsOthersAre(String name) throws Exception {
    Files.write(
        tree.root.resolve("cur/1700000003.M1P1.h:2,S"),
        (name + ": odd\nTo: <b@example.org>\n\nbody\n").getBytes(StandardCharsets.US_ASCII));
    lookUntilRemembered(true);
    List<String> remembered = look(true);
    assertThat(remembered).isEqualTo(lookWithoutMemory(true));
    assertThat(remembered).hasSize(21);
  }

  @Test
  void aMailboxThatHasJustChangedIsNotRemembered() throws Exception {
    tree.settled = Optional.of(Duration.ofHours(1));
    look(true);
    look(true);
    assertThat(cache).doesNotExist();
    assertThat(tree.root.resolve("doveadm-sshd.cache.tmp")).doesNotExist();
  }

  @Test
  void aSmallMailboxIsNotWorthAFile() throws Exception {
    for (int i = 8; i <= 20; i++) {
      Files.delete(tree.root.resolve("cur/17000000%02d.M1P1.h:2,S".formatted(i)));
    }
    look(true);
    Thread.sleep(50); // until it would be remembered
    look(true);
    assertThat(cache).doesNotExist();
  }

  /** Does at random what other programs do, and compares with what is there. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverOthersDoIsSeen(long seed) throws Exception {
    Random random = new Random(seed);
    int next = 30;
    int remembered = 0;
    for (int step = 0; step < 150; step++) {
      List<Path> mails = new ArrayList<>();
      try (var files = Files.list(tree.root.resolve("cur"))) {
        files.sorted().forEach(mails::add);
      }
      Path one = mails.get(random.nextInt(mails.size()));
      switch (mails.size() > 12 ? random.nextInt(8) : random.nextInt(6)) {
        case 0 -> {
          Path path = tree.root.resolve("new/17000000%d.M1P1.h".formatted(next));
          Files.writeString(path, content("mail " + next++));
        }
        case 1 -> Files.move(one, Path.of(one.toString().replaceAll(",.*", ",F")));
        case 2 -> renumber();
        case 6 -> Files.delete(one);
        case 7 -> {
          try (Mailbox inbox = tree.inbox()) {
            inbox.mails(true).get(0).expunge();
          }
        }
        default -> lookUntilRememberedOrTired(random.nextBoolean());
      }
      remembered += Files.exists(cache) ? 1 : 0;
      boolean numbered = random.nextBoolean();
      List<String> expected = withoutRecent(lookWithoutMemory(numbered));
      assertThat(withoutRecent(look(numbered))).as("step %d", step).isEqualTo(expected);
    }
    assertThat(remembered).as("steps with a memory").isGreaterThan(50);
  }

  /** A mail that has just got a UID is recent; the next time it is not. */
  private static List<String> withoutRecent(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll(" ?.Recent", "")).sorted().toList();
  }

  /** Another program gives all mails other UIDs. */
  private void renumber() throws IOException {
    Path list = tree.root.resolve("dovecot-uidlist");
    if (Files.exists(list)) {
      String text = Files.readString(list, StandardCharsets.ISO_8859_1);
      StringBuilder changed = new StringBuilder();
      for (String line : text.split("\n")) {
        boolean header = line.startsWith("3 V");
        int space = line.indexOf(' ');
        String uid = header ? "" : Long.toString(Long.parseLong(line.substring(0, space)) + 1000);
        changed.append(header ? line.replaceAll(" N[0-9]+", " N1") : uid + line.substring(space));
        changed.append('\n');
      }
      Path aside = tree.root.resolve("dovecot-uidlist.aside");
      Files.writeString(aside, changed, StandardCharsets.ISO_8859_1);
      Files.move(aside, list, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void lookUntilRememberedOrTired(boolean numbered) throws Exception {
    FileTime before = Files.exists(cache) ? Files.getLastModifiedTime(cache) : null;
    for (int i = 0; i < 15; i++) {
      look(numbered);
      if (Files.exists(cache) && !Files.getLastModifiedTime(cache).equals(before)) {
        return;
      }
      Thread.sleep(2);
    }
  }

  @Test
  void aFullDiskWhileRememberingHarmsNobody() throws Exception {
    look(true);
    List<String> all = look(true);
    boolean reached = true;
    for (int at = 0; reached; at++) {
      Files.deleteIfExists(cache);
      Thread.sleep(25); // until it is worth remembering
      int[] left = {at};
      SystemCalls.observe((call, name) -> left[0]-- == 0 && !call.equals("unlink") ? NO_SPACE : 0);
      assertThat(look(true)).isEqualTo(all);
      SystemCalls.observe(null);
      reached = left[0] < 0;
      assertThat(tree.root.resolve("doveadm-sshd.cache.tmp")).doesNotExist();
      assertThat(look(true)).isEqualTo(all);
    }
    assertThat(cache).exists();
  }

  @Test
  void whatSomebodyLeftWhoWasKilledIsClearedAway() throws Exception {
    Path aside = tree.root.resolve("doveadm-sshd.cache.tmp");
    Files.writeString(aside, "half of i");
    look(true);
    List<String> all = look(true);
    assertThat(look(true)).isEqualTo(all);
    assertThat(aside).as("perhaps still at work").exists();
    Files.setLastModifiedTime(aside, FileTime.fromMillis(System.currentTimeMillis() - 3_600_000));
    lookUntilRemembered(true);
    assertThat(aside).doesNotExist();
    assertThat(look(true)).isEqualTo(all);
  }

  @Test
  void aDamagedFileIsNoMemory() throws Exception {
    lookUntilRemembered(true);
    List<String> all = look(true);
    byte[] good = Files.readAllBytes(cache);
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] bad =
          i % 2 == 0 ? java.util.Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
      if (bad.length == good.length) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(cache, bad);
      assertThat(look(true)).isEqualTo(all);
    }
  }

  @Test
  void whatAUserPutsInItsPlaceLeadsNowhere() throws Exception {
    lookUntilRemembered(true);
    List<String> all = look(true);
    Path elsewhere = home.resolve("elsewhere");
    Files.move(cache, elsewhere);
    Files.createSymbolicLink(cache, elsewhere);
    tree.settled = Optional.of(Duration.ofHours(1));
    Path mail = tree.root.resolve("cur/1700000007.M1P1.h:2,S");
    Files.writeString(mail, content("shows whether the link was followed"));
    assertThat(look(true)).isNotEqualTo(all).isEqualTo(lookWithoutMemory(true));
    Files.delete(cache);
    assertThat(new ProcessBuilder("mkfifo", cache.toString()).start().waitFor()).isZero();
    assertThat(look(true)).isEqualTo(lookWithoutMemory(true));
  }

  @Test
  void resyncForgets() throws Exception {
    lookUntilRemembered(true);
    try (Mailbox inbox = tree.inbox()) {
      inbox.resync();
    }
    assertThat(cache).doesNotExist();
  }

  @Test
  void theFileIsAsReadableAsTheMailbox() throws Exception {
    Files.setPosixFilePermissions(
        tree.root, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwx---"));
    lookUntilRemembered(true);
    assertThat(Files.getPosixFilePermissions(cache))
        .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw----"));
  }

  @Test
  void aUidThatIsExpungedFromARememberedMailboxDoesNotComeBackWithItsFile() throws Exception {
    lookUntilRemembered(true);
    String base = "1700000001.M1P1.h";
    Path file = tree.root.resolve("cur/" + base + ":2,S");
    byte[] content = Files.readAllBytes(file);
    long before = 0;
    try (Mailbox inbox = tree.inbox()) {
      for (Mail mail : inbox.mails(true)) {
        if (mail.guid().equals(base)) {
          before = mail.uid();
          mail.expunge();
        }
      }
    }
    Files.write(file, content);
    try (Mailbox inbox = tree.inbox()) {
      for (Mail mail : inbox.mails(true)) {
        if (mail.guid().equals(base)) {
          assertThat(mail.uid()).isGreaterThan(before);
        }
      }
    }
    assertThat(before).isPositive();
  }
}
