package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.CommandLineOptions;

/**
 * How a run over several users is to go.
 *
 * @param maxRate how many users it begins
 * @param maxLoad how busy servers may be that it works on
 * @param limit how many users it is for at most
 * @param canary how many users are worked on before all others, to see whether it is well with them
 * @param mostFailures after how many failures no further user is begun
 * @param shuffle the seed of an order of chance
 * @param ordered whether users are printed strictly in the order in which they are named
 */
public record Flow(
    Rate maxRate,
    Optional<MaxLoad> maxLoad,
    OptionalLong limit,
    OptionalLong canary,
    OptionalLong mostFailures,
    OptionalLong shuffle,
    boolean ordered) {
  /** A run for as many users as there are, as fast as it can. */
  public static final Flow FREE =
      new Flow(
          Rate.UNLIMITED,
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          false);

  /** Seeds that are drawn are short enough to be typed. */
  private static final long DRAWN = 1_000_000_000;

  private static final long MOST = 1_000_000_000;

  /**
   * Reads the options before a command.
   *
   * @param users whom the command is for
   * @throws Failure that says what is wrong with them
   */
  static Flow parse(Words global, UserSelection users) throws Failure {
    Optional<Option> given =
        CommandLineOptions.FLOW.stream().filter(option -> global.has(option.name())).findFirst();
    if (given.isEmpty()) {
      return FREE;
    }
    if (!users.isSeveral()) {
      throw Failure.usage(
          "--%s is for a command about several users: with -A, -F or a mask behind -u"
              .formatted(given.get().name()));
    }
    Flow flow =
        new Flow(
            rate(global),
            maxLoad(global),
            count(global, "limit"),
            count(global, "canary"),
            count(global, "stop-after-failures"),
            seed(global),
            global.has("ordered"));
    flow.check();
    return flow;
  }

  /** Refuses what makes no sense together. */
  private void check() throws Failure {
    long most = limit.orElse(Long.MAX_VALUE);
    if (canary.orElse(0) >= most) {
      throw Failure.usage(
          "--canary %d leaves nobody of --limit %d to go on with"
              .formatted(canary.getAsLong(), most));
    }
    if (mostFailures.orElse(0) > most) {
      throw Failure.usage(
          "--stop-after-failures %d cannot happen with --limit %d"
              .formatted(mostFailures.getAsLong(), most));
    }
  }

  private static Rate rate(Words global) throws Failure {
    Optional<String> text = global.value("max-rate");
    return text.isEmpty()
        ? Rate.UNLIMITED
        : Rate.of(text.get())
            .orElseThrow(
                () ->
                    Failure.usage(
                        "Invalid --max-rate: %s (try 50, 0.5/s or 30/min; at most 1000000/s)"
                            .formatted(text.get())));
  }

  private static Optional<MaxLoad> maxLoad(Words global) throws Failure {
    Optional<String> text = global.value("max-load");
    Optional<MaxLoad> load = text.flatMap(MaxLoad::of);
    if (text.isPresent() && load.isEmpty()) {
      throw Failure.usage(
          "Invalid --max-load: %s (try 4, a load average, or 30%%, a pressure)"
              .formatted(text.get()));
    }
    return load;
  }

  private static OptionalLong seed(Words global) throws Failure {
    Optional<String> text = global.value(CommandLineOptions.SHUFFLE.name());
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    if (text.get().isEmpty()) {
      return OptionalLong.of(draw());
    }
    if (!text.get().matches("[0-9]{1,18}")) {
      throw Failure.usage(
          "Invalid --shuffle: %s (a number as a seed, or --shuffle alone)".formatted(text.get()));
    }
    return OptionalLong.of(Long.parseLong(text.get()));
  }

  private static long draw() {
    return ThreadLocalRandom.current().nextLong(DRAWN);
  }

  /**
   * The words after {@code doveadm} with a seed for an order of chance that has none, so that the
   * same words mean the same order each time.
   */
  public static List<String> seeded(List<String> words) throws Failure {
    String bare = "--" + CommandLineOptions.SHUFFLE.name();
    int before =
        words.size()
            - Words.parseUntilPositional("", CommandLineOptions.GLOBAL, words).positionals().size();
    List<String> seeded = new ArrayList<>(words);
    seeded.subList(0, before).replaceAll(word -> word.equals(bare) ? bare + "=" + draw() : word);
    return seeded;
  }

  private static OptionalLong count(Words global, String option) throws Failure {
    Optional<String> text = global.value(option);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    long count = text.get().matches("[0-9]{1,10}") ? Long.parseLong(text.get()) : 0;
    if (count < 1 || count > MOST) {
      throw Failure.usage(
          "Invalid --%s: %s (a number of users from 1 to %d)".formatted(option, text.get(), MOST));
    }
    return OptionalLong.of(count);
  }
}
