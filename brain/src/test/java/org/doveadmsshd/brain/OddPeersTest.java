package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.remote.ScriptedWorkers.COLUMNS;
import static org.doveadmsshd.brain.remote.ScriptedWorkers.HELLO;
import static org.doveadmsshd.brain.remote.ScriptedWorkers.done;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Peer;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Script;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.FrameEncoder;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that keep to the protocol, but do what no worker of ours does; and odd lists of users. */
@Timeout(60)
class OddPeersTest {
  private static final int TWO_LANES = 2;
  private static final String[] SEARCH_ALL = {"search", "-A", "all"};

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
    threads.shutdownNow();
  }

  private int run(Script script, String users, String... words) throws Exception {
    ScriptedWorkers workers = new ScriptedWorkers(threads, script);
    Server server = new RemoteServer("mail7", workers, List.of(UserMask.ALL), TWO_LANES, threads);
    int code = typed.run(List.of(server), users, words);
    workers.awaitNoLanes();
    assertThat(typed.held()).as("memory that is held").isZero();
    return code;
  }

  /** What a peer says before it answers, or instead. */
  private enum Oddity {
    SIGNS_OF_LIFE_ANYWHERE {
      @Override
      void answer(Peer peer, int id) throws IOException {
        Message alive = new Message.Alive();
        peer.say(alive, columns(id), alive, row(id, "g"), alive, done(id), alive);
      }
    },
    PROGRESS_BEYOND_ITS_END {
      @Override
      void answer(Peer peer, int id) throws IOException {
        peer.say(new Message.Progress(id, -1, 3), new Message.Progress(id, 5, 0));
        peer.say(columns(id), row(id, "g"), done(id));
      }
    },
    TERMINAL_CODES_IN_ITS_WORDS {
      @Override
      void answer(Peer peer, int id) throws IOException {
        peer.say(new Message.Log(id, Message.Log.Level.ERROR, "a\u001b[2Jb\r\nroot: c\u009b"));
        peer.say(columns(id), row(id, "g"), done(id));
      }
    },
    LONGEST_VALUE_IN_A_ROW {
      @Override
      void answer(Peer peer, int id) throws IOException {
        peer.say(columns(id), row(id, "g".repeat(Limits.MAX_INLINE_VALUE)), done(id));
      }
    },
    LONGEST_CHUNKS {
      @Override
      void answer(Peer peer, int id) throws IOException {
        peer.say(columns(id), promise(id), chunk(id, false), chunk(id, true), done(id));
      }
    },
    EMPTY_CHUNKS {
      @Override
      void answer(Peer peer, int id) throws IOException {
        peer.say(columns(id), promise(id));
        for (int i = 0; i < 1000; i++) {
          peer.say(new Message.Chunk(id, i == 999, ByteBuffer.allocate(0)));
        }
        peer.say(done(id));
      }
    },
    LONGEST_FRAME {
      @Override
      void answer(Peer peer, int id) throws IOException {
        int overhead = 5 + 1 + 4; // type and id, level, length
        String text = "x".repeat(Limits.MAX_FRAME - overhead);
        peer.say(new Message.Log(id, Message.Log.Level.DEBUG, text));
        peer.say(columns(id), row(id, "g"), done(id));
      }
    },
    BYTE_BY_BYTE {
      @Override
      void answer(Peer peer, int id) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FrameEncoder encoder = new FrameEncoder();
        for (Message each : List.of(columns(id), row(id, "g"), done(id))) {
          encoder.encode(each);
        }
        encoder.drainTo(bytes::write);
        for (byte each : bytes.toByteArray()) {
          peer.write(each);
        }
      }
    };

    abstract void answer(Peer peer, int id) throws IOException;

    private static Message columns(int id) {
      return new Message.Columns(id, COLUMNS);
    }

    private static Message row(int id, String guid) {
      return new Message.Row(id, List.of(Value.of(guid), Value.of(1)));
    }

    private static Message promise(int id) {
      return new Message.Row(id, List.of(Value.CHUNKED, Value.of(1)));
    }

    private static Message chunk(int id, boolean last) {
      return new Message.Chunk(id, last, ByteBuffer.allocate(Limits.MAX_CHUNK));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsOddAndLegalIsTaken(Oddity oddity) throws Exception {
    Script script =
        (peer, number) -> {
          peer.say(HELLO, new Message.Alive());
          while (true) {
            oddity.answer(peer, peer.nextRun().requestId());
          }
        };
    int code = run(script, String.join("\n", ManyLanes.users(12)), "search", "-F", "-", "all");
    assertThat(code).as(typed.said()).isZero();
    assertThat(typed.printed().lines()).hasSize(12).doesNotHaveDuplicates();
    assertThat(typed.said())
        .contains("12 users, 12 matched")
        .doesNotContainPattern("[\u001b\r\u009b]");
  }

  @Test
  void aValueWithoutEndIsStoppedByACancelAndTakesNoMemory() throws Exception {
    AtomicLong seen = new AtomicLong();
    typed.printTo(
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            if (seen.addAndGet(length) > 8L * 1024 * 1024) {
              typed.running().cancel();
            }
          }
        });
    typed.setPatience(new Patience(Duration.ofSeconds(5), Duration.ofMillis(200)));
    typed.setMemory(1024 * 1024);
    Script script =
        (peer, number) -> {
          peer.say(HELLO);
          int id = peer.nextRun().requestId();
          peer.say(Oddity.columns(id), Oddity.promise(id));
          while (true) {
            peer.say(Oddity.chunk(id, false));
          }
        };
    assertThat(run(script, "", "search", "-u", "joe", "all")).isEqualTo(75);
    assertThat(typed.said()).contains("Stopped");
  }

  @Test
  void whatIsAnsweredBehindACancelIsWhatBecameOfTheUser() throws Exception {
    Script script =
        (peer, number) -> {
          peer.say(HELLO);
          Message.Run first = peer.nextRun();
          typed.running().cancel();
          peer.await(Message.Cancel.class);
          peer.answer(first);
          while (true) { // those that were sent before the cancel
            peer.answer(peer.nextRun());
          }
        };
    String users = String.join("\n", ManyLanes.users(40));
    assertThat(run(script, users, "search", "-F", "-", "all")).isEqualTo(75);
    assertThat(typed.printed().lines()).isNotEmpty().doesNotHaveDuplicates();
    assertThat(typed.said()).contains("Stopped").doesNotContain("protocol");
  }

  /** The first lane lists users; what is asked on others is answered. */
  private static Script listing(Script list) {
    return (peer, number) -> {
      peer.say(HELLO);
      if (number == 1) {
        peer.await(Message.ListUsers.class);
        peer.say(new Message.Columns(1, List.of(new Column("user"))));
        list.play(peer, number);
      } else {
        peer.answerAll();
      }
    };
  }

  private static Message user(byte... name) {
    return new Message.Row(1, List.of(Value.of(name)));
  }

  private static Message user(String name) {
    return user(name.getBytes(StandardCharsets.UTF_8));
  }

  private static final Message END = new Message.Done(1, Outcome.OK, "", Map.of(), 0);

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\u0000", "\u001b[2J", "\u009b31m", "a\tb"})
  void aNameThatNobodyHasFailsAlone(String name) throws Exception {
    Script script = listing((peer, n) -> peer.say(user("jane"), user(name), user("joe"), END));
    assertThat(run(script, "", SEARCH_ALL)).isEqualTo(67);
    assertThat(typed.printed().lines()).containsExactlyInAnyOrder("jane g 1", "joe g 1");
    assertThat(typed.said())
        .contains("No user is called")
        .doesNotContainPattern("[\u0000\u001b\u009b]");
  }

  @Test
  void aNameThatIsTooLongFailsAlone() throws Exception {
    Script script =
        listing((peer, n) -> peer.say(user("x".repeat(300)), user("y".repeat(255)), END));
    assertThat(run(script, "", SEARCH_ALL)).isEqualTo(67);
    assertThat(typed.printed().lines()).containsExactly("y".repeat(255) + " g 1");
    assertThat(typed.said()).contains("No user is called").hasSizeLessThan(1000);
  }

  @Test
  void namesThatNobodyHasAreNamedAFewTimesOnly() throws Exception {
    Script script =
        listing(
            (peer, n) -> {
              for (int i = 0; i < 5000; i++) {
                peer.say(user("\u0007" + i));
              }
              peer.say(user("joe"), END);
            });
    assertThat(run(script, "", SEARCH_ALL)).isEqualTo(67);
    assertThat(typed.printed().lines()).containsExactly("joe g 1");
    assertThat(typed.said().lines()).hasSizeLessThan(20);
    assertThat(typed.said()).contains("4,990 more");
  }

  @Test
  void aNameThatIsNoTextFailsAlone() throws Exception {
    byte[] name = {'j', (byte) 0xff, (byte) 0xc3};
    Script script = listing((peer, n) -> peer.say(user(name), user("joe"), END));
    assertThat(run(script, "", SEARCH_ALL)).isEqualTo(67);
    assertThat(typed.printed().lines()).containsExactly("joe g 1");
    assertThat(typed.said()).contains("No user is called");
  }

  @Test
  void aListWithoutEndWaitsForTheWorkAndIsStoppedByACancel() throws Exception {
    AtomicInteger named = new AtomicInteger();
    CountDownLatch full = new CountDownLatch(1);
    typed.setPatience(new Patience(Duration.ofSeconds(5), Duration.ofMillis(200)));
    Script script =
        (peer, number) -> {
          peer.say(HELLO);
          if (number == 1) {
            listForEver(peer, named);
          } else {
            peer.nextRun(); // and no answer
            full.countDown();
            peer.await(Message.Cancel.class);
          }
        };
    threads.execute(
        () -> {
          awaitQuietly(full);
          typed.awaitLooks(); // meanwhile the list goes on as far as it may
          typed.running().cancel();
        });
    assertThat(run(script, "", SEARCH_ALL)).isEqualTo(75);
    assertThat(typed.said()).contains("Stopped");
    assertThat(named).hasValueLessThan(50_000); // the queue, and what fits into buffers
  }

  private static void listForEver(Peer peer, AtomicInteger named) throws Exception {
    peer.await(Message.ListUsers.class);
    peer.say(new Message.Columns(1, List.of(new Column("user"))));
    while (true) {
      peer.say(user("user" + named.incrementAndGet()));
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aListThatBreaksTheProtocolNamesItsServer() throws Exception {
    Script script =
        listing(
            (peer, n) -> peer.say(user("joe"), new Message.Done(2, Outcome.OK, "", Map.of(), 0)));
    assertThat(run(script, "", SEARCH_ALL)).isEqualTo(75);
    assertThat(typed.printed().lines()).containsExactly("joe g 1");
    assertThat(typed.said()).contains("Server mail7: the list of users broke off", "not its turn");
  }

  @Test
  void aListThatNeverComesIsStoppedByACancel() throws Exception {
    Script script =
        listing(
            (peer, n) -> {
              typed.running().cancel();
              peer.await(Message.Run.class); // never
            });
    assertThat(run(script, "", SEARCH_ALL)).isEqualTo(75);
    assertThat(typed.said()).contains("Stopped");
  }
}
