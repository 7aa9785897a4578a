package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPatternsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.1 | 192.0.2.1 | true",
        "192.0.2.1 | 192.0.2.2 | false",
        "192.0.2.0/24 | 192.0.2.255 | true",
        "192.0.2.0/24 | 192.0.3.0 | false",
        "192.0.2.77/24 | 192.0.2.1 | true",
        "192.0.2.0/25 | 192.0.2.127 | true",
        "192.0.2.0/25 | 192.0.2.128 | false",
        "192.0.2.5/31 | 192.0.2.4 | true",
        "192.0.2.5/32 | 192.0.2.4 | false",
        "0.0.0.0/0 | 203.0.113.9 | true",
        "0.0.0.0/0 | 2001:db8::1 | false",
        "::/0 | 2001:db8::1 | true",
        "::/0 | 192.0.2.1 | false",
        "2001:db8::/32 | 2001:db8:ffff::1 | true",
        "2001:db8::/32 | 2001:db9::1 | false",
        "2001:DB8::1 | 2001:db8:0:0:0:0:0:1 | true",
        "::ffff:192.0.2.1 | 192.0.2.1 | true",
        "192.0.2.1 | ::ffff:192.0.2.1 | true",
        "192.0.2.* | 192.0.2.200 | true",
        "192.0.2.* | 192.0.20.2 | false",
        "192.0.2.? | 192.0.2.9 | true",
        "192.0.2.? | 192.0.2.10 | false",
        "* | 2001:db8::1 | true",
        "2001:DB8:* | 2001:db8::1 | true",
        "192.0.2.1, 198.51.100.0/24 | 198.51.100.7 | true",
        "192.0.2.0/24,!192.0.2.9 | 192.0.2.9 | false",
        "!192.0.2.9,192.0.2.0/24 | 192.0.2.9 | false",
        "192.0.2.0/24,!192.0.2.9 | 192.0.2.8 | true",
        "!192.0.2.9 | 192.0.2.8 | false",
        "192.0.2.0/24,!192.0.2.1? | 192.0.2.15 | false",
      })
  void addressesAreAmongThemOrNot(String list, String address, boolean isAmong) {
    assertThat(AddressPatterns.parse(list).matches(address)).isEqualTo(isAmong);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "!",
        ",",
        ",,",
        ",192.0.2.1",
        "example.org",
        "*.example.org",
        "192.0.2.1/33",
        "192.0.2.1/-1",
        "192.0.2.1/",
        "192.0.2.1/24/8",
        "2001:db8::/129",
        "192.0.2.*/24",
        "192.0.2.256",
        "2001:db8:::1",
        "!!192.0.2.1",
        "192.0.2.1 192.0.2.2",
        "localhost",
        "fe80::1%eth0",
        "١٩٢.٠.٢.١",
      })
  void whatIsNoAddressAndNoNetworkIsRefused(String list) {
    assertThatThrownBy(() -> AddressPatterns.parse(list))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost", "example.org", "UNKNOWN", "192.0.2.1:22", "192.0.2.0/24"})
  void whatIsNoNumericAddressIsNeverAmongThem(String address) {
    assertThat(AddressPatterns.parse("*,0.0.0.0/0,::/0").matches(address)).isFalse();
  }
}
