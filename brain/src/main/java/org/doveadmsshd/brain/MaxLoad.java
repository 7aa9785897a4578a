package org.doveadmsshd.brain;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.protocol.Message;

/**
 * How busy a server may be while users are begun there: {@code 4} is a load average over one
 * minute, {@code 30%} the part of the last ten seconds in which somebody waited for processors or
 * disks, whichever is more.
 *
 * @param most more than 0
 * @param isPressure whether it is a percentage
 */
public record MaxLoad(double most, boolean isPressure) {
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,4}(?:\\.[0-9]{1,2})?)(%?)");
  private static final double HUNDREDTHS = 100;

  /** How long the kernel's figures lag behind, about a quarter or a half. */
  private static final Duration OF_AVERAGE = Duration.ofSeconds(15);

  private static final Duration OF_PRESSURE = Duration.ofSeconds(5);

  /** Reads one; empty for anything else, for zero, and above 100%. */
  public static Optional<MaxLoad> of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    double most = Double.parseDouble(matcher.group(1));
    boolean isPressure = !matcher.group(2).isEmpty();
    return most <= 0 || isPressure && most > HUNDREDTHS
        ? Optional.empty()
        : Optional.of(new MaxLoad(most, isPressure));
  }

  /**
   * What a server's figures are in this measure; empty when it does not know that.
   *
   * @param figures by the names in {@link Message.Clock}
   */
  OptionalDouble of(Map<String, Long> figures) {
    Long cpu = figures.get(Message.Clock.CPU_PRESSURE);
    Long io = figures.get(Message.Clock.IO_PRESSURE);
    Long average = figures.get(Message.Clock.LOAD);
    if (isPressure) {
      return cpu == null && io == null
          ? OptionalDouble.empty()
          : OptionalDouble.of(Math.max(cpu == null ? 0 : cpu, io == null ? 0 : io) / HUNDREDTHS);
    }
    return average == null ? OptionalDouble.empty() : OptionalDouble.of(average / HUNDREDTHS);
  }

  /** How long to wait for the effect of what was changed before it is changed again. */
  Duration period() {
    return isPressure ? OF_PRESSURE : OF_AVERAGE;
  }

  /** {@code load 4.5}, {@code pressure 30 %}. */
  String text(double figure) {
    return isPressure ? "pressure %.1f %%".formatted(figure) : "load %.2f".formatted(figure);
  }
}
