package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a run gives way to a server's load, in a time that is played. */
class ThrottleTest {
  private final Pace pace = new Pace(Rate.UNLIMITED);
  private final Throttle throttle = new Throttle("s", new MaxLoad(4, false), pace);

  /** A machine whose load average follows what is done there. */
  private final class Machine {
    private static final double LAG_SECONDS = 60;
    private static final int PERIOD = 15;
    private static final double MOST = 200;

    private double others;
    private final double ofUser;
    private double load;
    private final List<Double> loads = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();

    /**
     * @param others load that others make
     * @param ofUser load of one user a second
     */
    Machine(double others, double ofUser) {
      this.others = others;
      this.ofUser = ofUser;
      load = others;
      throttle.take(load, 0);
    }

    void run(int periods) {
      loads.clear();
      rates.clear();
      for (int i = 0; i < periods; i++) {
        double rate = Math.min(MOST, pace.rate().perSecond());
        for (int second = 0; second < PERIOD; second++) {
          load += (others + ofUser * rate - load) / LAG_SECONDS;
        }
        throttle.take(load, rate);
        loads.add(load);
        rates.add(Math.min(MOST, pace.rate().perSecond()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0.1", "3, 0.1", "0, 1", "0, 0.03", "3.5, 0.02"})
  void itComesToRestBelowTheLimit(double others, double ofUser) {
    Machine machine = new Machine(others, ofUser);
    machine.run(100);
    machine.run(40);
    assertThat(machine.loads).allMatch(load -> load <= 4.01 && load >= 2.5);
    assertThat(machine.rates).as("no swinging").containsOnly(machine.rates.get(0));
    assertThat(machine.rates.get(0)).isGreaterThan(1);
  }

  @Test
  void aServerThatIsBusyWithOthersStillGetsAUserInTenSeconds() {
    Machine machine = new Machine(50, 0.1);
    machine.run(100);
    assertThat(pace.rate()).isEqualTo(new Rate(0.1));
    assertThat(throttle.why()).contains("s 6/min for its load");
  }

  @Test
  void itGoesOnAsBeforeWhenOthersAreDone() {
    Machine machine = new Machine(50, 0.01);
    machine.run(20);
    machine.others = 0;
    machine.run(100);
    assertThat(machine.rates.get(99)).isEqualTo(200);
    assertThat(throttle.why()).isEmpty();
  }

  @Test
  void whoIsNotBusyIsLeftAlone() {
    Machine machine = new Machine(1, 0.001);
    machine.run(50);
    assertThat(pace.rate()).isEqualTo(Rate.UNLIMITED);
  }

  @Test
  void whatAServerMayBeginWithoutLoadStays() {
    Pace slow = new Pace(new Rate(2));
    Throttle limited = new Throttle("s", new MaxLoad(4, false), slow);
    limited.take(1, 0);
    assertThat(slow.rate()).isEqualTo(new Rate(2));
  }

  @Test
  void nobodyIsBegunBeforeTheLoadIsKnown() {
    assertThat(pace.missing()).isPositive();
    throttle.take(1, 0);
    assertThat(pace.missing()).isZero();
  }

  @Test
  void changesAreSaidOnce() {
    assertThat(throttle.take(5, 0))
        .contains("Server s: load 5.00 is above --max-load; it begins 6/min");
    assertThat(throttle.take(5, 0.1)).isEmpty();
    for (int i = 0; i < 20; i++) {
      throttle.take(0, 0.1);
    }
    assertThat(throttle.why()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0%", "-1", "x", "101%", "1.234", "10000", "4 %", "%", "1e3"})
  void whatIsNoLoadIsRefused(String text) {
    assertThat(MaxLoad.of(text)).isEmpty();
  }

  @Test
  void pressureIsTheWorseOfTwo() {
    MaxLoad pressure = MaxLoad.of("30%").orElseThrow();
    assertThat(
            pressure.of(
                Map.of(Message.Clock.CPU_PRESSURE, 1250L, Message.Clock.IO_PRESSURE, 4000L)))
        .hasValue(40);
    assertThat(pressure.of(Map.of(Message.Clock.LOAD, 100L))).isEmpty();
    assertThat(MaxLoad.of("2.5")).isEqualTo(Optional.of(new MaxLoad(2.5, false)));
    assertThat(new MaxLoad(2.5, false).of(Map.of(Message.Clock.LOAD, 150L))).hasValue(1.5);
    assertThat(new MaxLoad(2.5, false).of(Map.of())).isEmpty();
  }
}
