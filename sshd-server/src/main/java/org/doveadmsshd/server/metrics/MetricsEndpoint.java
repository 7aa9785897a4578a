package org.doveadmsshd.server.metrics;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.posix.ListeningSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET /metrics} (RFC 9112, one request a connection). The JDK's HTTP server knows no
 * UNIX sockets, and reads a request for as long as its client likes.
 *
 * <p>Two threads answer, sixteen connections may wait, and each has five seconds: so slow scrapers
 * keep each other waiting, and nobody else.
 */
public final class MetricsEndpoint implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsEndpoint.class);

  private static final int THREADS = 2;
  private static final int WAITING = 16;
  private static final int MAX_REQUEST = 8 * 1024;
  private static final String PATH = "/metrics";

  private final ServerMetrics metrics;
  private final Duration patience;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(work -> thread(work, "metrics-late"));
  private final ThreadPoolExecutor answering =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          1,
          TimeUnit.MINUTES,
          new LinkedBlockingQueue<>(WAITING),
          work -> thread(work, "metrics"));
  private ListeningSocket socket;

  public MetricsEndpoint(ServerMetrics metrics) {
    this(metrics, Duration.ofSeconds(5));
  }

  /**
   * @param patience how long a connection may take
   */
  MetricsEndpoint(ServerMetrics metrics, Duration patience) {
    this.metrics = metrics;
    this.patience = patience;
    answering.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Begins to listen.
   *
   * @param where a loopback address, or a UNIX socket's, which its owner and group may open
   * @return where it listens
   * @throws Failure when it cannot
   */
  public SocketAddress start(SocketAddress where) throws Failure {
    socket =
        where instanceof UnixDomainSocketAddress
            ? ListeningSocket.open(
                ((UnixDomainSocketAddress) where).getPath(),
                PosixFilePermissions.fromString("rw-rw----"),
                "")
            : ListeningSocket.open((InetSocketAddress) where);
    thread(() -> socket.serve(this::take), "metrics-accept").start();
    try {
      LOG.info("Metrics are at {}", text(socket.address()));
      return socket.address();
    } catch (IOException e) {
      throw Failure.temporary("Cannot listen for scrapers: " + Reason.of(e), e);
    }
  }

  /** Where it listens, for people: as {@code metrics_listen} says it. */
  public static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress)) {
      return address.toString();
    }
    InetSocketAddress port = (InetSocketAddress) address;
    String host = port.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port.getPort();
  }

  private void take(SocketChannel connection) throws IOException {
    open.add(connection);
    Future<?> late =
        timer.schedule(() -> close(connection), patience.toMillis(), TimeUnit.MILLISECONDS);
    try {
      answering.execute(
          () -> {
            answer(connection);
            late.cancel(false);
          });
    } catch (RejectedExecutionException e) {
      late.cancel(false);
      close(connection);
      LOG.debug("Too many scrapers");
    }
  }

  private void answer(SocketChannel connection) {
    try {
      String request = request(ChannelStreams.in(connection));
      ByteBuffer answer = ByteBuffer.wrap(answer(request).getBytes(StandardCharsets.UTF_8));
      while (answer.hasRemaining()) {
        connection.write(answer);
      }
    } catch (IOException e) {
      LOG.debug("A scraper has gone, or was late: {}", Reason.of(e));
    } catch (RuntimeException | Error e) { // the top of a task
      LOG.error("Metrics could not be told by a fault of the program", e);
    } finally {
      close(connection);
    }
  }

  /** The head of a request; cut where it is too long. */
  private static String request(InputStream in) throws IOException {
    byte[] bytes = new byte[MAX_REQUEST];
    int length = 0;
    while (length < MAX_REQUEST) {
      int got = in.read(bytes, length, MAX_REQUEST - length);
      if (got < 0) {
        break;
      }
      length += got;
      String head = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
      if (head.contains("\r\n\r\n") || head.contains("\n\n")) {
        return head;
      }
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private String answer(String request) {
    boolean whole = request.contains("\r\n\r\n") || request.contains("\n\n");
    String[] words = request.split("\r?\n", 2)[0].split(" ", -1);
    boolean isHttp = words.length == 3 && words[2].startsWith("HTTP/1.");
    if (!whole && request.length() == MAX_REQUEST) {
      return head("431 Request Header Fields Too Large", "text/plain", "");
    }
    if (!whole || !isHttp) {
      return message("400 Bad Request", "This is HTTP/1.1: GET " + PATH);
    }
    String path = words[1].split("\\?", 2)[0];
    boolean isHead = words[0].equals("HEAD");
    if (!isHead && !words[0].equals("GET")) {
      return message("405 Method Not Allowed", "GET " + PATH);
    }
    if (!path.equals(PATH)) {
      return message("404 Not Found", "Metrics are at " + PATH);
    }
    String text = metrics.text();
    return head("200 OK", Exposition.TYPE, text) + (isHead ? "" : text);
  }

  private static String message(String status, String text) {
    return head(status, "text/plain; charset=utf-8", text + "\n") + text + "\n";
  }

  private static String head(String status, String type, String body) {
    return "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n"
        .formatted(
            status,
            type,
            body.getBytes(StandardCharsets.UTF_8).length,
            status.startsWith("405") ? "Allow: GET, HEAD\r\n" : "");
  }

  private void close(SocketChannel connection) {
    open.remove(connection);
    try {
      connection.close();
    } catch (IOException e) {
      LOG.debug("Closing a connection", e);
    }
  }

  /** Answers nobody any more. */
  @Override
  public void close() {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      LOG.warn("The socket of the metrics cannot be closed: {}", Reason.of(e));
    }
    timer.shutdownNow();
    answering.shutdownNow();
    open.forEach(this::close);
  }
}
