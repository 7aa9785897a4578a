package org.doveadmsshd.auth.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Hashing;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A database that is down, silent or mad is a temporary failure, soon. */
class SqlDownTest {
  private static final long SOON_SECONDS =
      60; // a connection attempt of the system takes over two minutes

  private static void fails(String driver, int port) {
    SqlSettings settings =
        SqlDatabaseContract.settings(
            driver, "host=127.0.0.1 port=" + port + " dbname=x user=u password=topsecret");
    assertThat(settings.mistakes()).isEmpty();
    assertThat(settings.toString()).doesNotContain("topsecret");
    long begun = System.nanoTime();
    try (SqlDatabase database = new SqlDatabase(settings, new SqlConnections.Patience(500, 1))) {
      for (String asked : List.of("user", "password", "list")) {
        assertThatThrownBy(
                () -> {
                  switch (asked) {
                    case "user" -> database.find("jane");
                    case "password" ->
                        new HashedPassdb(
                                database, "PLAIN", new Hashing(new MemoryBudget(1L << 28).all()))
                            .verify(new LoginAttempt("jane", "x", ""));
                    default -> database.forEach(name -> {});
                  }
                })
            .isInstanceOfSatisfying(
                Failure.class,
                e -> {
                  assertThat(e.outcome().exitCode()).isEqualTo(75);
                  assertThat(e.getMessage()).doesNotContain("topsecret").doesNotContain("127.0");
                });
      }
    }
    assertThat((System.nanoTime() - begun) / 1_000_000_000L).isLessThan(SOON_SECONDS);
  }

  @ParameterizedTest
  @CsvSource({"pgsql", "mysql"})
  void down(String driver) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    fails(driver, port);
  }

  @Test
  void manyQuestionsDoNotWaitOneByOne() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    SqlSettings settings =
        SqlDatabaseContract.settings("pgsql", "host=127.0.0.1 port=" + port + " dbname=x user=u");
    long begun = System.nanoTime();
    try (SqlDatabase database = new SqlDatabase(settings, new SqlConnections.Patience(500, 1))) {
      for (int i = 0; i < 1000; i++) {
        assertThatThrownBy(() -> database.find("jane")).isInstanceOf(Failure.class);
      }
    }
    assertThat((System.nanoTime() - begun) / 1_000_000_000L).as("not 500").isLessThan(250);
  }

  @ParameterizedTest
  @CsvSource({"pgsql, ''", "mysql, ''", "pgsql, nonsense", "mysql, nonsense"})
  void silentOrMad(String driver, String says) throws Exception {
    List<Socket> open = new ArrayList<>();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread answering =
          new Thread(
              () -> {
                try {
                  while (true) {
                    Socket socket = server.accept();
                    open.add(socket);
                    OutputStream out = socket.getOutputStream();
                    out.write(says.repeat(1000).getBytes(StandardCharsets.UTF_8));
                    out.flush();
                  }
                } catch (IOException e) {
                  // the test is over
                }
              });
      answering.start();
      fails(driver, server.getLocalPort());
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void mistakesAreAllNamed() {
    SqlSettings settings =
        new SqlSettings(
            "pgsql",
            "host=/run/postgresql foo=1 maxconns=none",
            "PLAIN",
            java.util.Optional.of("SELECT '%q'"),
            java.util.Optional.of("SELECT '"),
            java.util.Optional.empty());
    assertThat(settings.mistakes()).hasSize(5);
    assertThat(
            new SqlSettings(
                    "oracle",
                    "",
                    "PLAIN",
                    java.util.Optional.empty(),
                    java.util.Optional.empty(),
                    java.util.Optional.empty())
                .mistakes())
        .containsExactly("driver = oracle: expected pgsql, mysql or sqlite");
  }
}
