package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Peers that are a version newer. Nobody can have recorded them: they are made of recorded ones, by
 * what a later version may do (docs/PROTOCOL.md, section 7).
 */
@Timeout(120)
class LaterPeersTest {
  /** Behind length, type and request id. */
  private static final int OUTCOME_AT = 9;

  private static final byte UNKNOWN_OUTCOME = 77;

  @TempDir Path directory;
  private final RecordedStage stage = new RecordedStage();

  @AfterEach
  void stop() {
    stage.close();
  }

  /** Its columns come in another order, there are further ones, and it has further extensions. */
  private static byte[] withOtherColumns(Message message) throws IOException {
    Message said = message;
    if (message instanceof Message.Hello) {
      Message.Hello hello = (Message.Hello) message;
      List<String> extensions = new ArrayList<>(hello.extensions());
      extensions.add("future@example.org");
      said = new Message.Hello(hello.version(), "doveadm-sshd 99", hello.master(), extensions);
    } else if (message instanceof Message.Columns) {
      List<Column> columns = new ArrayList<>(((Message.Columns) message).columns());
      columns.add(new Column("future", "The future", Column.RIGHT));
      Collections.reverse(columns);
      said = new Message.Columns(message.requestId(), columns);
    } else if (message instanceof Message.Row) {
      List<Value> values = new ArrayList<>(((Message.Row) message).values());
      values.add(Value.of("from the future"));
      Collections.reverse(values);
      said = new Message.Row(message.requestId(), values);
    }
    return Recording.frame(said);
  }

  /** Whatever was well ends by an outcome that is not known yet. */
  private static byte[] withAnotherOutcome(Message message) throws IOException {
    byte[] frame = Recording.frame(message);
    if (message instanceof Message.Done && ((Message.Done) message).outcome().isOk()) {
      frame[OUTCOME_AT] = UNKNOWN_OUTCOME;
    }
    return frame;
  }

  /** Those with rows whose values are whole: chunks have to come in the order of the columns. */
  static List<Recording> withRows() throws IOException {
    List<Recording> found = new ArrayList<>();
    for (Recording each : Recording.all()) {
      List<Message> answered = new ArrayList<>();
      for (Recording.Lane lane : each.lanes()) {
        answered.addAll(lane.answered());
      }
      boolean rows = answered.stream().anyMatch(Message.Row.class::isInstance);
      boolean whole = answered.stream().noneMatch(Message.Chunk.class::isInstance);
      if (rows && whole && each.lanes().get(0).asked().get(1) instanceof Message.Run) {
        found.add(each);
      }
    }
    assertThat(found).hasSizeGreaterThan(5);
    return found;
  }

  @ParameterizedTest
  @MethodSource("withRows")
  void aWorkerWhoseColumnsComeInAnotherOrderAmongFurtherOnesIsPrintedAlike(Recording recording)
      throws Exception {
    assertThat(stage.run(recording, LaterPeersTest::withOtherColumns, OptionalLong.empty()))
        .as(stage.said())
        .isEqualTo(recording.exitCode());
    expectPrinted(RecordedStage.out(recording));
    assertThat(stage.printed()).doesNotContain("future");
  }

  /** What a worker of another version lacks is empty, and everything else as it was. */
  private void expectPrinted(String recorded) {
    if (stage.said().contains("does not have")) {
      assertThat(stage.printed()).contains("lane", "admin", "127.0.0.1");
    } else {
      assertThat(stage.printed()).isEqualTo(recorded);
    }
  }

  static List<Recording> done() throws IOException {
    List<Recording> found = new ArrayList<>();
    for (Recording each : Recording.all()) {
      if (each.exitCode() == 0) {
        found.add(each);
      }
    }
    return found;
  }

  @ParameterizedTest
  @MethodSource("done")
  void anOutcomeThatIsNotKnownIsATemporaryFailureOfThatUserAndTheLaneGoesOn(Recording recording)
      throws Exception {
    assertThat(stage.run(recording, LaterPeersTest::withAnotherOutcome, OptionalLong.empty()))
        .as(stage.said())
        .isEqualTo(75);
    assertThat(stage.said()).contains("77").doesNotContain("protocol");
    expectPrinted(recording.out());
  }

  static List<Recording> forUsers() throws IOException {
    List<Recording> found = new ArrayList<>();
    for (Recording each : Recording.all()) {
      Message first = each.lanes().get(0).asked().get(1);
      if (first instanceof Message.Run && !((Message.Run) first).user().isEmpty()) {
        found.add(each);
      }
    }
    assertThat(found).hasSizeGreaterThan(5);
    return found;
  }

  /** Where the placement has a term for each user. */
  @ParameterizedTest
  @MethodSource("forUsers")
  void aWorkerThatChecksTermsIsAskedWithThemAndAnOlderOneIsNotAskedAtAll(Recording recording)
      throws Exception {
    Message.Hello hello = (Message.Hello) recording.lanes().get(0).answered().get(0);
    int code = stage.run(recording, RecordedWorker.Speech.SAME, OptionalLong.of(7));
    if (hello.extensions().contains(Extension.TERMS)) {
      assertThat(code).as(stage.said()).isEqualTo(recording.exitCode());
      assertThat(stage.printed()).isEqualTo(RecordedStage.out(recording));
    } else {
      assertThat(code).as(stage.said()).isEqualTo(75);
      assertThat(stage.said()).contains("a term, which server mail1 does not check");
      assertThat(stage.printed()).isEmpty();
    }
  }

  /** A brain of a later version names further extensions, and sends terms. */
  @ParameterizedTest
  @MethodSource("forUsers")
  void aBrainOfALaterVersionIsAnsweredAlikeAndItsTermsAreKept(Recording recording)
      throws Exception {
    try (TestSite site = RecordedStage.site(directory, "terms_directory = terms\n")) {
      for (Recording.Lane lane : recording.lanes()) {
        RecordedStage.compare(lane, RecordedStage.answers(site, later(lane, 9)), recording);
      }
      Recording.Lane first = recording.lanes().get(0);
      List<Message> refused = RecordedStage.answers(site, later(first, 8));
      for (Message request : first.asked()) {
        if (request instanceof Message.Run) {
          Message.Done done = RecordedStage.done(refused, request.requestId());
          assertThat(done.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
          assertThat(done.text()).contains("it has term 8", "has been asked with 9");
        }
      }
    }
  }

  private static byte[] later(Recording.Lane lane, long term) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Message each : lane.asked()) {
      Message said = each;
      if (each instanceof Message.Hello) {
        List<String> extensions = List.of(Extension.OUTCOMES, Extension.PING, "future@example.org");
        Message.Hello hello = (Message.Hello) each;
        said = new Message.Hello(hello.version(), "doveadm-ssh 99", hello.master(), extensions);
      } else if (each instanceof Message.Run) {
        Message.Run run = (Message.Run) each;
        said =
            new Message.Run(
                run.requestId(),
                run.user(),
                run.command(),
                run.arguments(),
                run.nowMillis(),
                run.deadlineMillis(),
                run.context(),
                OptionalLong.of(term));
      }
      bytes.write(Recording.frame(said));
    }
    return bytes.toByteArray();
  }

  /**
   * A brain that has not named what it takes beyond the first outcomes gets none of the others: a
   * full quota is what it was then.
   */
  @ParameterizedTest
  @MethodSource("hellos")
  void toABrainOfThatVersionAFullQuotaIsWhatItWas(Recording.Lane lane) throws Exception {
    try (TestSite site =
        RecordedStage.site(
            directory, "plugin {\nquota = count:User quota\nquota_rule = *:messages=1\n}\n")) {
      Message.Hello hello = (Message.Hello) lane.asked().get(0);
      Message.Run copy =
          new Message.Run(
              1, "jane", "copy", List.of("Big", "mailbox", "INBOX", "all"), 0, 0, false);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write(Recording.frame(hello));
      bytes.write(Recording.frame(copy));
      boolean knows = hello.extensions().contains(Extension.OUTCOMES);
      assertThat(RecordedStage.done(RecordedStage.answers(site, bytes.toByteArray()), 1).outcome())
          .isEqualTo(knows ? Outcome.OVER_QUOTA : Outcome.CANNOT_CREATE);
    }
  }

  /** A lane of each version. */
  static List<Recording.Lane> hellos() throws IOException {
    List<Recording.Lane> lanes = new ArrayList<>();
    List<String> versions = new ArrayList<>();
    for (Recording each : Recording.all()) {
      String version = each.directory().getParent().getFileName().toString();
      if (!versions.contains(version)) {
        versions.add(version);
        lanes.add(each.lanes().get(0));
      }
    }
    return lanes;
  }
}
