package org.doveadmsshd.system;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections without a login. */
class StrangersTest {
  private static final String NAME = "SSH-2.0-doveadm-sshd\r\n";

  @TempDir Path directory;

  private static String greeting(Socket socket) throws IOException {
    socket.setSoTimeout(30_000);
    StringBuilder line = new StringBuilder();
    for (int next; (next = socket.getInputStream().read()) >= 0; ) {
      line.append((char) next);
      if (next == '\n') {
        break;
      }
    }
    return line.toString();
  }

  private static Socket from(String address, TestSite site) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(address, 0));
    socket.connect(new InetSocketAddress("127.0.0.1", site.daemon.port()));
    return socket;
  }

  @Test
  void whoIsOneTooManyIsToldSoAndOthersAreLetIn() throws Exception {
    String limits =
        "max_connections_before_login = 100\nmax_connections_before_login_per_address = 3\n";
    try (TestSite site = new TestSite(directory, 1, limits)) {
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        silent.add(from("127.0.0.2", site));
        assertThat(greeting(silent.get(i))).isEqualTo(NAME);
      }
      try (Socket further = from("127.0.0.2", site)) {
        further.getOutputStream().write("SSH-2.0-stranger\r\n".getBytes(US_ASCII));
        assertThat(greeting(further)).isEqualTo("Exceeded MaxStartups\r\n");
        assertThat(further.getInputStream().read()).isEqualTo(-1);
      } catch (java.net.SocketException e) {
        assertThat(e).hasMessageContaining("reset"); // what it said had not been read
      }
      assertThat(site.doveadm("who").code()).isZero();
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }
}
