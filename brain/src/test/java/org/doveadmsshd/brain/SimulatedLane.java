package org.doveadmsshd.brain;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameEncoder;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.storage.mime.BlockInputStream;

/** A lane between the brain and a {@link SimulatedServer}. The server's end is of its thread. */
final class SimulatedLane implements LaneTransport {
  private final SimulatedServer server;

  /** Which of the server's connections it is part of, from 0. */
  final int connection;

  private final FrameDecoder decoder = new FrameDecoder(); // of the brain's thread that sends

  // of the server's thread
  final ArrayDeque<Message> requests = new ArrayDeque<>();
  final Set<Integer> cancelled = new HashSet<>();
  boolean works;

  /** Whether the process that served it has ended. */
  boolean isDead;

  /** Whether nothing comes through any more. */
  volatile boolean isCut;

  // guarded by this
  private final ArrayDeque<Piece> arrived = new ArrayDeque<>();
  private int read;
  private boolean ended;
  private String broken;

  /** Some bytes, and what is done when the brain has read them. */
  private record Piece(byte[] bytes, Runnable whenRead) {}

  /** Whose lane it is. */
  final int brain;

  SimulatedLane(SimulatedServer server, int connection, int brain) {
    this.server = server;
    this.connection = connection;
    this.brain = brain;
  }

  /** The server says something, which takes its time to arrive. */
  void say(Message... messages) throws IOException {
    say(() -> {}, messages);
  }

  void say(Runnable whenRead, Message... messages) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FrameEncoder encoder = new FrameEncoder();
    for (Message each : messages) {
      encoder.encode(each);
      encoder.drainTo(bytes::write);
    }
    write(bytes.toByteArray(), whenRead);
  }

  /** The server says bytes, which need not be frames. */
  void write(byte[] bytes, Runnable whenRead) {
    if (!isCut && !isDead) {
      server.onTheWay(() -> arrive(new Piece(bytes, whenRead)));
    }
  }

  private synchronized void arrive(Piece piece) {
    if (!isCut) {
      arrived.add(piece);
      notifyAll();
    }
  }

  /** Nothing comes any more; the brain is told so. */
  void cut() {
    isCut = true;
    end();
  }

  /** Nothing comes any more, and the brain finds out by itself. */
  synchronized void breakOff(String why) {
    isCut = true;
    broken = why;
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  private synchronized int take(byte[] to, int offset, int length) throws IOException {
    try {
      while (arrived.isEmpty() && !ended && broken == null) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (broken != null) {
      throw new IOException(broken);
    }
    Piece first = arrived.peek();
    if (first == null) {
      return -1;
    }
    int count = Math.min(length, first.bytes().length - read);
    System.arraycopy(first.bytes(), read, to, offset, count);
    read += count;
    if (read == first.bytes().length) {
      first.whenRead().run();
      arrived.remove();
      read = 0;
    }
    return count;
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
        decoder.feed(bytes, offset, length, message -> server.sent(SimulatedLane.this, message));
        if (isCut) {
          throw new IOException("the connection is cut");
        }
      }
    };
  }

  @Override
  public long roundTripMicros() {
    return server.roundTripMicros();
  }

  @Override
  public void finish() {
    server.onTheWay(this::end);
  }

  /** The brain is heard no more, whatever it has sent; the server may go on with what it has. */
  @Override
  public void close() {
    cut();
    server.closed(this);
  }
}
