package org.doveadmsshd.auth.dovecot;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.TabLines;

/**
 * Connections to a socket {@code auth-userdb}, {@code auth-master} or {@code director-userdb}; a
 * few are kept. Safe for several threads.
 */
final class AuthConnections implements Closeable {
  /** As long as Dovecot itself waits for a userdb, and a director for its ring. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int MAX_LINE = 1024;
  private static final int IDLE_CONNECTIONS = 16;

  private final Path socket;
  private final Duration patience;
  private final ConcurrentLinkedQueue<LineSocket> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger ids = new AtomicInteger();
  private volatile boolean closed;

  AuthConnections(Path socket, Duration patience) {
    this.socket = socket;
    this.patience = patience;
  }

  /** The user's fields in an answer; null when there is no such user. */
  static Map<String, String> fields(List<String> answer, String expected) throws Failure {
    String kind = answer.get(0);
    int first = expected.equals("USER") ? 3 : 2; // the name of the user stands before
    if (kind.equals(expected) && answer.size() >= first) {
      return TabLines.named(answer.subList(first, answer.size()));
    }
    if (kind.equals("NOTFOUND")) {
      return null;
    }
    String reason = TabLines.named(answer.subList(1, answer.size())).getOrDefault("reason", "");
    throw Failure.temporary(
        "Dovecot cannot look users up: " + (reason.isEmpty() ? "see its log" : reason), null);
  }

  /**
   * Asks about a user.
   *
   * @param what USER or PASS
   * @return the words of the answer, at least one
   */
  List<String> ask(String what, String name) throws Failure {
    String id = Integer.toString(ids.incrementAndGet() & Integer.MAX_VALUE);
    String request = TabLines.line(what, id, name, "service=doveadm");
    if (request.getBytes(StandardCharsets.UTF_8).length >= MAX_LINE) {
      return List.of("NOTFOUND"); // longer than Dovecot would read
    }
    try {
      return answer(request, id);
    } catch (SocketTimeoutException e) {
      throw Failure.temporary("Dovecot does not answer on " + socket, e);
    } catch (IOException e) {
      throw Failure.temporary("Dovecot cannot be asked on " + socket, e);
    }
  }

  /** A connection that was idle may have been closed meanwhile; a new one tells. */
  private List<String> answer(String request, String id) throws IOException {
    LineSocket kept = idle.poll();
    if (kept != null) {
      try {
        return answer(kept, request, id);
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        // as said
      }
    }
    return answer(connect(), request, id);
  }

  private List<String> answer(LineSocket connection, String request, String id) throws IOException {
    boolean done = false;
    try {
      connection.send(request);
      List<String> answer = TabLines.values(connection.receive());
      if (answer.size() < 2 || !answer.get(1).equals(id)) {
        throw new IOException("an answer to something else");
      }
      done = true;
      return answer;
    } finally {
      if (done && !closed && idle.size() < IDLE_CONNECTIONS) {
        idle.add(connection);
      } else {
        connection.close();
      }
    }
  }

  /** A connection of its own, for a conversation; the caller closes it. */
  LineSocket connect() throws IOException {
    LineSocket connection = new LineSocket(socket, patience);
    boolean done = false;
    try {
      connection.send(TabLines.line("VERSION", LineSocket.MAJOR, "1"));
      connection.greeting("SPID");
      done = true;
      return connection;
    } finally {
      if (!done) {
        connection.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (LineSocket connection; (connection = idle.poll()) != null; ) {
      connection.close();
    }
  }
}
