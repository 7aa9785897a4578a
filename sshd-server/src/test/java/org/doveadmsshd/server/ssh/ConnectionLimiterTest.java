package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Random;
import org.doveadmsshd.auth.EarlyDrop;
import org.junit.jupiter.api.Test;

class ConnectionLimiterTest {
  private int port = 1;

  private static ConnectionLimiter limiter(String all, String perNetwork) {
    return new ConnectionLimiter(
        200, EarlyDrop.parse(all), EarlyDrop.parse(perNetwork), new Random(1));
  }

  private SocketAddress from(String address) {
    return new InetSocketAddress(address, port++);
  }

  /** How many of a number of newcomers may stay. */
  private int admitted(ConnectionLimiter limiter, String address, int many) {
    int admitted = 0;
    for (int i = 0; i < many; i++) {
      admitted += limiter.admit(from(address)).isEmpty() ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void silentStrangersFromAFewNetworksKeepNobodyElseOut() {
    ConnectionLimiter limiter = limiter("10:30:100", "8:30:16");
    for (String stranger : new String[] {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
      assertThat(admitted(limiter, stranger, 1000)).isBetween(5, 16);
    }
    int others = 0;
    for (int i = 0; i < 100; i++) {
      SocketAddress other = from("198.51.100.1");
      if (limiter.admit(other).isEmpty()) {
        others++;
        limiter.forget(other); // it has logged in
      }
    }
    assertThat(others).isBetween(40, 80);
  }

  @Test
  void oneNetworkAloneHasNobodyElseRefused() {
    ConnectionLimiter limiter = limiter("10:30:100", "8:30:16");
    assertThat(admitted(limiter, "192.0.2.1", 1000)).isEqualTo(16);
    assertThat(admitted(limiter, "198.51.100.1", 2)).isEqualTo(2);
  }

  @Test
  void anIpv6NetworkCountsAsOne() {
    ConnectionLimiter limiter = limiter("10:30:100", "2");
    assertThat(admitted(limiter, "2001:db8:0:1::1", 1)).isEqualTo(1);
    assertThat(admitted(limiter, "2001:db8:0:1::2", 2)).isEqualTo(1);
    assertThat(admitted(limiter, "2001:db8:0:2::1", 1)).isEqualTo(1);
  }

  @Test
  void whoIsGoneCountsNoMore() {
    ConnectionLimiter limiter = limiter("1", "1");
    SocketAddress first = from("192.0.2.1");
    assertThat(limiter.admit(first)).isEmpty();
    assertThat(limiter.admit(from("192.0.2.2"))).contains("Exceeded MaxStartups");
    limiter.forget(first);
    limiter.forget(first);
    assertThat(admitted(limiter, "192.0.2.2", 2)).isEqualTo(1);
  }
}
