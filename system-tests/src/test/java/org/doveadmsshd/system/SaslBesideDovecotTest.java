package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our clients of SASL against the servers of a running Dovecot. */
class SaslBesideDovecotTest {
  private static Process dovecot;
  private static Path run;

  @BeforeAll
  static void start() throws Exception {
    assumeThat(LiveDovecot.isPossible()).isTrue();
    run = Files.createTempDirectory("sasl"); // names of sockets are short
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(run.resolve("users"), "us=er@example.org:{PLAIN}p\u00e4ncil\n");
    String configuration =
        """
        base_dir = %1$s/run
        state_dir = %1$s/state
        log_path = %1$s/log
        protocols =
        ssl = no
        auth_failure_delay = 0
        auth_username_chars =
        auth_mechanisms = plain scram-sha-1 scram-sha-256 cram-md5
        passdb {
          driver = passwd-file
          args = %1$s/users
        }
        service auth {
          unix_listener auth-client {
            mode = 0600
          }
        }
        """
            .formatted(run);
    dovecot = LiveDovecot.start(run, configuration, "run/auth-client");
  }

  @AfterAll
  static void stop() throws Exception {
    if (dovecot != null) {
      dovecot.destroy();
      dovecot.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static Stream<SaslClient> clients() {
    return Stream.of("p\u00e4ncil")
        .flatMap(
            password ->
                Stream.of(
                    SaslClient.plain("", "us=er@example.org", password),
                    SaslClient.scramSha1("", "us=er@example.org", password),
                    SaslClient.scramSha256("", "us=er@example.org", password),
                    SaslClient.cramMd5("us=er@example.org", password)));
  }

  @ParameterizedTest
  @MethodSource("clients")
  void dovecotAcceptsUs(SaslClient client) throws Exception {
    assertThat(authenticate(client)).startsWith("OK\t");
    assertThat(client.isSatisfied()).isTrue();
  }

  @Test
  void dovecotRefusesAWrongPassword() throws Exception {
    for (SaslClient client :
        List.of(
            SaslClient.scramSha256("", "us=er@example.org", "wrong"),
            SaslClient.cramMd5("us=er@example.org", "wrong"))) {
      assertThat(authenticate(client)).startsWith("FAIL\t");
    }
  }

  private static String authenticate(SaslClient client) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(run.resolve("run/auth-client"));
    try (SocketChannel channel = SocketChannel.open(address)) {
      BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
      OutputStream out = Channels.newOutputStream(channel);
      say(out, "VERSION\t1\t2\nCPID\t" + System.nanoTime() % 1_000_000);
      while (!in.readLine().equals("DONE")) {
        // what mechanisms it has, and so on
      }
      byte[] initial = client.initialResponse();
      String encoded = Base64.getEncoder().encodeToString(initial);
      say(
          out,
          "AUTH\t1\t%s\tservice=doveadm\tsecured%s"
              .formatted(client.mechanism(), initial.length == 0 ? "" : "\tresp=" + encoded));
      String line;
      while ((line = in.readLine()).startsWith("CONT\t1")) {
        byte[] challenge = Base64.getDecoder().decode(line.substring("CONT\t1\t".length()));
        byte[] response = client.respond(challenge);
        say(out, "CONT\t1\t" + Base64.getEncoder().encodeToString(response));
      }
      return line;
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
