package org.doveadmsshd.auth.dovecot;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.doveadmsshd.base.TabLines;

/** A UNIX socket on which lines go back and forth. Nothing waits for ever. One thread at a time. */
final class LineSocket implements Closeable {
  /** Longer lines are no answer of an auth process. */
  private static final int MAX_LINE = 64 * 1024;

  /** Version of the protocols that is spoken here. */
  static final String MAJOR = "1";

  private final Selector selector;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final Duration patience;
  private final ByteBuffer in = ByteBuffer.allocate(8192).limit(0);

  /**
   * @param patience how long a line may take to come or to go
   */
  LineSocket(Path socket, Duration patience) throws IOException {
    this.patience = patience;
    selector = Selector.open();
    SocketChannel opened = null;
    try {
      opened = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      opened.configureBlocking(false);
      key = opened.register(selector, 0);
    } catch (IOException | RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      selector.close();
      throw e instanceof IOException ? (IOException) e : new IOException(e);
    }
    channel = opened;
  }

  /**
   * Reads what the peer says at first, up to a line that begins with a word.
   *
   * @throws IOException also when it speaks another version of the protocol
   */
  void greeting(String last) throws IOException {
    List<String> line;
    do {
      line = TabLines.values(receive());
      boolean version = line.get(0).equals("VERSION");
      if (version && (line.size() < 2 || !line.get(1).equals(MAJOR))) {
        throw new IOException("the version of the protocol is not known: " + line);
      }
    } while (!line.get(0).equals(last));
  }

  /**
   * @param line without its line break
   */
  void send(String line) throws IOException {
    ByteBuffer out = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    long end = System.nanoTime() + patience.toNanos();
    while (out.hasRemaining()) {
      if (channel.write(out) == 0) {
        await(SelectionKey.OP_WRITE, end);
      }
    }
  }

  /**
   * The next line without its line break.
   *
   * @throws EOFException when the peer has gone
   */
  String receive() throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    while (true) {
      while (in.hasRemaining()) {
        byte b = in.get();
        if (b == '\n') {
          return line.toString(StandardCharsets.UTF_8);
        }
        line.write(b);
        if (line.size() > MAX_LINE) {
          throw new IOException("a line without end");
        }
      }
      in.clear().limit(0);
      fill(end);
    }
  }

  private void fill(long end) throws IOException {
    in.clear();
    try {
      int got;
      while ((got = channel.read(in)) == 0) {
        await(SelectionKey.OP_READ, end);
      }
      if (got < 0) {
        throw new EOFException("the connection was closed");
      }
    } finally {
      in.flip();
    }
  }

  private void await(int operation, long end) throws IOException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (left <= 0 || Thread.currentThread().isInterrupted()) {
      throw new SocketTimeoutException("no answer within " + patience.toSeconds() + " s");
    }
    key.interestOps(operation);
    selector.select(left);
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      selector.close();
    }
  }
}
