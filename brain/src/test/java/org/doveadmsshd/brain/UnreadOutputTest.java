package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run whose client does not read: what others ask of the run is answered all the same. */
@Timeout(60)
class UnreadOutputTest {
  private static final int LANES = 40;
  private static final int USERS = 400;
  private static final Message.Columns COLUMNS =
      new Message.Columns(
          1,
          List.of(
              new Column("mailbox-guid", Column.HIDE_TITLE),
              new Column("uid", Column.HIDE_TITLE | Column.NUMBER)));
  private static final byte[] LONG = new byte[16 * 1024];
  private static final int ROWS = 15;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CompletableFuture<Running> started = new CompletableFuture<>();
  private final Unread unread = new Unread();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** Takes nothing until somebody reads. */
  private static final class Unread extends OutputStream {
    private final CountDownLatch written = new CountDownLatch(1);
    private final CountDownLatch read = new CountDownLatch(1);

    @Override
    public void write(int b) throws IOException {
      write(new byte[1], 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      written.countDown();
      try {
        read.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  /** What is said of each user. */
  private interface Work {
    void on(Assignment.Attempt attempt) throws IOException;
  }

  /** Many users, on lanes that are threads of the test. */
  private final class ManyUsers implements Server {
    private final Work work;

    ManyUsers(Work work) {
      this.work = work;
    }

    @Override
    public String name() {
      return "many";
    }

    @Override
    public boolean mayHave(String user) {
      return true;
    }

    @Override
    public void listUsers(UserMask mask, Consumer<String> taker) {
      for (int i = 0; i < USERS; i++) {
        taker.accept("user" + i);
      }
    }

    @Override
    public void work(UserQueue queue, int limit) {
      List<CompletableFuture<Void>> lanes = new ArrayList<>();
      for (int i = 0; i < LANES; i++) {
        lanes.add(CompletableFuture.runAsync(() -> workOff(queue), threads));
      }
      lanes.forEach(CompletableFuture::join);
    }

    private void workOff(UserQueue queue) {
      try {
        for (Assignment next; (next = queue.take()) != null; ) {
          work.on(next.attempt(0, () -> {}));
        }
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void cancel() {}

    @Override
    public void abandon() {}
  }

  private Future<Integer> run(OutputStream out, OutputStream error, Work work) {
    MemoryBudget budget = new MemoryBudget(64 * 1024 * 1024);
    Server server = new ManyUsers(work);
    Brain.Resources resources = new FixedResources(List.of(server), budget.all());
    Console console = new Console(new ByteArrayInputStream(new byte[0]), out, error, false, 80);
    List<String> words = List.of("search", "-A", "all");
    return threads.submit(
        () ->
            new Brain(threads, Clock.systemUTC(), new About("doveadm"))
                .run(words, console, resources, started::complete));
  }

  private static Message.Done done() {
    return new Message.Done(1, Outcome.OK, "", Map.of(), 10);
  }

  private static void manyRows(Assignment.Attempt attempt) throws IOException {
    attempt.send(COLUMNS);
    for (int i = 0; i < ROWS; i++) {
      attempt.send(new Message.Row(1, List.of(Value.of(LONG), Value.of(1))));
    }
    attempt.send(done());
  }

  /** Whether a lane waits because too many rows wait to be printed. */
  private static boolean someLaneWaits() {
    return Thread.getAllStackTraces().values().stream()
        .anyMatch(
            frames ->
                Arrays.stream(frames).anyMatch(each -> each.getMethodName().equals("finished"))
                    && Arrays.stream(frames)
                        .anyMatch(each -> each.getMethodName().equals("acquireUninterruptibly")));
  }

  @Test
  void whoeverStopsItDoesNotWaitForItsClient() throws Exception {
    Future<Integer> run = run(unread, OutputStream.nullOutputStream(), UnreadOutputTest::manyRows);
    while (!someLaneWaits()) {
      LockSupport.parkNanos(10_000_000);
    }
    Running running = started.get();
    threads.submit(running::cancel).get(20, TimeUnit.SECONDS);
    unread.read.countDown();
    assertThat(run.get()).isEqualTo(Outcome.CANCELLED.exitCode());
  }

  @Test
  void whatItHasDoneIsKnownWhileItsErrorsAreNotRead() throws Exception {
    Message warning = new Message.Log(1, Message.Log.Level.WARNING, "odd");
    Future<Integer> run =
        run(
            OutputStream.nullOutputStream(),
            unread,
            attempt -> {
              attempt.send(warning);
              attempt.send(done());
            });
    unread.written.await();
    Running running = started.get();
    assertThat(threads.submit(running::done).get(20, TimeUnit.SECONDS)).isZero();
    assertThat(threads.submit(running::failed).get(20, TimeUnit.SECONDS)).isZero();
    unread.read.countDown();
    assertThat(run.get()).isZero();
    assertThat(running.done()).isEqualTo(USERS);
  }
}
