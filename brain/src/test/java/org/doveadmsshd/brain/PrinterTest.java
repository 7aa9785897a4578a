package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PrinterTest {
  private static final int WAITING = 20;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Printer printer;

  PrinterTest() throws Exception {
    MemoryBudget.Share memory = new MemoryBudget(1 << 20).all();
    List<Column> columns = List.of(new Column("uid"));
    Console console =
        new Console(InputStream.nullInputStream(), out, OutputStream.nullOutputStream(), false, 80);
    printer = new Printer(memory, console, new Printer.Layout("tab", columns, false, false));
  }

  private static Message row(long sequence) {
    return new Message.Row(1, List.of(Value.of(sequence)));
  }

  private void printMany(long sequence) {
    try {
      printer.acquire(sequence);
      printer.print("user" + sequence, row(sequence));
      printer.release();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first user prints slowly, so all others wait; they have come in the wrong order. */
  @Test
  void usersWhoWaitForThePrinterComeOutInTheirOrder() throws Exception {
    printer.acquire(0);
    List<Thread> threads = new ArrayList<>();
    for (long sequence = WAITING; sequence > 0; sequence--) {
      long own = sequence;
      if (sequence % 4 == 0) {
        printer.finished(sequence, "user" + sequence, List.of(row(sequence)), 0);
      } else {
        threads.add(start(() -> printMany(own)));
      }
    }
    for (Thread each : threads) {
      await(each, Thread.State.WAITING);
    }
    printer.print("user0", row(0));
    printer.release();
    for (Thread each : threads) {
      each.join();
    }
    printer.end(false);
    assertThat(printed())
        .containsExactlyElementsOf(
            LongStream.rangeClosed(0, WAITING).mapToObj(Long::toString).toList());
  }

  /** Until it waits so, or has come back. */
  private static void await(Thread thread, Thread.State state) {
    while (thread.getState() != state && thread.isAlive()) {
      Thread.onSpinWait();
    }
  }

  private List<String> printed() {
    return out.toString(StandardCharsets.UTF_8).lines().map(String::strip).toList();
  }

  private Thread start(Runnable work) {
    Thread thread = new Thread(work);
    thread.start();
    return thread;
  }

  /** The one who stands behind him is not told by a printer that is given back. */
  @Test
  void whoWaitsNoMoreHoldsUpNobodyBehindHim() throws Exception {
    Thread first =
        start(
            () -> {
              try {
                printer.acquire(1);
                printer.release();
              } catch (InterruptedException | IOException e) {
                // as expected, unless the patience was over before
              }
            });
    await(first, Thread.State.TIMED_WAITING);
    Thread second = start(() -> printMany(2));
    await(second, Thread.State.WAITING);
    first.interrupt();
    first.join();
    second.join();
    printer.end(false);
    assertThat(printed()).containsExactly("2");
  }

  @Test
  void theEndWaitsForWhoeverPrints() throws Exception {
    printer.acquire(0);
    printer.finished(1, "user1", List.of(row(1)), 0);
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread end =
        start(
            () -> {
              try {
                printer.end(false);
              } catch (IOException e) {
                failure.set(e);
              }
            });
    await(end, Thread.State.WAITING);
    printer.print("user0", row(0));
    printer.release();
    end.join();
    assertThat(failure).hasNullValue();
    assertThat(printed()).containsExactly("0", "1");
  }

  @Test
  void whoIsSlowHoldsUpNobodyForLong() throws Exception {
    printMany(5);
    printMany(3);
    printer.end(false);
    assertThat(printed()).containsExactly("5", "3");
  }

  @Test
  void whoHasNoRowsIsNotWaitedFor() throws Exception {
    printer.finished(1, "user1", List.of(), 0);
    printer.finished(2, "user2", List.of(row(2)), 0);
    printer.finished(0, "user0", List.of(row(0)), 0);
    printer.tick();
    assertThat(printed()).containsExactly("0", "2");
    printer.finished(4, "user4", List.of(row(4)), 0);
    printer.finished(3, "user3", List.of(), 0);
    printer.tick();
    assertThat(printed()).containsExactly("0", "2", "4");
  }
}
