package org.doveadmsshd.auth.dovecot;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.TabLines;

/**
 * Asks a running Dovecot for users, over its socket {@code auth-userdb} or {@code auth-master}. A
 * few connections are kept. Users are listed as Dovecot lists them: one that stands twice in a
 * passwd-file is named twice.
 */
public final class DovecotUserdb implements Userdb, Closeable {
  /** As long as Dovecot itself waits for a userdb. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int MAX_LINE = 1024;
  private static final int IDLE_CONNECTIONS = 16;

  private final Path socket;
  private final boolean asksForProxy;
  private final Duration patience;
  private final ConcurrentLinkedQueue<LineSocket> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger ids = new AtomicInteger();
  private volatile boolean closed;

  /**
   * @param asksForProxy whether the passdb is asked, too, on which host a user's mail is; {@link
   *     MailUser#proxyHost} then tells
   */
  public DovecotUserdb(Path socket, boolean asksForProxy) {
    this(socket, asksForProxy, PATIENCE);
  }

  DovecotUserdb(Path socket, boolean asksForProxy, Duration patience) {
    this.socket = socket;
    this.asksForProxy = asksForProxy;
    this.patience = patience;
  }

  @Override
  public Optional<MailUser> find(String name) throws Failure {
    if (asksForProxy) {
      Map<String, String> passdb = fields(ask("PASS", name), "PASS");
      if (passdb == null) {
        return Optional.empty();
      }
      if (passdb.containsKey("proxy") && passdb.containsKey("host")) {
        return Optional.of(new MailUser(name, Map.of("proxy", "yes", "host", passdb.get("host"))));
      }
    }
    List<String> answer = ask("USER", name);
    Map<String, String> fields = fields(answer, "USER");
    return fields == null ? Optional.empty() : Optional.of(new MailUser(answer.get(2), fields));
  }

  /** The user's fields in an answer; null when there is no such user. */
  private static Map<String, String> fields(List<String> answer, String expected) throws Failure {
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

  private List<String> ask(String what, String name) throws Failure {
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

  private LineSocket connect() throws IOException {
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
  public boolean canList() {
    return true;
  }

  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    String previous = "";
    try (LineSocket connection = connected()) {
      request(connection);
      while (true) {
        List<String> line = TabLines.values(receive(connection));
        if (line.get(0).equals("LIST") && line.size() > 2) {
          visitor.visit(line.get(2));
          previous = line.get(2);
        } else if (line.get(0).equals("DONE") && !line.contains("fail")) { // 2.3.19 adds a tab
          return;
        } else {
          throw new Failure(
              Outcome.TEMPORARY_FAILURE,
              "Dovecot cannot list its users"
                  + (previous.isEmpty() ? "" : " behind " + previous)
                  + ": its userdb may not be able to, and its log says more");
        }
      }
    }
  }

  private LineSocket connected() throws Failure {
    try {
      return connect();
    } catch (IOException e) {
      throw Failure.temporary("Dovecot cannot be asked on " + socket, e);
    }
  }

  private void request(LineSocket connection) throws Failure {
    try {
      connection.send(TabLines.line("LIST", "1", "service=doveadm", "user=*"));
    } catch (IOException e) {
      throw Failure.temporary("Dovecot cannot be asked on " + socket, e);
    }
  }

  private String receive(LineSocket connection) throws Failure {
    try {
      return connection.receive();
    } catch (IOException e) {
      throw Failure.temporary("Dovecot does not list its users to the end", e);
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
