package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworksTest {
  @Test
  void anIpv4AddressIsItsOwnNetwork() {
    assertThat(Networks.of("192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(Networks.of("::ffff:192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(Networks.of("a user")).isEqualTo("a user");
  }

  @Test
  void anIpv6NetworkIsThatOfTheFirst64BitsHoweverTheAddressIsWritten() {
    String network = Networks.of("2001:db8:1:2:3:4:5:6");
    assertThat(Networks.of("2001:db8:1:2::1")).isEqualTo(network);
    assertThat(Networks.of("2001:db8:1:3::1")).isNotEqualTo(network);
    assertThat(Networks.of("::1")).isNotEqualTo(Networks.of("2001:db8::1"));
    assertThat(Networks.of("2001:db8::1")).isEqualTo(Networks.of("2001:db8:0:0:1:2:3:4"));
  }
}
