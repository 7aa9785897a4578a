package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs on servers whose workers follow a script: each user has one outcome, whatever it says. */
@Timeout(120)
class ScriptedWorkersTest {
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "scripted", Optional.of("m"), List.of());
  private static final List<Column> COLUMNS =
      List.of(
          new Column("mailbox-guid", Column.HIDE_TITLE),
          new Column("uid", Column.HIDE_TITLE | Column.NUMBER));

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final MemoryBudget budget = new MemoryBudget(16 * 1024 * 1024);
  private volatile Run run;

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** Whether the first lane has been asked twice. */
  private final CountDownLatch firstHasTwo = new CountDownLatch(2);

  /** What a worker does with one connection; number counts them from 1. */
  private interface Script {
    void play(Peer peer, int number) throws Exception;
  }

  /** The worker's end of a lane. */
  private final class Peer {
    private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
    private final FrameWriter out;
    private final OutputStream bytes;

    Peer(OutputStream bytes) {
      this.bytes = bytes;
      out = new FrameWriter(bytes::write, bytes::flush);
    }

    void say(Message... messages) throws IOException {
      for (Message message : messages) {
        out.send(message);
      }
      out.flush();
    }

    /** The next RUN. */
    Message.Run nextRun() throws InterruptedException {
      Message message;
      do {
        message = heard.take();
      } while (!(message instanceof Message.Run));
      return (Message.Run) message;
    }

    /** Answers whatever is asked, to the end. */
    void answerAll() throws Exception {
      while (true) {
        answer(nextRun());
      }
    }

    void answer(Message.Run request) throws IOException {
      int id = request.requestId();
      Message row = new Message.Row(id, List.of(Value.of("g"), Value.of(1)));
      say(new Message.Columns(id, COLUMNS), row, done(id));
    }
  }

  private static Message done(int id) {
    return new Message.Done(id, Outcome.OK, "", Map.of("matched", 1L), 1000);
  }

  /** Makes a connection to a script. */
  private final class ScriptedConnector implements Connector {
    private final Script script;
    private final AtomicInteger number = new AtomicInteger();

    ScriptedConnector(Script script) {
      this.script = script;
    }

    @Override
    public LaneTransport open() throws IOException {
      Pipe toWorker = new Pipe();
      Pipe toBrain = new Pipe();
      Peer peer = new Peer(toBrain.out);
      int opened = number.incrementAndGet();
      threads.execute(() -> listen(toWorker.in, opened, peer.heard));
      threads.execute(() -> play(peer, opened, toBrain));
      return new Transport(toBrain.in, toWorker.out, toBrain, toWorker);
    }

    private void play(Peer peer, int opened, Pipe toBrain) {
      try {
        script.play(peer, opened);
      } catch (Exception e) {
        // the brain has gone, or the test is over
      } finally { // also when an assertion fails: the lane is lost then
        toBrain.close();
      }
    }

    private void listen(InputStream in, int opened, BlockingQueue<Message> heard) {
      FrameDecoder decoder = new FrameDecoder();
      byte[] buffer = new byte[8192];
      try {
        for (int got; (got = in.read(buffer)) >= 0; ) {
          decoder.feed(
              buffer,
              0,
              got,
              message -> {
                heard.add(message);
                if (opened == 1 && message instanceof Message.Run) {
                  firstHasTwo.countDown();
                }
              });
        }
      } catch (IOException e) {
        // the lane has been closed
      }
    }
  }

  /** Bytes from one thread to another; either may end it. */
  private static final class Pipe {
    final PipedInputStream in = new PipedInputStream(64 * 1024);
    final PipedOutputStream out = new PipedOutputStream();

    Pipe() throws IOException {
      out.connect(in);
    }

    void close() {
      try {
        out.close();
      } catch (IOException e) {
        // it is closed all the same
      }
    }

    void cut() {
      close();
      try {
        in.close();
      } catch (IOException e) {
        // it is closed all the same
      }
    }
  }

  private record Transport(InputStream in, OutputStream out, Pipe toBrain, Pipe toWorker)
      implements LaneTransport {
    @Override
    public long roundTripMicros() {
      return 0;
    }

    @Override
    public void finish() {
      toWorker.close();
      toBrain.close();
    }

    @Override
    public void close() {
      toWorker.cut();
      toBrain.cut();
    }
  }

  private int run(Script script, int lanes, String... words) throws IOException {
    return run(script, lanes, Patience.STANDARD, words);
  }

  private int run(Script script, int lanes, Patience patience, String... words) throws IOException {
    StringBuilder names = new StringBuilder();
    for (int i = 1; i <= 40; i++) {
      names.append("user%02d%n".formatted(i));
    }
    Server server =
        new RemoteServer("s", new ScriptedConnector(script), List.of(UserMask.ALL), lanes, threads);
    InputStream in = new ByteArrayInputStream(names.toString().getBytes(StandardCharsets.UTF_8));
    Brain.Resources resources = new FixedResources(List.of(server), budget);
    return new Brain(threads, Clock.systemUTC(), patience)
        .run(
            List.of(words),
            new Console(in, out, error, false, 80),
            resources,
            started -> run = (Run) started);
  }

  private static final String[] SEARCH = {"search", "-F", "-", "all"};

  private void expectAllUsersOnce() {
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(40).doesNotHaveDuplicates();
  }

  private String errors() {
    return error.toString(StandardCharsets.UTF_8);
  }

  @Test
  void workersThatKeepToTheProtocolAnswerForAll() throws Exception {
    assertThat(run((peer, n) -> sayHelloAndAnswer(peer), 3, SEARCH)).isZero();
    expectAllUsersOnce();
    assertThat(errors()).contains("40 users, 40 matched");
  }

  private static void sayHelloAndAnswer(Peer peer) throws Exception {
    peer.say(HELLO);
    peer.answerAll();
  }

  /** The first lane does something, the others are fine, and leave it two users at least. */
  private Script firstLane(Script script) {
    return (peer, number) -> {
      if (number == 1) {
        peer.say(HELLO);
        script.play(peer, number);
      } else {
        firstHasTwo.await();
        sayHelloAndAnswer(peer);
      }
    };
  }

  @Test
  void aLaneThatIsCutInsideAMessageIsALostConnectionAndItsUsersAreDoneByAnother() throws Exception {
    Script script =
        firstLane(
            (peer, n) -> {
              peer.nextRun();
              peer.bytes.write(new byte[] {0, 0, 0, 100, 25});
              peer.bytes.flush();
            });
    assertThat(run(script, 2, SEARCH)).isZero();
    expectAllUsersOnce();
    assertThat(errors()).doesNotContain("protocol");
  }

  @Test
  void aLaneThatAnswersTwiceIsGivenUpAndItsUsersAreDoneByAnother() throws Exception {
    Script script =
        firstLane(
            (peer, n) -> {
              Message.Run first = peer.nextRun();
              peer.nextRun();
              peer.answer(first);
              peer.answer(first);
            });
    assertThat(run(script, 2, SEARCH)).isZero();
    expectAllUsersOnce();
  }

  @Test
  void whatMayHaveBeenDoneIsNotDoneAgainIfThatMatters() throws Exception {
    Script script =
        firstLane(
            (peer, n) -> {
              peer.nextRun();
              peer.say(new Message.Fault("no more"));
            });
    String[] words = {"copy", "-F", "-", "Archive", "mailbox", "x", "all"};
    assertThat(run(script, 2, words)).isEqualTo(75);
    assertThat(errors()).contains("it says: no more; it may have been done all the same");
    assertThat(errors()).contains("40 users");
  }

  @Test
  void aWorkerOfAnotherVersionFailsItsUsersWithThatReason() throws Exception {
    Script script =
        (peer, n) -> {
          peer.say(HELLO);
          int id = peer.nextRun().requestId();
          peer.say(new Message.Columns(id, List.of(new Column("other"))));
          Thread.sleep(Long.MAX_VALUE);
        };
    assertThat(run(script, 2, SEARCH)).isEqualTo(75);
    assertThat(errors()).contains("the worker's columns differ: it runs another version");
    assertThat(errors()).contains("40 users, 40 failed");
  }

  @Test
  void aWorkerThatNeverGreetsFailsTheUsersItWasGivenInTime() throws Exception {
    Patience patience = new Patience(Duration.ofMillis(100), Duration.ofSeconds(5));
    Script script =
        (peer, number) -> {
          if (number == 1) {
            Thread.sleep(Long.MAX_VALUE);
          }
          sayHelloAndAnswer(peer);
        };
    String[] words = {"search", "-F", "-", "--timeout", "100ms", "all"};
    assertThat(run(script, 2, patience, words)).isEqualTo(75);
    assertThat(errors()).contains("The worker does not answer").contains("40 users");
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .hasSizeGreaterThanOrEqualTo(39)
        .doesNotHaveDuplicates();
  }

  @Test
  void stoppingEndsAtOnceWhereAWorkerIsDeaf() throws Exception {
    Patience patience = new Patience(Duration.ofSeconds(5), Duration.ofMillis(100));
    Script script =
        (peer, n) -> {
          peer.say(HELLO);
          peer.nextRun();
          run.cancel();
          Thread.sleep(Long.MAX_VALUE);
        };
    assertThat(run(script, 1, patience, SEARCH)).isEqualTo(75);
    assertThat(errors()).contains("Stopped").contains("not reached");
  }

  @Test
  void aWorkerThatDoesNotReadHoldsUpNobodyElse() throws Exception {
    CountDownLatch others = new CountDownLatch(1);
    Script script =
        (peer, number) -> {
          peer.say(HELLO);
          if (number == 1) {
            others.await(); // what is sent to it fills the pipe
          }
          peer.answerAll();
        };
    threads.execute(
        () -> {
          while (out.toString(StandardCharsets.UTF_8).lines().count() < 30) {
            Thread.onSpinWait();
          }
          others.countDown();
        });
    String text = "x".repeat(30_000);
    assertThat(run(script, 2, "search", "-F", "-", "body", text)).isZero();
    expectAllUsersOnce();
  }

  @Test
  void aPeerThatIsNoWorkerIsToldApartFromALostConnection() throws Exception {
    Script script =
        (peer, n) -> {
          peer.bytes.write(
              "220 mail.example.org ESMTP ready\r\n".getBytes(StandardCharsets.US_ASCII));
          peer.bytes.flush();
          Thread.sleep(Long.MAX_VALUE);
        };
    assertThat(run(script, 1, SEARCH)).isEqualTo(75);
    assertThat(errors()).contains("does not keep to the protocol");
  }

  @Test
  void aWorkerThatWantsInputWithoutEndGetsNoMoreThanThereIs() throws Exception {
    Script script =
        (peer, n) -> {
          peer.say(HELLO);
          Message.Run first = peer.nextRun();
          Message.Run second = peer.nextRun();
          for (int i = 0; i < 100; i++) {
            peer.say(new Message.Wanted(first.requestId(), Limits.MAX_WANTED));
          }
          peer.answer(first);
          peer.say(new Message.Wanted(second.requestId(), 1));
          long[] inputs = new long[3];
          List<Message.Run> later = new ArrayList<>();
          while (inputs[second.requestId()] == 0) {
            Message message = peer.heard.take();
            if (message instanceof Message.Input) {
              inputs[message.requestId()]++;
            } else if (message instanceof Message.Run) {
              later.add((Message.Run) message);
            }
          }
          assertThat(inputs[first.requestId()]).isEqualTo(1);
          peer.answer(second);
          for (Message.Run run : later) {
            peer.answer(run);
          }
          peer.answerAll();
        };
    int code = run(script, 1, SEARCH);
    assertThat(code).as(errors()).isZero();
    expectAllUsersOnce();
  }

  /** What a worker says in answer to a request that breaks the protocol. */
  private enum Breach {
    DONE_OF_NO_REQUEST,
    ROW_OF_NO_REQUEST,
    ROW_BEFORE_COLUMNS,
    ROW_OF_ANOTHER_WIDTH,
    COLUMNS_TWICE,
    CHUNK_WITHOUT_ROW,
    DONE_BEFORE_CHUNKS,
    SECOND_GREETING,
    REQUEST_OF_ITS_OWN,
    QUESTION_NOBODY_EXPECTS,
    FAULT,
    FRAME_TOO_LONG,
    UNKNOWN_FRAME,
    CLOSED_BEHIND_ROW;

    void commit(Peer peer, int id) throws IOException {
      Message columns = new Message.Columns(id, COLUMNS);
      Message row = new Message.Row(id, List.of(Value.of("half"), Value.of(1)));
      Message narrow = new Message.Row(id, List.of(Value.of("half")));
      Message promise = new Message.Row(id, List.of(Value.CHUNKED, Value.of(1)));
      switch (this) {
        case DONE_OF_NO_REQUEST -> peer.say(done(id + 100));
        case ROW_OF_NO_REQUEST ->
            peer.say(new Message.Row(id + 100, List.of(Value.of("x"), Value.of(1))));
        case ROW_BEFORE_COLUMNS -> peer.say(row);
        case ROW_OF_ANOTHER_WIDTH -> peer.say(columns, narrow);
        case COLUMNS_TWICE -> peer.say(columns, row, columns);
        case CHUNK_WITHOUT_ROW -> peer.say(columns, chunk(id));
        case DONE_BEFORE_CHUNKS -> peer.say(columns, promise, done(id));
        case SECOND_GREETING -> peer.say(HELLO);
        case REQUEST_OF_ITS_OWN -> peer.say(new Message.ListUsers(id, "*"));
        case QUESTION_NOBODY_EXPECTS -> peer.say(new Message.Challenge(id, new byte[0]));
        case FAULT -> peer.say(columns, row, new Message.Fault("enough"));
        case FRAME_TOO_LONG -> peer.bytes.write(new byte[] {0x7f, 0, 0, 0, 17, 0, 0, 0});
        case UNKNOWN_FRAME -> peer.bytes.write(new byte[] {0, 0, 0, 5, 126, 0, 0, 0, 1});
        case CLOSED_BEHIND_ROW -> peer.say(columns, row);
      }
      peer.bytes.flush();
    }

    private static Message chunk(int id) {
      return new Message.Chunk(id, true, java.nio.ByteBuffer.wrap(new byte[] {1}));
    }
  }

  @ParameterizedTest
  @EnumSource(Breach.class)
  void aWorkerThatBreaksTheProtocolIsGivenUpAndItsUsersAreDoneByAnother(Breach breach)
      throws Exception {
    Script script =
        firstLane(
            (peer, n) -> {
              Message.Run first = peer.nextRun();
              peer.nextRun();
              breach.commit(peer, first.requestId());
              if (breach != Breach.CLOSED_BEHIND_ROW) {
                peer.answerAll(); // it would go on; the brain does not listen any more
              }
            });
    assertThat(run(script, 2, SEARCH)).as(errors()).isZero();
    expectAllUsersOnce();
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("half");
    assertThat(errors()).contains("40 users, 40 matched").doesNotContain("Exception");
  }

  @Test
  void signsOfLifeBetweenAnswersAreNoAnswers() throws Exception {
    Script script =
        (peer, n) -> {
          peer.say(HELLO, new Message.Alive());
          while (true) {
            Message.Run request = peer.nextRun();
            int id = request.requestId();
            peer.say(new Message.Alive(), new Message.Progress(id, 1, 2), new Message.Alive());
            peer.answer(request);
            peer.say(new Message.Alive());
          }
        };
    assertThat(run(script, 3, SEARCH)).as(errors()).isZero();
    expectAllUsersOnce();
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_PERMISSION", "CONFIGURATION_ERROR", "TEMPORARY_FAILURE"})
  void whyAServerCannotListItsUsersIsTheExitCode(Outcome outcome) throws Exception {
    Script script =
        (peer, n) -> {
          peer.say(HELLO);
          Message message = peer.heard.take();
          while (!(message instanceof Message.ListUsers)) {
            message = peer.heard.take();
          }
          peer.say(new Message.Done(1, outcome, "its users are not told", Map.of(), 0));
        };
    assertThat(run(script, 1, "search", "-A", "all")).isEqualTo(outcome.exitCode());
    assertThat(errors()).contains("its users are not told");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
