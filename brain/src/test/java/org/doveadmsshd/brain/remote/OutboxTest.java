package org.doveadmsshd.brain.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.junit.jupiter.api.Test;

/** The order in which messages leave, on a thread that the test plays itself. */
class OutboxTest {
  private final ArrayDeque<Runnable> thread = new ArrayDeque<>();
  private final Wire wire = new Wire();
  private final List<String> broken = new ArrayList<>();
  private final Outbox outbox = new Outbox(thread::add, wire, () -> broken.add("broken"));

  /** Notes what it is sent. */
  private static final class Wire implements MessageSink {
    final List<String> sent = new ArrayList<>();
    private Runnable beforeFlush = () -> {};

    @Override
    public void send(Message message) {
      sent.add("#" + message.requestId());
    }

    @Override
    public void flush() {
      Runnable now = beforeFlush;
      beforeFlush = () -> {};
      now.run();
      sent.add("flush");
    }
  }

  private static Outbox.Sending cancel(int id) {
    return to -> to.send(new Message.Cancel(id));
  }

  private void runThread() {
    for (Runnable next; (next = thread.poll()) != null; ) {
      next.run();
    }
  }

  @Test
  void messagesLeaveInTheirOrderAndArePassedOnAtTheEnd() {
    outbox.add(cancel(1));
    outbox.add(cancel(2));
    outbox.add(cancel(3));
    assertThat(thread).as("one thread is enough").hasSize(1);
    runThread();
    assertThat(wire.sent).containsExactly("#1", "#2", "#3", "flush");
  }

  @Test
  void whatIsUrgentLeavesBeforeAllThatWaits() {
    outbox.add(cancel(1));
    outbox.add(cancel(2));
    outbox.addFirst(cancel(3));
    runThread();
    assertThat(wire.sent).containsExactly("#3", "#1", "#2", "flush");
  }

  @Test
  void whatIsAddedWhileItIsPassedOnIsSentByTheSameThread() {
    wire.beforeFlush = () -> outbox.add(cancel(2));
    outbox.add(cancel(1));
    runThread();
    assertThat(wire.sent).startsWith("#1", "flush", "#2").endsWith("flush");
    assertThat(thread).isEmpty();
  }

  @Test
  void afterARestItBeginsAgain() {
    outbox.add(cancel(1));
    runThread();
    outbox.add(cancel(2));
    assertThat(thread).hasSize(1);
    runThread();
    assertThat(wire.sent).containsExactly("#1", "flush", "#2", "flush");
  }

  @Test
  void nothingIsSentBehindWhatCannotBeSent() {
    outbox.add(cancel(1));
    outbox.add(
        to -> {
          throw new IOException("gone");
        });
    outbox.add(cancel(2));
    runThread();
    assertThat(wire.sent).containsExactly("#1");
    assertThat(broken).containsExactly("broken");
    outbox.add(cancel(3));
    assertThat(thread).isEmpty();
  }

  @Test
  void aFaultOfTheProgramBreaksOffAsALostLaneDoes() {
    outbox.add(
        to -> {
          throw new IllegalStateException("a fault");
        });
    outbox.add(cancel(2));
    runThread();
    assertThat(wire.sent).isEmpty();
    assertThat(broken).containsExactly("broken");
  }

  @Test
  void aClosedOneSendsNeitherWhatWaitsNorWhatComes() {
    outbox.add(cancel(1));
    outbox.close();
    outbox.add(cancel(2));
    outbox.addFirst(cancel(3));
    runThread();
    assertThat(wire.sent).doesNotContain("#1", "#2", "#3");
    assertThat(broken).isEmpty();
  }
}
