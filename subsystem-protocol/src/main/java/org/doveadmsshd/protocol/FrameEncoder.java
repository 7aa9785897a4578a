package org.doveadmsshd.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Turns messages into frames: {@code uint32 length, byte type, uint32 request-id, fields}, in the
 * data types of RFC 4251 section 5.
 *
 * <p>Frames gather in one growing buffer until {@link #drainTo}. Not safe for several threads.
 */
public final class FrameEncoder implements Message.Visitor<Void, ProtocolException> {
  private static final int HEADER = 9;

  private ByteBuffer buffer = ByteBuffer.allocate(8192);

  /** Where {@link #drainTo} puts the bytes. */
  @FunctionalInterface
  public interface Sink {
    /** Writes all of the range before it returns. */
    void write(byte[] bytes, int offset, int length) throws IOException;
  }

  /**
   * Appends a message.
   *
   * @throws ProtocolException when it is longer than {@link Limits} allow; nothing is appended then
   */
  public void encode(Message message) throws ProtocolException {
    int start = buffer.position();
    try {
      message.accept(this);
      int length = buffer.position() - start - 4;
      if (length > Limits.MAX_FRAME) {
        throw new ProtocolException("message of " + length + " bytes is too long to send");
      }
      buffer.putInt(start, length);
    } catch (ProtocolException e) {
      buffer.position(start);
      throw e;
    }
  }

  /** Bytes waiting for {@link #drainTo}. */
  public int size() {
    return buffer.position();
  }

  /** Hands over all that was encoded and starts afresh. */
  public void drainTo(Sink output) throws IOException {
    if (buffer.position() > 0) {
      int length = buffer.position();
      buffer.clear();
      output.write(buffer.array(), 0, length);
    }
  }

  @Override
  public Void unexpected(Message message) {
    throw new IllegalStateException("no frame for " + message);
  }

  @Override
  public Void hello(Message.Hello hello) throws ProtocolException {
    begin(FrameType.HELLO, 0);
    uint32(hello.version());
    string(hello.software());
    bool(hello.master().isPresent());
    string(hello.master().orElse(""));
    strings(hello.extensions());
    return null;
  }

  @Override
  public Void authenticate(Message.Authenticate authenticate) throws ProtocolException {
    begin(FrameType.AUTHENTICATE, authenticate.requestId());
    string(authenticate.mechanism());
    string(authenticate.initialResponse());
    return null;
  }

  @Override
  public Void challenge(Message.Challenge challenge) throws ProtocolException {
    begin(FrameType.CHALLENGE, challenge.requestId());
    string(challenge.data());
    return null;
  }

  @Override
  public Void response(Message.Response response) throws ProtocolException {
    begin(FrameType.RESPONSE, response.requestId());
    string(response.data());
    return null;
  }

  @Override
  public Void actFor(Message.ActFor actFor) throws ProtocolException {
    begin(FrameType.ACT_FOR, 0);
    string(actFor.master());
    strings(actFor.scope());
    return null;
  }

  @Override
  public Void run(Message.Run run) throws ProtocolException {
    begin(FrameType.RUN, run.requestId());
    string(run.user());
    string(run.command());
    strings(run.arguments());
    uint64(run.nowMillis());
    uint64(run.deadlineMillis());
    bool(run.context());
    if (run.term().isPresent()) {
      uint64(run.term().getAsLong());
    }
    return null;
  }

  @Override
  public Void listUsers(Message.ListUsers listUsers) throws ProtocolException {
    begin(FrameType.LIST, listUsers.requestId());
    string(listUsers.mask());
    return null;
  }

  @Override
  public Void cancel(Message.Cancel cancel) {
    begin(FrameType.CANCEL, cancel.requestId());
    return null;
  }

  @Override
  public Void clock(Message.Clock clock) {
    begin(FrameType.CLOCK, clock.requestId());
    return null;
  }

  @Override
  public Void ping(Message.Ping ping) {
    begin(FrameType.PING, 0);
    return null;
  }

  @Override
  public Void alive(Message.Alive alive) {
    begin(FrameType.ALIVE, 0);
    return null;
  }

  @Override
  public Void columns(Message.Columns columns) throws ProtocolException {
    begin(FrameType.COLUMNS, columns.requestId());
    count(columns.columns().size());
    for (Column column : columns.columns()) {
      string(column.key());
      string(column.title());
      uint32(column.flags());
    }
    return null;
  }

  @Override
  public Void row(Message.Row row) throws ProtocolException {
    begin(FrameType.ROW, row.requestId());
    List<Value> values = row.values();
    count(values.size());
    for (int i = 0; i < values.size(); i++) {
      value(values.get(i));
    }
    return null;
  }

  private void value(Value value) throws ProtocolException {
    if (value == Value.ABSENT) {
      octet(FrameType.VALUE_ABSENT);
    } else if (value == Value.CHUNKED) {
      octet(FrameType.VALUE_CHUNKED);
    } else {
      int length = value.bytes().length;
      if (length > Limits.MAX_INLINE_VALUE) {
        throw new ProtocolException("value of " + length + " bytes is too long to send");
      }
      octet(FrameType.VALUE_INLINE);
      string(value.bytes());
    }
  }

  @Override
  public Void chunk(Message.Chunk chunk) throws ProtocolException {
    return piece(FrameType.CHUNK, chunk.requestId(), chunk.last(), chunk.data());
  }

  @Override
  public Void input(Message.Input input) throws ProtocolException {
    return piece(FrameType.INPUT, input.requestId(), input.last(), input.data());
  }

  private Void piece(int type, int requestId, boolean last, ByteBuffer data)
      throws ProtocolException {
    int length = data.remaining();
    if (length > Limits.MAX_CHUNK) {
      throw new ProtocolException("chunk of " + length + " bytes is too long to send");
    }
    begin(type, requestId);
    bool(last);
    uint32(length);
    room(length);
    buffer.put(data.duplicate());
    return null;
  }

  @Override
  public Void wanted(Message.Wanted wanted) {
    begin(FrameType.WANTED, wanted.requestId());
    uint32(wanted.pieces());
    return null;
  }

  @Override
  public Void log(Message.Log log) throws ProtocolException {
    begin(FrameType.LOG, log.requestId());
    octet(log.level().ordinal());
    string(log.text());
    return null;
  }

  @Override
  public Void progress(Message.Progress progress) {
    begin(FrameType.PROGRESS, progress.requestId());
    uint64(progress.done());
    uint64(progress.total());
    return null;
  }

  @Override
  public Void done(Message.Done done) throws ProtocolException {
    begin(FrameType.DONE, done.requestId());
    octet(done.outcome().code());
    string(done.text());
    count(done.counts().size());
    for (Map.Entry<String, Long> entry : done.counts().entrySet()) {
      string(entry.getKey());
      uint64(entry.getValue());
    }
    uint64(done.micros());
    return null;
  }

  @Override
  public Void fault(Message.Fault fault) throws ProtocolException {
    begin(FrameType.ERROR, 0);
    string(fault.text());
    return null;
  }

  private void begin(int type, int requestId) {
    room(HEADER);
    buffer.putInt(0).put((byte) type).putInt(requestId);
  }

  private void octet(int value) {
    room(1);
    buffer.put((byte) value);
  }

  private void bool(boolean value) {
    octet(value ? 1 : 0);
  }

  private void uint32(int value) {
    room(4);
    buffer.putInt(value);
  }

  private void uint64(long value) {
    room(8);
    buffer.putLong(value);
  }

  private void string(String text) throws ProtocolException {
    string(text.getBytes(StandardCharsets.UTF_8));
  }

  private void string(byte[] bytes) throws ProtocolException {
    if (bytes.length > Limits.MAX_FRAME) {
      throw new ProtocolException("string of " + bytes.length + " bytes is too long to send");
    }
    uint32(bytes.length);
    room(bytes.length);
    buffer.put(bytes);
  }

  private void strings(List<String> list) throws ProtocolException {
    count(list.size());
    for (String text : list) {
      string(text);
    }
  }

  private void count(int count) throws ProtocolException {
    if (count > Limits.MAX_LIST) {
      throw new ProtocolException("list of " + count + " entries is too long to send");
    }
    uint32(count);
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      int wanted = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
      buffer = ByteBuffer.allocate(wanted).put(buffer.flip());
    }
  }
}
