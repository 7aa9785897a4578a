package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.journal.JournalLine;
import org.doveadmsshd.brain.journal.JournalReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of {@code doveadm-ssh} that end in the middle, and those that go on with them. {@code
 * -Djournal.users=5000 -Djournal.kills=20} is the long test.
 */
@Timeout(600)
class KilledBrainTest {
  private static final int USERS = Integer.getInteger("journal.users", 200);
  private static final int KILLS = Integer.getInteger("journal.kills", 6);
  private static final List<String> SEEN = List.of("mailbox", "INBOX", "seen");

  @TempDir Path directory;
  private TestSite site;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(directory, USERS);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private List<Path> journals() throws IOException {
    Path runs = directory.resolve("own-state").resolve("runs-" + System.getProperty("user.name"));
    if (!Files.exists(runs)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(runs)) {
      return all.sorted().toList();
    }
  }

  private long written() throws IOException {
    List<Path> journals = journals();
    return journals.isEmpty() ? 0 : Files.size(journals.get(0));
  }

  private Process begin(String... words) throws IOException {
    return new ProcessBuilder(site.doveadmSshWords(words))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("said").toFile())
        .start();
  }

  /** Waits until the journal has grown by so many bytes; false when the process ends before. */
  private boolean grows(Process process, long bytes) throws Exception {
    long before = written();
    while (written() < before + bytes) {
      if (process.waitFor(1, TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return true;
  }

  private long mails(String... query) throws Exception {
    List<String> words = new ArrayList<>(List.of("--no-journal", "search", "-A"));
    words.addAll(List.of(query));
    TestSite.Result result = site.doveadmSsh(words.toArray(String[]::new));
    assertThat(result.code()).as(result.error()).isZero();
    return result.out().lines().count();
  }

  /** How often each user has come to a good end. */
  private Map<String, Integer> goodEnds(Path journal) throws Failure, IOException {
    Map<String, Integer> ends = new HashMap<>();
    try (JournalReader reader = JournalReader.open(journal)) {
      for (JournalLine line; (line = reader.next()) != null; ) {
        if (line instanceof JournalLine.User && ((JournalLine.User) line).end().outcome().isOk()) {
          ends.merge(((JournalLine.User) line).end().user(), 1, Integer::sum);
        }
      }
    }
    return ends;
  }

  @Test
  void aRunThatIsKilledAgainAndAgainIsDoneInTheEndAndNothingElseIs() throws Exception {
    long others = mails("not", "(", "mailbox", "INBOX", "seen", ")");
    assertThat(mails(SEEN.toArray(String[]::new))).isPositive();
    Random random = new Random(18);
    int kills = 0;
    boolean over = false;
    while (!over) {
      String rate = "" + Math.max(20, USERS / 5);
      Process process =
          journals().isEmpty()
              ? begin("--max-rate", rate, "expunge", "-A", "mailbox", "INBOX", "seen")
              : begin("--max-rate", rate, "--resume", "last");
      if (kills < KILLS && grows(process, 1 + random.nextInt(200 * USERS / KILLS))) {
        process.destroyForcibly();
        kills++;
      }
      over = process.waitFor() == 0;
      assertThat(process.exitValue())
          .as(Files.readString(directory.resolve("said")))
          .isIn(0, 128 + 9);
    }
    assertThat(kills).isPositive();
    assertThat(mails(SEEN.toArray(String[]::new))).as("matching mails that are left").isZero();
    assertThat(mails("not", "(", "mailbox", "INBOX", "seen", ")"))
        .as("other mails")
        .isEqualTo(others);
    assertThat(journals()).hasSize(1);
    Map<String, Integer> ends = goodEnds(journals().get(0));
    assertThat(ends).as("every user").hasSize(USERS);
    assertThat(ends.values()).as("once").containsOnly(1);
  }

  @Test
  void aRunOfAnotherProcessIsSeenWatchedAndCancelled() throws Exception {
    Process process = begin("--max-rate", "20", "expunge", "-A", "mailbox", "INBOX", "seen");
    assertThat(grows(process, 1000)).isTrue();
    String id = journals().get(0).getFileName().toString().replace(".journal", "");
    assertThat(site.doveadmSsh("runs").out()).contains(id + " running");
    TestSite.Result again = site.doveadmSsh("--resume", id);
    assertThat(again.code()).isEqualTo(75);
    assertThat(again.error()).contains("is being written by another run");
    assertThat(site.doveadmSsh("runs", "cancel", id).code()).isZero();
    assertThat(process.waitFor()).isEqualTo(75);
    assertThat(site.doveadmSsh("runs", "watch", id).out()).contains(id + " failed");
    assertThat(site.doveadmSsh("--resume", "last").code()).isZero();
    assertThat(goodEnds(journals().get(0)).values()).hasSize(USERS).containsOnly(1);
  }

  @Test
  void aDiskThatTakesNoMoreIsSaidAtOnceAndStopsTheRunIfItIsToStop() throws Exception {
    List<String> words = site.doveadmSshWords("expunge", "-A", "mailbox", "INBOX", "seen");
    words.add(words.indexOf("-cp"), "-XX:-UsePerfData");
    String limited = "ulimit -f 16; exec \"$@\""; // KiB of any file
    List<String> line = new ArrayList<>(List.of("bash", "-c", limited, "bash"));
    line.addAll(words);
    TestSite.Result goesOn = site.exec(new byte[0], line.toArray(String[]::new));
    assertThat(goesOn.error())
        .contains("Warning: The journal ", "cannot be written: ", "the run goes on");
    assertThat(goesOn.code()).isZero();
    assertThat(mails(SEEN.toArray(String[]::new))).isZero();
    Path configuration = directory.resolve("doveadm-ssh.conf");
    Files.writeString(configuration, "journal_full = stop\n" + Files.readString(configuration));
    TestSite.Result stops = site.exec(new byte[0], line.toArray(String[]::new));
    assertThat(stops.error()).contains("the run stops (journal_full = stop)");
    assertThat(stops.code()).isEqualTo(75);
    assertThat(site.doveadmSsh("--resume", "last").code()).isZero();
  }

  @Test
  void aServerWritesDownTheRunsOfItsOwnBrain() throws Exception {
    assertThat(site.doveadm("expunge -A mailbox INBOX seen").code()).isZero();
    TestSite.Result runs = site.doveadm("-f tab runs");
    assertThat(runs.lines()).hasSize(2);
    assertThat(runs.lines().get(1))
        .contains("\tok\t" + USERS + "\t0\t")
        .endsWith("\tadmin\texpunge --all-users mailbox INBOX seen");
    String id = runs.lines().get(1).split("\t")[0];
    assertThat(site.doveadm("--resume " + id).code()).isZero();
    assertThat(site.doveadm("-f tab runs show last").out()).contains("run\tstate\tok\t");
    assertThat(site.doveadm("--journal /tmp/x search -A all").code()).isEqualTo(64);
    assertThat(site.doveadm("--resume /etc/passwd").code()).isEqualTo(64);
    assertThat(site.as("admin@example.org", "runs").code()).as("not in scope").isEqualTo(77);
  }
}
