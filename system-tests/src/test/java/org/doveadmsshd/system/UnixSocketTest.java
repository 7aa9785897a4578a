package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.server.Daemon;
import org.doveadmsshd.settings.Settings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brains on the same machine: who may open a socket, and who he is then. */
class UnixSocketTest {
  private static final String SELF = System.getProperty("user.name");

  @TempDir static Path directory;
  private static TestSite site;
  private static Path sockets;

  @BeforeAll
  static void start() throws Exception {
    sockets = Files.createTempDirectory("socket"); // names of sockets are short
    site =
        new TestSite(
            directory,
            4,
            """
            login_timeout = 12s
            audit_log = audit.log
            max_connections_before_login_per_address = 3
            auth_failure_delay = 1s
            service doveadm {
              unix_listener %1$s/own {
              }
              unix_listener %1$s/all {
                mode = 0666
              }
            }
            master_user %2$s {
              users = *@example.org
            }
            """
                .formatted(sockets, SELF));
  }

  @AfterAll
  static void stop() {
    site.close();
    assertThat(sockets.resolve("own")).doesNotExist();
  }

  private static TestSite.Result through(String socket, String more, String... words)
      throws Exception {
    Files.writeString(
        directory.resolve("doveadm-ssh.conf"),
        "server local {\n socket = %s/%s\n workers = 4\n %s\n}\n".formatted(sockets, socket, more));
    return site.doveadmSsh(words);
  }

  private static Path secret(String text) throws Exception {
    Path file = directory.resolve("secret");
    Files.writeString(file, text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Test
  void whoCanOpenASocketForItsOwnerOnlyIsNotAskedAnything() throws Exception {
    assertThat(Files.getPosixFilePermissions(sockets.resolve("own"))).hasSize(2);
    List<String> all = site.doveadm("user '*'").lines();
    assertThat(through("own", "", "user", "*").lines()).isEqualTo(all);
    TestSite.Result result =
        through("own", "", "-f", "tab", "mailbox", "status", "-A", "messages", "INBOX");
    assertThat(result.code()).isZero();
    assertThat(result.lines()).hasSize(all.size() + 1);
    assertThat(through("own", "", "who").out()).contains("lane", SELF);
  }

  @Test
  void whoOpensAnotherIsWhomTheSystemSaysWithHisScope() throws Exception {
    TestSite.Result users = through("all", "", "user", "*");
    assertThat(users.code()).isZero();
    assertThat(users.lines()).isNotEmpty().allMatch(name -> name.endsWith("@example.org"));
  }

  @Test
  void whoSaysToBeSomebodyElseMustProveIt() throws Exception {
    List<String> all = site.doveadm("user '*'").lines();
    String scram = "mechanism = scram-sha-256\n user = admin\n secret_file = ";
    assertThat(through("all", scram + secret("secret"), "user", "*").lines()).isEqualTo(all);
    String plain = scram.replace("scram-sha-256", "plain");
    assertThat(through("all", plain + secret("secret"), "user", "*").lines()).isEqualTo(all);
    for (String how : List.of(scram, plain)) {
      TestSite.Result wrong = through("all", how + secret("wrong"), "user", "*");
      assertThat(wrong.code()).isNotZero();
      assertThat(wrong.out()).isEmpty();
      assertThat(wrong.error()).contains("Authentication failed");
    }
    Path open = secret("secret");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(through("all", scram + open, "user", "*").error()).contains("chmod 600");
  }

  @Test
  void whoFailsToProveItIsAccountedForAndWaitsNextTime() throws Exception {
    String plain = "mechanism = plain\n user = admin\n secret_file = ";
    assertThat(through("all", plain + secret("wrong"), "who").code()).isNotZero();
    assertThat(Files.readAllLines(directory.resolve("audit.log")))
        .anyMatch(
            line ->
                line.contains("\"event\":\"login\"")
                    && line.contains("\"master\":\"admin\"")
                    && line.contains("\"address\":\"local user " + SELF + "\"")
                    && line.contains("\"exit\":77"));
    long begun = System.nanoTime();
    assertThat(through("all", plain + secret("secret"), "who").code()).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(2));
    assertThat(through("all", "", "user", "*").code()).as("whom the system says").isZero();
  }

  @Test
  void whoDoesNotLogInKeepsNobodyElseOut() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(sockets.resolve("all"));
    List<SocketChannel> open = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) {
        open.add(SocketChannel.open(address));
      }
      int served = 0;
      for (SocketChannel each : open) {
        served += each.read(ByteBuffer.allocate(1000)) > 0 ? 1 : 0; // the hello, or the end
      }
      assertThat(served).isBetween(1, 3);
    } finally {
      for (SocketChannel each : open) {
        each.close();
      }
    }
    SupervisedSite.await("room", () -> isServed(address));
    assertThat(through("all", "", "user", "*").code()).isZero();
  }

  private static boolean isServed(UnixDomainSocketAddress address) {
    try (SocketChannel channel = SocketChannel.open(address)) {
      return channel.read(ByteBuffer.allocate(1000)) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void whoDoesNotSayWhoHeIsIsSentAway() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(sockets.resolve("all"));
    try (SocketChannel channel = SocketChannel.open(address)) {
      ByteBuffer buffer = ByteBuffer.allocate(65536);
      long begun = System.nanoTime();
      while (channel.read(buffer.clear()) >= 0) {
        // its hello
      }
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      assertThat(took).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
    }
    try (SocketChannel channel = SocketChannel.open(address)) {
      channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes()));
      ByteBuffer buffer = ByteBuffer.allocate(65536);
      while (channel.read(buffer) >= 0 && buffer.hasRemaining()) {
        // a fault, and the end
      }
      assertThat(site.doveadm("who").code()).isZero();
    }
  }

  @Test
  void aServerThatIsNotThereIsSaidToBe() throws Exception {
    TestSite.Result result = through("nothing", "", "user", "*");
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.error()).contains("cannot connect to " + sockets.resolve("nothing"));
  }

  private static Daemon another(String socket) throws Exception {
    Path file = directory.resolve("another.conf");
    String text = Files.readString(directory.resolve("sshd.conf"));
    Files.writeString(
        file,
        text.replaceAll("unix_listener [^}]*}", "")
            .replace(
                "service doveadm {", "service doveadm {\nunix_listener " + socket + " {\n}\n"));
    Settings settings = Settings.read(file, CommandCatalog.scopeWords());
    return new Daemon(settings, Clock.systemUTC(), "another");
  }

  @Test
  void whatAnotherServerHasLeftIsReplacedAndNothingElse() throws Exception {
    assertThatThrownBy(() -> another(sockets + "/own").start())
        .isInstanceOf(Failure.class)
        .hasMessageContaining("Another server listens");
    Path file = sockets.resolve("file");
    Files.writeString(file, "precious");
    assertThatThrownBy(() -> another(file.toString()).start()).hasMessageContaining("no socket");
    assertThat(file).hasContent("precious");
    Path left = sockets.resolve("left");
    SocketChannelLeft.leave(left);
    Daemon daemon = another(left.toString());
    daemon.start();
    try {
      assertThat(through("left", "", "user", "*").code()).isZero();
    } finally {
      daemon.stop(Duration.ofSeconds(1));
    }
    assertThat(left).doesNotExist();
  }

  /** A socket on which no process listens any more. */
  private static final class SocketChannelLeft {
    static void leave(Path path) throws Exception {
      try (var channel =
          java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
        channel.bind(UnixDomainSocketAddress.of(path));
      }
      assertThat(Files.exists(path)).isTrue();
    }
  }
}
