package org.doveadmsshd.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameEncoder;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.mime.BlockInputStream;

/**
 * A server without mail at the other end of a lane in this process. It lists so many users and
 * answers at once, on the thread that asks.
 */
final class InstantServer implements Connector {
  private static final int BATCH = 32 * 1024;
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "instant", Optional.of("m"), List.of());

  private final String name;
  private final int users;
  private final List<Column> columns;

  /**
   * @param columns of the one row that is found for each user; none for no row
   */
  InstantServer(String name, int users, List<Column> columns) {
    this.name = name;
    this.users = users;
    this.columns = columns;
  }

  @Override
  public LaneTransport open() throws IOException {
    return new Lane();
  }

  /** Takes frames and has answers ready to be read. */
  private final class Lane implements LaneTransport {
    private final FrameDecoder decoder = new FrameDecoder();
    private final FrameEncoder encoder = new FrameEncoder();

    // guarded by this
    private ByteArrayOutputStream answers = new ByteArrayOutputStream(BATCH);
    private byte[] reading = {};
    private int read;
    private int listed = -1; // users named so far; negative when nobody has asked
    private boolean ended;

    Lane() throws IOException {
      answer(HELLO);
    }

    private synchronized void answer(Message message) throws IOException {
      if (message instanceof Message.Run) {
        answerRun(message.requestId());
      } else if (message instanceof Message.ListUsers) {
        encoder.encode(new Message.Columns(1, List.of(new Column("user"))));
        listed = 0;
      } else if (message == HELLO) {
        encoder.encode(HELLO);
      }
      encoder.drainTo(answers::write);
      notifyAll();
    }

    private void answerRun(int id) throws IOException {
      if (!columns.isEmpty()) {
        encoder.encode(new Message.Columns(id, columns));
        encoder.encode(new Message.Row(id, List.of(Value.of("0123456789abcdef"), Value.of(1))));
      }
      encoder.encode(new Message.Done(id, Outcome.OK, "", Map.of("matched", 1L), 10));
    }

    private synchronized int take(byte[] to, int offset, int length) throws IOException {
      while (read == reading.length) {
        list();
        if (answers.size() > 0) {
          reading = answers.toByteArray();
          read = 0;
          answers.reset();
        } else if (ended) {
          return -1;
        } else {
          await();
        }
      }
      int count = Math.min(length, reading.length - read);
      System.arraycopy(reading, read, to, offset, count);
      read += count;
      return count;
    }

    private void await() throws IOException {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    /** Names the next users, if it has been asked for them. */
    private void list() throws IOException {
      while (listed >= 0 && answers.size() < BATCH) {
        boolean all = listed == users;
        encoder.encode(
            all
                ? new Message.Done(1, Outcome.OK, "", Map.of(), 0)
                : new Message.Row(
                    1, List.of(Value.of("user" + (1_000_000 + listed) + "@" + name))));
        encoder.drainTo(answers::write);
        listed = all ? -1 : listed + 1;
      }
    }

    @Override
    public InputStream in() {
      return new BlockInputStream() {
        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
          return take(to, offset, length);
        }
      };
    }

    @Override
    public OutputStream out() {
      return new OutputStream() {
        @Override
        public void write(int b) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          decoder.feed(bytes, offset, length, Lane.this::answer);
        }
      };
    }

    @Override
    public long roundTripMicros() {
      return 0;
    }

    @Override
    public synchronized void finish() {
      ended = true;
      notifyAll();
    }

    @Override
    public void close() {
      finish();
    }
  }
}
