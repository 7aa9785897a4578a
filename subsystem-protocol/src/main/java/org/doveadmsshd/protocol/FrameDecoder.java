package org.doveadmsshd.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Outcome;

/**
 * Turns bytes into messages, however the bytes are cut.
 *
 * <p>A length is compared with {@link Limits} before anything is allocated for it. Not safe for
 * several threads.
 */
public final class FrameDecoder {
  private static final int LENGTH = 4;
  private static final int MIN_FRAME = 5;

  private ByteBuffer pending = ByteBuffer.allocate(8192).limit(0);

  /**
   * Takes bytes and delivers every message that is complete, in order. A message's buffers are
   * valid during its delivery only.
   *
   * @throws ProtocolException for a malformed frame; the decoder is of no further use
   * @throws IOException from the receiver
   */
  public void feed(byte[] bytes, int offset, int length, MessageSink receiver) throws IOException {
    ByteBuffer input = ByteBuffer.wrap(bytes, offset, length);
    while (pending.hasRemaining() && input.hasRemaining()) {
      top(input, wanted(pending));
      if (pending.remaining() >= LENGTH && pending.remaining() >= wanted(pending)) {
        receiver.send(frame(pending));
      }
    }
    while (input.remaining() >= LENGTH && input.remaining() >= wanted(input)) {
      receiver.send(frame(input));
    }
    if (input.hasRemaining()) {
      pending.clear().limit(0);
      top(input, input.remaining());
    }
  }

  /**
   * Says that no more bytes will come.
   *
   * @throws ProtocolException when they stopped inside a frame
   */
  public void end() throws ProtocolException {
    if (pending.hasRemaining()) {
      throw new ProtocolException("channel closed inside a message");
    }
  }

  /** Bytes needed for the frame that starts at the buffer's position, as far as known. */
  private static int wanted(ByteBuffer buffer) throws ProtocolException {
    if (buffer.remaining() < LENGTH) {
      return LENGTH;
    }
    int length = buffer.getInt(buffer.position());
    if (length < MIN_FRAME || length > Limits.MAX_FRAME) {
      throw new ProtocolException("frame length " + Integer.toUnsignedString(length) + " refused");
    }
    return LENGTH + length;
  }

  /** Moves bytes from input until pending holds as many as wanted. */
  private void top(ByteBuffer input, int wanted) {
    if (pending.capacity() - pending.position() < wanted) {
      int capacity = Math.max(pending.capacity(), wanted);
      pending = ByteBuffer.allocate(capacity).put(pending).flip();
    }
    int take = Math.min(wanted - pending.remaining(), input.remaining());
    int end = pending.limit();
    pending.limit(end + take);
    pending.put(end, input, input.position(), take);
    input.position(input.position() + take);
  }

  private static Message frame(ByteBuffer buffer) throws ProtocolException {
    int length = buffer.getInt();
    ByteBuffer frame = buffer.slice(buffer.position(), length);
    buffer.position(buffer.position() + length);
    int type = frame.get() & 0xff;
    Fields fields = new Fields(frame, frame.getInt());
    Message message = fields.message(type);
    if (frame.hasRemaining()) {
      throw new ProtocolException("message of type " + type + " is longer than its fields");
    }
    return message;
  }

  /** The fields of one frame. */
  private static final class Fields {
    private final ByteBuffer frame;
    private final int id;

    Fields(ByteBuffer frame, int id) {
      this.frame = frame;
      this.id = id;
    }

    Message message(int type) throws ProtocolException {
      switch (type) {
        case FrameType.HELLO:
          return hello();
        case FrameType.AUTHENTICATE:
          return new Message.Authenticate(id, string(), bytes());
        case FrameType.CHALLENGE:
          return new Message.Challenge(id, bytes());
        case FrameType.RESPONSE:
          return new Message.Response(id, bytes());
        case FrameType.ACT_FOR:
          return new Message.ActFor(string(), strings());
        case FrameType.RUN:
          return new Message.Run(
              id, string(), string(), strings(), uint64(), uint64(), bool(), term());
        case FrameType.CANCEL:
          return new Message.Cancel(id);
        case FrameType.LIST:
          return new Message.ListUsers(id, string());
        case FrameType.CLOCK:
          return new Message.Clock(id);
        case FrameType.PING:
          return new Message.Ping();
        case FrameType.ALIVE:
          return new Message.Alive();
        case FrameType.COLUMNS:
          return columns();
        case FrameType.ROW:
          return row();
        case FrameType.CHUNK:
          return new Message.Chunk(id, bool(), piece());
        case FrameType.INPUT:
          return new Message.Input(id, bool(), piece());
        case FrameType.WANTED:
          return new Message.Wanted(id, uint32());
        case FrameType.PROGRESS:
          return new Message.Progress(id, uint64(), uint64());
        case FrameType.LOG:
          return new Message.Log(id, level(), string());
        case FrameType.DONE:
          return done();
        case FrameType.ERROR:
          return new Message.Fault(string());
        default:
          throw new ProtocolException("unknown message type " + type);
      }
    }

    /** Behind all other fields, and only where there is one. */
    private OptionalLong term() throws ProtocolException {
      return frame.hasRemaining() ? OptionalLong.of(uint64()) : OptionalLong.empty();
    }

    private Message hello() throws ProtocolException {
      int version = uint32();
      String software = string();
      boolean known = bool();
      String master = string();
      return new Message.Hello(
          version, software, known ? Optional.of(master) : Optional.empty(), strings());
    }

    private Message columns() throws ProtocolException {
      int count = count(12);
      List<Column> columns = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        columns.add(new Column(string(), string(), uint32()));
      }
      return new Message.Columns(id, columns);
    }

    private Message row() throws ProtocolException {
      int count = count(1);
      List<Value> values = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        values.add(value());
      }
      return new Message.Row(id, values);
    }

    private Value value() throws ProtocolException {
      int kind = octet();
      switch (kind) {
        case FrameType.VALUE_ABSENT:
          return Value.ABSENT;
        case FrameType.VALUE_INLINE:
          return Value.of(inlineValue());
        case FrameType.VALUE_CHUNKED:
          return Value.CHUNKED;
        default:
          throw new ProtocolException("unknown kind of value " + kind);
      }
    }

    private ByteBuffer piece() throws ProtocolException {
      int length = uint32();
      if (length < 0 || length > Limits.MAX_CHUNK || length > frame.remaining()) {
        throw new ProtocolException(
            "chunk length " + Integer.toUnsignedString(length) + " refused");
      }
      ByteBuffer data = frame.slice(frame.position(), length);
      frame.position(frame.position() + length);
      return data;
    }

    private Message.Log.Level level() throws ProtocolException {
      int level = octet();
      if (level >= Message.Log.Level.values().length) {
        throw new ProtocolException("unknown log level " + level);
      }
      return Message.Log.Level.values()[level];
    }

    private Message done() throws ProtocolException {
      int code = octet();
      Optional<Outcome> outcome = Outcome.of(code).filter(Outcome::isSaidByWorkers);
      String text = outcome.isPresent() ? string() : unknownOutcome(code, string());
      int count = count(12);
      Map<String, Long> counts = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        counts.put(string(), uint64());
      }
      Outcome known = outcome.orElse(Outcome.TEMPORARY_FAILURE);
      return new Message.Done(id, known, text, counts, uint64());
    }

    /** Something failed; that this version has no name for it is no reason to lose the lane. */
    private static String unknownOutcome(int code, String text) {
      return "Outcome %d, which this version does not know, counts as a temporary failure%s"
          .formatted(code, text.isEmpty() ? "" : ": " + text);
    }

    private void need(int bytes) throws ProtocolException {
      if (frame.remaining() < bytes) {
        throw new ProtocolException("message ends inside a field");
      }
    }

    private int octet() throws ProtocolException {
      need(1);
      return frame.get() & 0xff;
    }

    private boolean bool() throws ProtocolException {
      return octet() != 0; // RFC 4251 section 5: any non-zero value is true
    }

    private int uint32() throws ProtocolException {
      need(4);
      return frame.getInt();
    }

    private long uint64() throws ProtocolException {
      need(8);
      return frame.getLong();
    }

    /** A number of entries, each of which takes at least the given bytes of the frame. */
    private int count(int entry) throws ProtocolException {
      int count = uint32();
      if (count < 0 || count > Limits.MAX_LIST || (long) count * entry > frame.remaining()) {
        throw new ProtocolException("list of " + Integer.toUnsignedString(count) + " refused");
      }
      return count;
    }

    private byte[] inlineValue() throws ProtocolException {
      need(4);
      int length = frame.getInt(frame.position());
      if (length > Limits.MAX_INLINE_VALUE) {
        throw new ProtocolException("value of " + length + " bytes inside a row refused");
      }
      return bytes();
    }

    private byte[] bytes() throws ProtocolException {
      int length = uint32();
      if (length < 0 || length > frame.remaining()) {
        throw new ProtocolException(
            "string length " + Integer.toUnsignedString(length) + " refused");
      }
      byte[] bytes = new byte[length];
      frame.get(bytes);
      return bytes;
    }

    private String string() throws ProtocolException {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    private List<String> strings() throws ProtocolException {
      int count = count(4);
      List<String> list = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        list.add(string());
      }
      return list;
    }
  }
}
