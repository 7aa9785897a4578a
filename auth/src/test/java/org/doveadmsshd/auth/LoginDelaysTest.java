package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoginDelaysTest {
  private static final String HERE = "192.0.2.1";
  private long now;
  private final LoginDelays delays = new LoginDelays(Duration.ofSeconds(2), () -> now);

  @Test
  void whoFailsWaitsLongerEveryTimeAndIsForgivenAfterAWhile() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      waits.add(delays.before(HERE).toSeconds());
      assertThat(delays.failed(HERE)).isEqualTo(Duration.ofSeconds(2));
    }
    assertThat(waits).containsExactly(0L, 2L, 4L, 8L, 15L, 15L, 15L);
    assertThat(delays.before("192.0.2.2")).isZero();
    now += TimeUnit.MINUTES.toNanos(5) + 1;
    assertThat(delays.before(HERE)).isZero();
  }

  @Test
  void successIsForgiveness() {
    delays.failed(HERE);
    delays.succeeded(HERE);
    assertThat(delays.before(HERE)).isZero();
  }

  @Test
  void anotherAddressOfTheSameIpv6NetworkIsTheSame() {
    delays.failed("2001:db8:1:2:3:4:5:6");
    assertThat(delays.before("2001:db8:1:2:a:b:c:d")).isEqualTo(Duration.ofSeconds(2));
    assertThat(delays.before("2001:db8:1:3:3:4:5:6")).isZero();
  }

  @Test
  void delaysCanBeSwitchedOff() {
    LoginDelays none = new LoginDelays(Duration.ZERO, () -> now);
    assertThat(none.failed(HERE)).isZero();
    assertThat(none.before(HERE)).isZero();
  }

  @Test
  void aFloodOfAddressesTakesLittleMemory() {
    for (int i = 0; i < 100_000; i++) {
      delays.failed("10.0." + i / 256 + "." + i % 256);
    }
    assertThat(delays.before("10.0.390.159")).isEqualTo(Duration.ofSeconds(2));
  }
}
