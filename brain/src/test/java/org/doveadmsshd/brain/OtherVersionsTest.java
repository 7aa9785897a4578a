package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.OneLane.GUID;
import static org.doveadmsshd.brain.OneLane.UID;
import static org.doveadmsshd.brain.OneLane.lane;
import static org.doveadmsshd.brain.OneLane.ok;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.placement.Place;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that are a version older or newer than the brain. */
@Timeout(60)
class OtherVersionsTest {
  private static final Column NEW = new Column("new-in-3");

  private final Typed typed = new Typed();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    typed.close();
    threads.shutdownNow();
  }

  private static Value chunkedOr(String text) {
    return text.equals("…") ? Value.CHUNKED : Value.of(text);
  }

  /** Sends one row, in which … stands for a value in chunks, and those. */
  private int run(List<Column> columns, String row, String chunks, String... words)
      throws Exception {
    OneLane server =
        lane(
            attempt -> {
              attempt.send(new Message.Columns(1, columns));
              attempt.send(
                  new Message.Row(
                      1,
                      List.of(row.split(" ")).stream().map(OtherVersionsTest::chunkedOr).toList()));
              for (String chunk : chunks.isEmpty() ? new String[0] : chunks.split(" ")) {
                byte[] bytes = chunk.replace("+", "").getBytes(StandardCharsets.UTF_8);
                boolean isLast = !chunk.endsWith("+");
                attempt.send(new Message.Chunk(1, isLast, ByteBuffer.wrap(bytes)));
              }
              ok(attempt);
            });
    return typed.run(List.of(server), "", words);
  }

  private static final String[] SEARCH = {"-f", "tab", "search", "-u", "joe", "all"};

  @Test
  void columnsInAnotherOrderArePrintedInOurs() throws Exception {
    assertThat(run(List.of(UID, GUID), "1 g", "", SEARCH)).isZero();
    assertThat(typed.printed()).isEqualTo("mailbox-guid\tuid\ng\t1\n");
    assertThat(typed.said()).isEmpty();
  }

  @Test
  void aColumnWithAnotherTitleAndOtherFlagsIsTheSame() throws Exception {
    Column uid = new Column("uid", "Unique Identifier", Column.RIGHT);
    assertThat(run(List.of(GUID, uid), "g 1", "", SEARCH)).isZero();
    assertThat(typed.printed()).isEqualTo("mailbox-guid\tuid\ng\t1\n");
  }

  @Test
  void aColumnThatIsNotKnownHereIsLeftOut() throws Exception {
    assertThat(run(List.of(NEW, GUID, NEW, UID), "x g x 1", "", SEARCH)).isZero();
    assertThat(typed.printed()).isEqualTo("mailbox-guid\tuid\ng\t1\n");
  }

  @Test
  void aColumnThatTheWorkerDoesNotKnowStaysEmptyAndThatIsSaidOnce() throws Exception {
    OneLane server =
        new OneLane(
            "s",
            List.of("a", "b", "c"),
            attempt -> {
              attempt.send(new Message.Columns(1, List.of(UID)));
              attempt.send(new Message.Row(1, List.of(Value.of(attempt.user() + "1"))));
              ok(attempt);
            });
    assertThat(typed.run(List.of(server), "", "-f", "tab", "search", "-A", "all")).isZero();
    assertThat(typed.printed())
        .isEqualTo("Username\tmailbox-guid\tuid\na\t\ta1\nb\t\tb1\nc\t\tc1\n");
    assertThat(typed.said())
        .containsOnlyOnce(
            "doveadm: Warning: Server s, which runs another version, does not have:"
                + " mailbox-guid; these stay empty\n");
  }

  @Test
  void forProgramsAColumnThatTheWorkerDoesNotKnowIsNull() throws Exception {
    String[] words = {"-f", "ndjson", "search", "-u", "joe", "all"};
    assertThat(run(List.of(UID), "1", "", words)).isZero();
    assertThat(typed.printed())
        .isEqualTo("{\"user\":\"joe\",\"mailbox\":null,\"mailbox-guid\":null,\"uid\":1}\n");
  }

  @Test
  void ofAKeyThatIsThereTwiceEachIsPrintedInItsPlace() throws Exception {
    Column uid = new Column("uid", Column.NUMBER);
    String[] words = {"-f", "tab", "fetch", "-u", "joe", "uid flags uid", "all"};
    assertThat(run(List.of(uid, NEW, uid, new Column("flags")), "1 x 2 f", "", words)).isZero();
    assertThat(typed.printed()).isEqualTo("uid\tflags\tuid\n1\tf\t2\n");
  }

  @Test
  void chunksOfAColumnThatIsNotKnownAreLeftOutWithIt() throws Exception {
    String[] words = {"-f", "tab", "fetch", "-u", "joe", "text uid", "all"};
    Column text = new Column("text", Column.STREAMED);
    List<Column> columns = List.of(NEW, text, NEW, UID);
    assertThat(run(columns, "… … … 7", "drop+ drop my+ text drop", words)).isZero();
    assertThat(typed.printed()).isEqualTo("text\tuid\nmytext\t7\n");
  }

  @Test
  void streamsInAnotherOrderAreABreach() throws Exception {
    String[] words = {"-f", "tab", "fetch", "-u", "joe", "text hdr", "all"};
    List<Column> columns = List.of(new Column("hdr"), new Column("text"));
    ScriptedWorkers.Script script =
        (peer, number) -> {
          peer.say(hello());
          int id = peer.nextRun().requestId();
          List<Value> values = List.of(Value.CHUNKED, Value.CHUNKED);
          peer.say(new Message.Columns(id, columns), new Message.Row(id, values));
          peer.nextRun(); // which never comes
        };
    assertThat(typed.run(List.of(server(script)), "", words)).isEqualTo(75);
    assertThat(typed.said()).contains("it streams its columns in an order that is not known here");
  }

  @Test
  void aCommandThatPrintsNothingPrintsNothing() throws Exception {
    String[] words = {"-f", "tab", "flags", "add", "-u", "joe", "Seen", "all"};
    assertThat(run(List.of(NEW), "x", "", words)).isZero();
    assertThat(typed.printed()).isEmpty();
  }

  private RemoteServer server(ScriptedWorkers.Script script) {
    ScriptedWorkers workers = new ScriptedWorkers(threads, script);
    return new RemoteServer("s", workers, List.of(UserMask.ALL), 1, threads);
  }

  /** Of one server, whose users all have this term. */
  private int runWithTerms(List<Message> told, OptionalLong term, ScriptedWorkers.Script script)
      throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(threads, script).telling((message, number) -> told.add(message));
    RemoteServer server = new RemoteServer("s", workers, List.of(UserMask.ALL), 1, threads);
    typed.place(user -> new Place(List.of("s"), user, term, "test"));
    return typed.run(List.of(server), "a\nb\nc\n", "search", "-F", "-", "all");
  }

  private static Message hello(String... extensions) {
    return new Message.Hello(Limits.VERSION, "w", Optional.of("m"), List.of(extensions));
  }

  private static List<Message.Run> runs(List<Message> told) {
    return told.stream()
        .filter(each -> each instanceof Message.Run)
        .map(each -> (Message.Run) each)
        .toList();
  }

  @Test
  void aWorkerThatChecksTermsIsSentThem() throws Exception {
    List<Message> told = Collections.synchronizedList(new ArrayList<>());
    ScriptedWorkers.Script script =
        (peer, number) -> {
          peer.say(hello(Extension.TERMS));
          peer.answerAll();
        };
    assertThat(runWithTerms(told, OptionalLong.of(7), script)).isZero();
    assertThat(runs(told)).hasSize(3).allMatch(run -> run.term().equals(OptionalLong.of(7)));
  }

  @Test
  void aWorkerThatChecksNoTermsIsNotAskedForUsersThatHaveOne() throws Exception {
    List<Message> told = Collections.synchronizedList(new ArrayList<>());
    ScriptedWorkers.Script script =
        (peer, number) -> {
          peer.say(hello());
          peer.answerAll();
        };
    assertThat(runWithTerms(told, OptionalLong.of(7), script)).isEqualTo(75);
    assertThat(runs(told)).isEmpty();
    assertThat(typed.said())
        .contains(
            "doveadm(a): Error: The placement gives this user a term, which server s does not")
        .contains("3 users, 3 failed");
  }

  /** Whether any thread is in a method of that name. */
  private static boolean isIn(String method) {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .anyMatch(frame -> frame.getMethodName().equals(method));
  }

  private static void awaitUntil(BooleanSupplier isSo) {
    while (!isSo.getAsBoolean()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Its first lane stays open to be written to, though it is of no use any more. */
  private static Connector keptOpen(Connector workers) {
    AtomicBoolean isFirst = new AtomicBoolean(true);
    return () -> isFirst.getAndSet(false) ? new KeptOpen(workers.open()) : workers.open();
  }

  private record KeptOpen(LaneTransport lane) implements LaneTransport {
    @Override
    public InputStream in() {
      return lane.in();
    }

    @Override
    public OutputStream out() {
      return lane.out();
    }

    @Override
    public long roundTripMicros() {
      return lane.roundTripMicros();
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
  }

  /** Else he would be worked on by two. */
  @Test
  void whoeverIsGivenBackWhileTheHelloIsWaitedForIsNotSentAnyMore() throws Exception {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    ScriptedWorkers workers =
        new ScriptedWorkers(
                threads,
                (peer, number) -> {
                  if (number == 1) {
                    awaitUntil(() -> isIn("keepsTerms"));
                    peer.say(new Message.Fault("no"));
                    awaitUntil(() -> !told.isEmpty());
                  } else {
                    peer.say(hello(Extension.TERMS));
                    peer.answerAll();
                  }
                })
            .telling((message, number) -> note(told, message, number));
    Server server = new RemoteServer("s", keptOpen(workers), List.of(UserMask.ALL), 1, threads);
    typed.place(user -> new Place(List.of("s"), user, OptionalLong.of(7), "test"));
    assertThat(typed.run(List.of(server), "a\n", "batch", "-F", "-", ":", "search", "all"))
        .as(typed.said())
        .isZero();
    awaitUntil(() -> !isIn("sendRequest"));
    assertThat(told).containsExactly("lane 2: a");
  }

  private static void note(List<String> told, Message message, int number) {
    if (message instanceof Message.Run) {
      told.add("lane %d: %s".formatted(number, ((Message.Run) message).user()));
    }
  }

  @Test
  void whereThePlacementKnowsNoTermsAnyWorkerIsAsked() throws Exception {
    List<Message> told = Collections.synchronizedList(new ArrayList<>());
    ScriptedWorkers.Script script =
        (peer, number) -> {
          peer.say(hello());
          peer.answerAll();
        };
    assertThat(runWithTerms(told, OptionalLong.empty(), script)).isZero();
    assertThat(runs(told)).hasSize(3).allMatch(run -> run.term().isEmpty());
  }

  /** Some users of a placement have a term, some do not: those go on. */
  @Test
  void usersWithoutATermGoOnBesideThoseThatAreRefused() throws Exception {
    List<Message> told = Collections.synchronizedList(new ArrayList<>());
    ScriptedWorkers workers =
        new ScriptedWorkers(
                threads,
                (peer, number) -> {
                  peer.say(hello());
                  peer.answerAll();
                })
            .telling((message, number) -> told.add(message));
    RemoteServer server = new RemoteServer("s", workers, List.of(UserMask.ALL), 2, threads);
    typed.place(
        user -> {
          boolean isOdd = user.hashCode() % 2 != 0;
          OptionalLong term = isOdd ? OptionalLong.of(1) : OptionalLong.empty();
          return new Place(List.of("s"), user, term, "test");
        });
    StringBuilder names = new StringBuilder();
    for (int i = 1000; i < 3000; i++) {
      names.append("user" + i + "\n");
    }
    assertThat(typed.run(List.of(server), names.toString(), "search", "-F", "-", "all"))
        .isEqualTo(75);
    assertThat(runs(told)).hasSize(1000);
    assertThat(typed.said()).contains("2,000 users, 1,000 matched, 1,000 failed");
  }
}
