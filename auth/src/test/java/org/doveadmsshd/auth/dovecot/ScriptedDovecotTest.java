package org.doveadmsshd.auth.dovecot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb.Verdict;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an auth process may say that a real one seldom does. */
class ScriptedDovecotTest {
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final LoginAttempt ATTEMPT = new LoginAttempt("admin", "pw", "192.0.2.7", "jane");

  /** A greeting as of 2.4, which comes only after the client has said its version. */
  private static final String GREETING =
      "VERSION\t1\t4\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t2\nCOOKIE\tab\nDONE\n";

  private static final String USERDB_GREETING = "VERSION\t1\t1\nSPID\t77\n";

  @TempDir Path directory;
  private Server server;

  /**
   * Greets a client that has sent its version, and answers every further line with the next script.
   */
  private static final class Server extends Thread implements Closeable {
    final Path socket;
    final Queue<String> received = new ConcurrentLinkedQueue<>();
    private final ServerSocketChannel listening;
    private final String greeting;
    private final Queue<String> answers;
    private volatile SocketChannel current;

    Server(Path directory, String greeting, String... answers) throws IOException {
      socket = directory.resolve("auth");
      this.greeting = greeting;
      this.answers = new ConcurrentLinkedQueue<>(List.of(answers));
      listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listening.bind(UnixDomainSocketAddress.of(socket));
      start();
    }

    @Override
    public void run() {
      while (true) {
        try (SocketChannel client = listening.accept()) {
          serve(client);
        } catch (IOException e) {
          return;
        }
      }
    }

    private void serve(SocketChannel client) throws IOException {
      current = client;
      BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
      OutputStream out = Channels.newOutputStream(client);
      for (String line; (line = in.readLine()) != null; ) {
        if (line.startsWith("VERSION")) {
          out.write(greeting.getBytes(StandardCharsets.UTF_8));
        } else if (!line.startsWith("CPID")) {
          received.add(line);
          String answer = answers.poll();
          if (answer == null) {
            return; // and the connection is closed
          }
          out.write(answer.getBytes(StandardCharsets.UTF_8));
        }
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
      if (current != null) {
        current.close();
      }
    }
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private DovecotPassdb passdb(String greeting, String... answers) throws IOException {
    server = new Server(directory, greeting, answers);
    return new DovecotPassdb(server.socket, "", PATIENCE);
  }

  private DovecotUserdb userdb(String greeting, boolean proxy, String... answers)
      throws IOException {
    server = new Server(directory, greeting, answers);
    return new DovecotUserdb(server.socket, proxy, PATIENCE);
  }

  @Test
  void aMasterIsVerifiedForTheMailUserHeNames() throws Exception {
    DovecotPassdb passdb = passdb(GREETING, "OK\t1\tuser=jane\toriginal_user=admin\tx=a\001tb\n");
    assertThat(passdb.verify(ATTEMPT).fields()).containsEntry("x", "a\tb");
    assertThat(server.received.peek())
        .startsWith("AUTH\t1\tPLAIN\tservice=doveadm\t")
        .contains("\trip=192.0.2.7\t")
        .endsWith("\tresp=amFuZQBhZG1pbgBwdw==");
  }

  @Test
  void aRefusalIsTellFromNotKnowing() throws Exception {
    assertThat(passdb(GREETING, "FAIL\t1\tuser=admin\n").verify(ATTEMPT).verdict())
        .isEqualTo(Verdict.WRONG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FAIL\t1\tcode=temp_fail\treason=database down\n",
        "FAIL\t1\ttemp\n",
        "FAIL\t2\n",
        "OK\t2\tuser=admin\n",
        "OK\n",
        "CONT\t1\tAAAA\n",
        "\n",
        "nonsense",
        ""
      })
  void whatIsNoAnswerIsNeitherYesNorNo(String answer) throws Exception {
    DovecotPassdb passdb = passdb(GREETING, answer);
    assertThatThrownBy(() -> passdb.verify(ATTEMPT))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"VERSION\t2\t0\nDONE\n", "", "VERSION\n", "DONE"})
  void aGreetingThatIsNoneIsATemporaryFailure(String greeting) throws Exception {
    DovecotPassdb passdb = passdb(greeting);
    assertThatThrownBy(() -> passdb.verify(ATTEMPT)).isInstanceOf(Failure.class);
    assertThat(server.received).isEmpty();
  }

  @Test
  void aLineWithoutEndIsNotKept() throws Exception {
    DovecotPassdb passdb = passdb(GREETING, "x".repeat(1_000_000));
    assertThatThrownBy(() -> passdb.verify(ATTEMPT))
        .hasMessageContaining("cannot be asked")
        .hasRootCauseMessage("a line without end");
  }

  @Test
  void namesCannotSmuggleFieldsIn() throws Exception {
    DovecotUserdb userdb = userdb(USERDB_GREETING, false, "NOTFOUND\t1\n");
    assertThat(userdb.find("a\tservice=root\nUSER\t2\tb\0c\001")).isEmpty();
    assertThat(server.received)
        .containsExactly(
            "USER\t1\ta\001tservice=root\001nUSER\001t2\001tb\0010c\0011\tservice=doveadm");
    assertThat(userdb.find("ü".repeat(600))).as("longer than Dovecot reads").isEmpty();
    assertThat(server.received).hasSize(1);
  }

  @Test
  void aUserOnAnotherHostIsTold() throws Exception {
    DovecotUserdb userdb =
        userdb(
            USERDB_GREETING,
            true,
            "PASS\t1\tuser=jane\tproxy\thost=mail2\tport=143\n",
            "PASS\t2\tuser=joe\n",
            "USER\t3\tjoe\thome=/home/joe\tuid=1000\n",
            "NOTFOUND\t4\n");
    assertThat(userdb.find("jane").get().proxyHost()).contains("mail2");
    assertThat(userdb.find("joe").get().home()).contains("/home/joe");
    assertThat(userdb.find("joe").isPresent()).isFalse();
  }

  @Test
  void aPassdbTellsWhereAUserIsAndNothingElse() throws Exception {
    server =
        new Server(
            directory,
            USERDB_GREETING,
            "PASS\t1\tuser=jane\tproxy\thost=127.0.0.2\tport=143\tdestuser=j\001tx\n",
            "NOTFOUND\t2\n",
            "FAIL\t3\treason=ring not synced\n");
    try (DovecotFields fields = new DovecotFields(server.socket, PATIENCE)) {
      PasswordStore.Stored jane = fields.find(new LoginAttempt("Jane", "", "")).orElseThrow();
      assertThat(jane.password()).isEmpty();
      assertThat(jane.fields())
          .containsEntry("host", "127.0.0.2")
          .containsEntry("port", "143")
          .containsEntry("destuser", "j\tx");
      assertThat(fields.find(new LoginAttempt("joe", "", ""))).isEmpty();
      assertThatThrownBy(() -> fields.find(new LoginAttempt("joe", "", "")))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE))
          .hasMessageContaining("ring not synced");
    }
    assertThat(server.received.peek()).isEqualTo("PASS\t1\tjane\tservice=doveadm");
  }

  @Test
  void aConnectionThatWasClosedMeanwhileIsMadeAnew() throws Exception {
    DovecotUserdb userdb = userdb(USERDB_GREETING, false, "USER\t1\tjane\thome=/j\n");
    assertThat(userdb.find("jane")).isPresent();
    server.close();
    server.join();
    java.nio.file.Files.delete(server.socket);
    server = new Server(directory, USERDB_GREETING, "USER\t2\tjane\thome=/j\n");
    assertThat(userdb.find("jane")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"FAIL\t1\n", "FAIL\t1\treason=sql down\n", "USER\t1\n", "USER\t9\tx\n"})
  void aUserOfWhomNothingCanBeSaidIsATemporaryFailure(String answer) throws Exception {
    DovecotUserdb userdb = userdb(USERDB_GREETING, false, answer);
    assertThatThrownBy(() -> userdb.find("jane")).isInstanceOf(Failure.class);
  }

  @Test
  void aListThatEndsEarlyIsAFailure() throws Exception {
    DovecotUserdb userdb =
        userdb(USERDB_GREETING, false, "LIST\t1\ta\nLIST\t1\tb\nDONE\t1\tfail\n");
    List<String> names = new ArrayList<>();
    assertThatThrownBy(() -> userdb.forEach(names::add)).hasMessageContaining("behind b");
    assertThat(names).containsExactly("a", "b");
  }
}
