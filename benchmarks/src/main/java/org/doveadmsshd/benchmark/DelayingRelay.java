package org.doveadmsshd.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes TCP connections on and holds every byte back for a while, in both directions: {@code
 * DelayingRelay LISTEN-PORT TARGET-PORT MILLISECONDS}. Half of a round trip is one such while.
 */
public final class DelayingRelay {
  private static final int PIECES = 4096;
  private static final int BACKLOG = 50;

  private final int target;
  private final long delayNanos;

  private record Piece(byte[] bytes, int length, long due) {}

  private DelayingRelay(int target, long delayNanos) {
    this.target = target;
    this.delayNanos = delayNanos;
  }

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws IOException {
    int listen = Integer.parseInt(arguments[0]);
    int target = Integer.parseInt(arguments[1]);
    long nanos = (long) (Double.parseDouble(arguments[2]) * 1_000_000);
    new DelayingRelay(target, nanos).serve(listen);
  }

  private void serve(int port) throws IOException {
    try (ServerSocket server = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress())) {
      while (true) {
        Socket from = server.accept();
        Socket to = new Socket("127.0.0.1", target);
        from.setTcpNoDelay(true);
        to.setTcpNoDelay(true);
        relay(from, to);
        relay(to, from);
      }
    }
  }

  private void relay(Socket from, Socket to) {
    BlockingQueue<Piece> onTheWay = new LinkedBlockingQueue<>(PIECES);
    thread(() -> read(from, onTheWay));
    thread(() -> write(to, onTheWay));
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }

  private void read(Socket from, BlockingQueue<Piece> onTheWay) {
    try (InputStream in = from.getInputStream()) {
      int length;
      do {
        byte[] bytes = new byte[64 * 1024];
        length = in.read(bytes);
        onTheWay.put(new Piece(bytes, length, System.nanoTime() + delayNanos));
      } while (length >= 0);
    } catch (IOException | InterruptedException e) {
      onTheWay.offer(new Piece(new byte[0], -1, 0));
    }
  }

  private static void write(Socket to, BlockingQueue<Piece> onTheWay) {
    try (OutputStream out = to.getOutputStream()) {
      for (Piece piece; (piece = onTheWay.take()).length() >= 0; ) {
        for (long left; (left = piece.due() - System.nanoTime()) > 0; ) {
          LockSupport.parkNanos(left);
        }
        out.write(piece.bytes(), 0, piece.length());
      }
    } catch (IOException | InterruptedException e) {
      // the other side has gone
    }
  }
}
