package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;

/** A brain's half of a lane, in which a test says every message itself. */
public final class Conversation {
  private static final long LONG_SECONDS = 30;

  private final OutputStream raw;
  private final FrameWriter out;
  private final FrameDecoder decoder = new FrameDecoder();
  private final LinkedBlockingQueue<Message> received = new LinkedBlockingQueue<>();

  /**
   * @param out takes to the worker what is said
   */
  public Conversation(OutputStream out) {
    raw = out;
    this.out = new FrameWriter(out::write, out::flush);
  }

  /** Takes bytes that have come from the worker. */
  public void heard(byte[] bytes, int offset, int length) throws IOException {
    decoder.feed(bytes, offset, length, received::add);
  }

  public void say(Message... messages) throws IOException {
    for (Message message : messages) {
      out.send(message);
    }
    out.flush();
  }

  /** Says what may be no message. */
  public void sayBytes(byte[] bytes) throws IOException {
    raw.write(bytes);
    raw.flush();
  }

  public static Message.Hello hello() {
    return new Message.Hello(Limits.VERSION, "test", Optional.empty(), List.of());
  }

  /** A request for one user. */
  public static Message.Run run(int id, String user, String command, String... arguments) {
    long now = MemorySite.NOW.toEpochMilli();
    return new Message.Run(id, user, command, List.of(arguments), now, 0, false);
  }

  /** The next message, which must be of that kind. */
  public <M extends Message> M next(Class<M> kind) throws InterruptedException {
    Message next = received.poll(LONG_SECONDS, TimeUnit.SECONDS);
    if (!kind.isInstance(next)) {
      throw new AssertionError("not a " + kind.getSimpleName() + ": " + next);
    }
    return kind.cast(next);
  }

  /** Says hello, and waits for that of the worker. */
  public Message.Hello greet() throws Exception {
    say(hello());
    return next(Message.Hello.class);
  }

  /** The rows of a request up to its end, which must be that one. */
  public List<String> rows(int id, Outcome outcome) throws InterruptedException {
    List<String> rows = new ArrayList<>();
    while (true) {
      Message next = received.poll(LONG_SECONDS, TimeUnit.SECONDS);
      if (next instanceof Message.Row && next.requestId() == id) {
        rows.add(((Message.Row) next).values().toString());
      } else if (next instanceof Message.Done && next.requestId() == id) {
        if (((Message.Done) next).outcome() != outcome) {
          throw new AssertionError(next);
        }
        return rows;
      } else if (!(next instanceof Message.Columns) && !(next instanceof Message.Chunk)) {
        throw new AssertionError("neither row nor end: " + next);
      }
    }
  }

  /** What has come and was not asked for. */
  public List<Message> rest() {
    return List.copyOf(received);
  }
}
