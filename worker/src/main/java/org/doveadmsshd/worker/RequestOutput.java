package org.doveadmsshd.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.Output;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.UnreadableMailException;

/** Makes messages of what a task puts out. One thread at a time. */
public final class RequestOutput implements Output {
  private static final long PROGRESS_EVERY = 1000;

  private final int requestId;
  private final List<Column> columns;
  private final boolean addsMailbox;
  private final RequestControl control;
  private final MessageSink sink;
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private boolean columnsSent;

  /**
   * Half of the most that a chunk may have. This much lies in memory for each client that does not
   * read.
   */
  private static final int CHUNK = Limits.MAX_CHUNK / 2;

  private Failure firstFailure;
  private volatile boolean broken;

  RequestOutput(
      int requestId,
      List<Column> columns,
      boolean context,
      RequestControl control,
      MessageSink sink) {
    this.requestId = requestId;
    this.addsMailbox =
        context && columns.stream().noneMatch(column -> column.key().equals("mailbox"));
    this.columns = addsMailbox ? withMailbox(columns) : columns;
    this.control = control;
    this.sink = sink;
  }

  private static List<Column> withMailbox(List<Column> columns) {
    List<Column> all = new ArrayList<>();
    all.add(new Column("mailbox", Column.CONTEXT));
    all.addAll(columns);
    return all;
  }

  @Override
  public void row(String mailbox, List<Value> values, List<InputStream> streams)
      throws Failure, IOException {
    checkLength(values);
    if (!columnsSent) {
      send(new Message.Columns(requestId, columns));
      columnsSent = true;
    }
    List<Value> all = values;
    if (addsMailbox) {
      all = new ArrayList<>(values.size() + 1);
      all.add(mailbox == null ? Value.ABSENT : Value.of(mailbox));
      all.addAll(values);
    }
    send(new Message.Row(requestId, all));
    MailFailure failure = null;
    for (InputStream stream : streams) {
      try {
        chunks(stream);
      } catch (UnreadableMailException e) {
        send(new Message.Chunk(requestId, true, ByteBuffer.allocate(0)));
        failure = failure == null ? e.failure() : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static void checkLength(List<Value> values) throws Failure {
    for (Value value : values) {
      if (value.bytes().length > Limits.MAX_INLINE_VALUE) {
        throw new Failure(
            Outcome.DATA_ERROR,
            "A value of %,d bytes is longer than a row can have".formatted(value.bytes().length));
      }
    }
  }

  private void chunks(InputStream stream) throws Failure, IOException {
    byte[] buffer = new byte[CHUNK];
    while (true) {
      control.check();
      int length = stream.readNBytes(buffer, 0, buffer.length);
      boolean last = length < buffer.length;
      send(new Message.Chunk(requestId, last, ByteBuffer.wrap(buffer, 0, length)));
      if (last) {
        return;
      }
    }
  }

  @Override
  public void count(String what, long number) {
    counts.merge(what, number, Long::sum);
  }

  @Override
  public void progress(long done, long total) throws IOException {
    if (done % PROGRESS_EVERY == 0) {
      send(new Message.Progress(requestId, done, total));
    }
  }

  @Override
  public void log(Message.Log.Level level, String text) throws IOException {
    send(new Message.Log(requestId, level, text));
  }

  @Override
  public void failed(Failure failure) throws IOException {
    if (firstFailure == null) {
      firstFailure = failure; // becomes the text of DONE
    } else {
      log(Message.Log.Level.ERROR, failure.getMessage());
    }
  }

  @Override
  public boolean hasFailed() {
    return firstFailure != null;
  }

  @Override
  public void checkpoint() throws Failure {
    control.check();
  }

  /**
   * Passes on what the same request has put out elsewhere.
   *
   * @throws IOException when it cannot be delivered any more
   */
  public void pass(Message message) throws IOException {
    send(message);
  }

  private void send(Message message) throws IOException {
    boolean sent = false;
    try {
      sink.send(message);
      sent = true;
    } finally {
      broken |= !sent;
    }
  }

  /**
   * Whether output could not be delivered: then an IOException comes from there, and not from
   * reading a mail.
   */
  boolean isBroken() {
    return broken;
  }

  /** Takes over how the request has ended elsewhere. */
  public void end(Message.Done done) {
    done.counts().forEach(this::count);
    if (!done.outcome().isOk()) {
      firstFailure = new Failure(done.outcome(), done.text());
    }
  }

  /** Takes the output. */
  MessageSink sink() {
    return sink;
  }

  /** The first failure of a part; null when all went well. */
  Failure firstFailure() {
    return firstFailure;
  }

  Map<String, Long> counts() {
    return counts;
  }
}
