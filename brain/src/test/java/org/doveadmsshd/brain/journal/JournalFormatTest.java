package org.doveadmsshd.brain.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written down is read again, and what cannot be read is said in one line. */
class JournalFormatTest {
  private static final Instant START = Instant.parse("2026-11-27T20:00:00Z");

  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void name() {
    path = directory.resolve("a.journal");
  }

  private static JournalHeader header() {
    return new JournalHeader(
        "20261127-200000-0001",
        "doveadm-ssh 1",
        "expunge",
        List.of("expunge", "-A", "subject", "ü\n\u001b[2J\""),
        "admin",
        "here",
        7,
        START,
        START,
        "any",
        true,
        false,
        Optional.of(new InputDigest("9f86d081", 4096)));
  }

  private static UserEnd end(String user, Outcome outcome, String text) {
    return new UserEnd(
        3, user, "mail1", 2, outcome, text, Map.of("expunged", 5L), 99, 1_700_000_000_000L, 42, 1);
  }

  private void write(UserEnd... ends) throws Failure, IOException {
    JournalFile file = JournalFile.create(path, JournalDisk.OWN);
    file.writeNow(text -> text.header(header()));
    JournalWriter writer =
        new JournalWriter(file, Clock.systemUTC(), trouble -> assertThat(trouble).isNull());
    writer.start(work -> new Thread(work).start());
    for (UserEnd each : ends) {
      writer.add(each);
    }
    writer.end(75);
  }

  private List<JournalLine> read() throws Failure, IOException {
    List<JournalLine> lines = new ArrayList<>();
    try (JournalReader reader = JournalReader.open(path)) {
      for (JournalLine line; (line = reader.next()) != null; ) {
        lines.add(line);
      }
    }
    return lines;
  }

  private JournalIndex index() throws Failure, IOException {
    try (JournalReader reader = JournalReader.open(path)) {
      return JournalIndex.of(reader);
    }
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    UserEnd odd = end("we\nird\u0000\"\u001b\ud83d\ude00ü", Outcome.OVER_QUOTA, "no\nroom");
    write(odd, end("joe", Outcome.OK, ""));
    try (JournalReader reader = JournalReader.open(path)) {
      assertThat(reader.header()).isEqualTo(header());
    }
    assertThat(read().get(0)).isInstanceOf(JournalLine.User.class);
    assertThat(((JournalLine.User) read().get(0)).end()).isEqualTo(odd);
    JournalLine.Ended ended = (JournalLine.Ended) read().get(2);
    assertThat(List.of(ended.users(), ended.failed(), ended.exitCode()))
        .isEqualTo(List.of(2L, 1L, 75));
    assertThat(Files.readAllLines(path)).as("a line for each").hasSize(4);
  }

  @Test
  void halfASurrogatePairSpoilsNoLine() throws Exception {
    write(end("joe\ud800", Outcome.OK, ""));
    assertThat(((JournalLine.User) read().get(0)).end().user()).isEqualTo("joe?");
  }

  @Test
  void nobodyElseMayReadIt() throws Exception {
    write();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void aLongTextIsCut() throws Exception {
    write(end("joe", Outcome.TEMPORARY_FAILURE, "x".repeat(100_000)));
    assertThat(((JournalLine.User) read().get(0)).end().text()).hasSize(1001).endsWith("…");
  }

  @Test
  void aLastLineThatIsCutDoesNotCount() throws Exception {
    write(end("joe", Outcome.OK, ""));
    Files.writeString(path, "{\"user\":\"ja", StandardOpenOption.APPEND);
    assertThat(read()).hasSize(2);
  }

  @Test
  void fieldsAndOutcomesOfNewerProgramsAreNoReasonToGiveUp() throws Exception {
    write();
    Files.writeString(
        path,
        "{\"user\":\"joe\",\"new\":[{\"a\":[]},1],\"x\":{\"y\":{}},\"outcome\":\"sunburnt\"}\n",
        StandardOpenOption.APPEND);
    UserEnd joe = ((JournalLine.User) read().get(1)).end();
    assertThat(joe.user()).isEqualTo("joe");
    assertThat(joe.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{\"user\":\"joe\"}",
        "{\"user\":\"joe\",\"outcome\":\"ok\"} {}",
        "{\"user\":\"joe\",\"outcome\":\"ok\",\"lane\":99999999999999999999}",
        "{\"ended\":\"yesterday\"}"
      })
  void damageInTheMiddleIsNamed(String line) throws Exception {
    write(end("joe", Outcome.OK, ""));
    Files.writeString(path, line + "\n", StandardOpenOption.APPEND);
    Files.writeString(path, "{\"user\":\"x\",\"outcome\":\"ok\"}\n", StandardOpenOption.APPEND);
    assertThatThrownBy(this::read)
        .isInstanceOf(Failure.class)
        .hasMessageContaining("is damaged at line 4")
        .extracting(e -> ((Failure) e).outcome().exitCode())
        .isEqualTo(65);
  }

  @Test
  void aLineWithoutEndIsNotKeptInMemory() throws Exception {
    write();
    Files.writeString(path, "x".repeat(70_000), StandardOpenOption.APPEND);
    assertThatThrownBy(this::read).hasMessageContaining("is damaged at line 3");
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    Files.writeString(path, "{\"journal\":2,\"program\":\"doveadm-ssh 9\"}\n");
    assertThatThrownBy(this::read)
        .hasMessageContaining("a newer one wrote it (doveadm-ssh 9)")
        .extracting(e -> ((Failure) e).outcome().exitCode())
        .isEqualTo(78);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "no journal\n", "{\"a\":1}\n", "{\"journal\":1}\n"})
  void whatIsNoJournalIsRefused(String content) throws Exception {
    Files.writeString(path, content);
    assertThatThrownBy(this::read)
        .hasMessageContaining("is damaged at line 1")
        .extracting(e -> ((Failure) e).outcome().exitCode())
        .isEqualTo(65);
  }

  @Test
  void whatIsNoPlainFileIsNotOpened() throws Exception {
    assertThatThrownBy(this::read).hasMessageContaining("There is no journal");
    Files.createDirectory(path);
    assertThatThrownBy(this::read).hasMessageContaining("is no plain file");
    Files.delete(path);
    Files.createSymbolicLink(path, directory.resolve("other"));
    assertThatThrownBy(this::read).hasMessageContaining("is no plain file");
    assertThatThrownBy(() -> JournalFile.open(path, JournalDisk.OWN))
        .hasMessageContaining("is no plain file");
    assertThatThrownBy(() -> JournalFile.create(path, JournalDisk.OWN))
        .hasMessageContaining("there already");
    Files.delete(path);
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    assertThatThrownBy(this::read).hasMessageContaining("is no plain file");
  }

  @Test
  void twoRunsCannotWriteOne() throws Exception {
    write();
    JournalFile first = JournalFile.open(path, JournalDisk.OWN);
    assertThatThrownBy(() -> JournalFile.open(path, JournalDisk.OWN))
        .hasMessageContaining("is being written by another run");
    first.close();
    JournalFile.open(path, JournalDisk.OWN).close();
  }

  @Test
  void theLastLineAboutAUserCounts() throws Exception {
    write(
        end("joe", Outcome.TIMED_OUT, ""), end("jane", Outcome.OK, ""), end("joe", Outcome.OK, ""));
    JournalIndex index = index();
    assertThat(index.users()).isEqualTo(2);
    assertThat(index.outcome("joe", "")).contains(Outcome.OK);
    assertThat(index.outcome("jim", "")).isEmpty();
    List<Boolean> last = new ArrayList<>();
    for (JournalLine line : read()) {
      if (line instanceof JournalLine.User) {
        last.add(index.isLast((JournalLine.User) line));
      }
    }
    assertThat(last).containsExactly(false, true, true);
  }

  @Test
  void manyUsersAreToldApart() throws Exception {
    UserEnd[] ends = new UserEnd[100_000];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = end("user" + i, i % 7 == 0 ? Outcome.UNKNOWN : Outcome.OK, "");
    }
    write(ends);
    JournalIndex index = index();
    assertThat(index.users()).isEqualTo(ends.length);
    for (UserEnd each : ends) {
      assertThat(index.outcome(each.user(), "")).contains(each.outcome());
    }
    assertThat(index.outcome("user" + ends.length, "")).isEmpty();
  }
}
