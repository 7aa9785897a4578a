package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.OneLane.GUID;
import static org.doveadmsshd.brain.OneLane.UID;
import static org.doveadmsshd.brain.OneLane.lane;
import static org.doveadmsshd.brain.OneLane.ok;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.FrameEncoder;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What workers are asked, and what becomes of their answers. */
@Timeout(60)
class RequestTest {
  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
  }

  private int run(List<? extends Server> servers, String input, String... words)
      throws IOException {
    return typed.run(servers, input, words);
  }

  private String printed() {
    return typed.printed();
  }

  private String said() {
    return typed.said();
  }

  @Test
  void aWorkerIsAskedWithTheCommandItsWordsTheMomentAndTheDeadline() throws Exception {
    List<Message.Run> requests = new ArrayList<>();
    OneLane server =
        lane(
            attempt -> {
              requests.add(attempt.request(42));
              ok(attempt);
            });
    run(List.of(server), "", "search", "-u", "joe", "--timeout", "2s", "mailbox", "INBOX");
    run(List.of(server), "", "-f", "ndjson", "search", "-u", "joe", "all");
    run(List.of(server), "", "-f", "ndjson", "mailbox", "list", "-u", "joe");
    assertThat(requests.get(0))
        .isEqualTo(
            new Message.Run(
                42,
                "joe",
                "search",
                List.of("--", "mailbox", "INBOX"),
                Typed.NOW.toEpochMilli(),
                2000,
                false));
    assertThat(requests.get(1).deadlineMillis()).isZero();
    assertThat(requests.get(1).context()).as("rows must name the mailbox").isTrue();
    assertThat(requests.get(2).context()).as("they do already").isFalse();
  }

  @Test
  void rowsForProgramsAlwaysNameUserAndMailbox() throws Exception {
    Column mailbox = new Column("mailbox", Column.CONTEXT);
    OneLane server =
        lane(
            attempt -> {
              attempt.send(new Message.Columns(1, List.of(mailbox, GUID, UID)));
              List<Value> values = List.of(Value.of("INBOX"), Value.of("g"), Value.of(1));
              attempt.send(new Message.Row(1, values));
              ok(attempt);
            });
    for (String user : List.of("joe", "j*")) {
      typed.clear();
      assertThat(run(List.of(server), "", "-f", "ndjson", "search", "-u", user, "all")).isZero();
      assertThat(printed())
          .isEqualTo("{\"user\":\"joe\",\"mailbox\":\"INBOX\",\"mailbox-guid\":\"g\",\"uid\":1}\n");
    }
  }

  @ParameterizedTest
  @CsvSource({"-u joe, g 1", "-A, joe g 1", "-u joe*, joe g 1"})
  void rowsForPeopleNameTheUserWhenThereMayBeSeveral(String users, String line) throws Exception {
    List<String> words = new ArrayList<>(List.of("search"));
    words.addAll(List.of(users.split(" ")));
    words.add("all");
    assertThat(run(List.of(lane(OneLane::row)), "", words.toArray(String[]::new))).isZero();
    assertThat(printed()).isEqualTo(line + "\n");
  }

  @Test
  void linesOfAWorkerAreSaidAtOnceAndDebugLinesOnlyWithV() throws Exception {
    OneLane server =
        lane(
            attempt -> {
              attempt.send(new Message.Log(1, Message.Log.Level.DEBUG, "detail"));
              attempt.send(new Message.Log(1, Message.Log.Level.WARNING, "odd"));
              assertThat(said()).contains("doveadm(joe): Warning: odd");
              ok(attempt);
            });
    run(List.of(server), "", "search", "-u", "joe", "all");
    assertThat(said()).isEqualTo("doveadm(joe): Warning: odd\n");
    run(List.of(server), "", "-v", "search", "-u", "joe", "all");
    assertThat(said()).contains("doveadm(joe): Debug: detail");
  }

  @Test
  void aSummaryAndProgressAreForRunsOverSeveralUsers() throws Exception {
    typed.watch();
    assertThat(run(List.of(lane(OneLane::ok)), "", "search", "-u", "joe", "all")).isZero();
    assertThat(said()).isEmpty();
    assertThat(run(List.of(lane(OneLane::ok)), "", "search", "-A", "all")).isZero();
    assertThat(said()).startsWith("\rsearch: ").contains("search: 1 user, ").endsWith(" s\n");
  }

  @Test
  void aProgramIsToldAtTheEndInAnyCase() throws Exception {
    typed.watch();
    for (String[] users : new String[][] {{"-A"}, {"-u", "joe"}}) {
      List<String> line = new ArrayList<>(List.of("--progress", "json", "search"));
      line.addAll(List.of(users));
      line.add("all");
      OneLane server = lane(attempt -> attempt.fail(Outcome.NOT_FOUND, "x"));
      assertThat(run(List.of(server), "", line.toArray(String[]::new))).isEqualTo(68);
      String said = said();
      assertThat(said).doesNotContain("\r");
      assertThat(said.lines().reduce((one, last) -> last).orElseThrow())
          .startsWith("{\"progress\":\"search\",")
          .contains("\"ended\":1,\"failed\":1,")
          .endsWith("\"exit_code\":68}");
    }
  }

  @Test
  void whoWantsNoProgressIsToldNone() throws Exception {
    typed.watch();
    run(List.of(lane(OneLane::ok)), "", "-v", "--progress", "none", "search", "-A", "all");
    assertThat(said()).startsWith("search: 1 user, ").hasLineCount(1).doesNotContain("\r");
  }

  @Test
  void thereAreNoOtherFormsOfProgress() throws Exception {
    assertThat(run(List.of(), "", "--progress", "jsno", "search", "-A", "all")).isEqualTo(64);
    assertThat(said())
        .isEqualTo("doveadm: Error: Invalid --progress: jsno (there are: auto, json, none)\n");
  }

  @Test
  void howManyUsersAreDoneAndHaveFailedIsKnownMeanwhile() throws Exception {
    List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    OneLane server =
        new OneLane(
            "s",
            List.of("a", "b", "c"),
            attempt -> {
              seen.add(typed.running().done());
              seen.add(typed.running().failed());
              attempt.fail(attempt.user().equals("a") ? Outcome.NOT_FOUND : Outcome.OK, "x");
            });
    assertThat(run(List.of(server), "", "search", "-A", "all")).isEqualTo(68);
    assertThat(seen).containsExactly(0L, 0L, 1L, 1L, 2L, 1L);
    assertThat(typed.running().done()).isEqualTo(3);
    assertThat(typed.running().failed()).isEqualTo(1);
  }

  @Test
  void aCommandLineThatNoWorkerTakesIsRefusedBeforeAnyUser() throws Exception {
    OneLane server = lane(OneLane::ok);
    String text = "x".repeat(300 * 1024);
    assertThat(run(List.of(server), "", "search", "-u", "joe", "body", text)).isEqualTo(64);
    assertThat(said()).contains("The command line is longer than a worker takes");
    assertThat(server.asked).isEmpty();
  }

  /** Of which a character may have three bytes. */
  @Test
  void aCommandLineThatLeavesNoRoomForTheLongestNameIsRefusedBeforeAnyUser() throws Exception {
    OneLane server =
        lane(
            attempt -> {
              new FrameEncoder().encode(attempt.request(1));
              ok(attempt);
            });
    String[] words = {"search", "-u", "€".repeat(UserName.MAX_LENGTH), "body", ""};
    words[4] = "x".repeat(Limits.MAX_FRAME - 500); // a name of plain letters would fit
    assertThat(run(List.of(server), "", words)).isEqualTo(64);
    assertThat(server.asked).isEmpty();
    words[4] = "x".repeat(Limits.MAX_FRAME - 1000);
    assertThat(run(List.of(server), "", words)).isZero();
  }

  /** The columns of a command, as a worker of this version has them. */
  private static List<Column> columnsOf(String command, String... words) throws Failure {
    Command.Time time = new Command.Time(Typed.NOW, () -> ZoneOffset.UTC);
    Command found = CommandCatalog.find(command).orElseThrow();
    return found.prepare(Words.parse(command, List.of(), List.of(words)), time).columns();
  }

  @Test
  void theBytesOfAChunkAreTheSendersAgainAsSoonAsItIsTaken() throws Exception {
    List<Column> columns = columnsOf("fetch", "text", "all");
    OneLane server =
        lane(
            attempt -> {
              byte[] bytes = "abc".getBytes(StandardCharsets.UTF_8);
              attempt.send(new Message.Columns(1, columns));
              attempt.send(new Message.Row(1, List.of(Value.CHUNKED)));
              attempt.send(new Message.Chunk(1, false, ByteBuffer.wrap(bytes)));
              Arrays.fill(bytes, (byte) 'x');
              attempt.send(new Message.Chunk(1, true, ByteBuffer.wrap(bytes, 1, 1)));
              Arrays.fill(bytes, (byte) 'y');
              ok(attempt);
            });
    assertThat(run(List.of(server), "", "-f", "flow", "fetch", "-u", "joe", "text", "all"))
        .isZero();
    assertThat(printed()).isEqualTo("text=abcx\n");
  }

  @Test
  void aRowThatNamesTheUserItselfDoesNotNameHimTwice() throws Exception {
    List<Column> columns = new ArrayList<>(columnsOf("fetch", "user uid", "all"));
    columns.add(0, new Column("mailbox", Column.CONTEXT));
    OneLane server =
        lane(
            attempt -> {
              attempt.send(new Message.Columns(1, columns));
              attempt.send(
                  new Message.Row(1, List.of(Value.of("m"), Value.of("joe"), Value.of(7))));
              ok(attempt);
            });
    assertThat(run(List.of(server), "", "-f", "ndjson", "fetch", "-u", "joe", "user uid", "all"))
        .as(said())
        .isZero();
    assertThat(printed()).isEqualTo("{\"mailbox\":\"m\",\"user\":\"joe\",\"uid\":7}\n");
  }
}
