package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
        threads.add(new Thread(() -> printMany(own)));
        threads.get(threads.size() - 1).start();
      }
    }
    for (Thread each : threads) {
      while (each.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    printer.print("user0", row(0));
    printer.release();
    for (Thread each : threads) {
      each.join();
    }
    printer.end();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(String::strip))
        .containsExactlyElementsOf(
            LongStream.rangeClosed(0, WAITING).mapToObj(Long::toString).toList());
  }

  @Test
  void whoIsSlowHoldsUpNobodyForLong() throws Exception {
    printMany(5);
    printMany(3);
    printer.end();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(String::strip))
        .containsExactly("5", "3");
  }
}
