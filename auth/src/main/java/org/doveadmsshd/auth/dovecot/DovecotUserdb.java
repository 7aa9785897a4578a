package org.doveadmsshd.auth.dovecot;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final Path socket;
  private final boolean asksForProxy;
  private final AuthConnections connections;

  /**
   * @param asksForProxy whether the passdb is asked, too, on which host a user's mail is; {@link
   *     MailUser#proxyHost} then tells
   */
  public DovecotUserdb(Path socket, boolean asksForProxy) {
    this(socket, asksForProxy, AuthConnections.PATIENCE);
  }

  DovecotUserdb(Path socket, boolean asksForProxy, Duration patience) {
    this.socket = socket;
    this.asksForProxy = asksForProxy;
    connections = new AuthConnections(socket, patience);
  }

  @Override
  public Optional<MailUser> find(String name) throws Failure {
    if (asksForProxy) {
      Map<String, String> passdb = AuthConnections.fields(connections.ask("PASS", name), "PASS");
      if (passdb == null) {
        return Optional.empty();
      }
      if (passdb.containsKey("proxy") && passdb.containsKey("host")) {
        return Optional.of(new MailUser(name, Map.of("proxy", "yes", "host", passdb.get("host"))));
      }
    }
    List<String> answer = connections.ask("USER", name);
    Map<String, String> fields = AuthConnections.fields(answer, "USER");
    return fields == null ? Optional.empty() : Optional.of(new MailUser(answer.get(2), fields));
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
      return connections.connect();
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
    connections.close();
  }
}
