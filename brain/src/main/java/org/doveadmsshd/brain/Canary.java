package org.doveadmsshd.brain;

import java.io.IOException;
import org.doveadmsshd.base.Outcome;

/** Decides, when the canaries of a run have ended, whether others follow. */
final class Canary {
  private static final String YES = "yes";

  private final Console console;
  private final Printer printer;
  private final Reporter reporter;

  Canary(Console console, Printer printer, Reporter reporter) {
    this.console = console;
    this.printer = printer;
    this.reporter = reporter;
  }

  /**
   * Decides; may wait for a person.
   *
   * @param canaries how many there were
   * @param bad how many of them were not ok
   */
  boolean goesOn(long canaries, long bad) throws IOException {
    String how =
        "%s, %s".formatted(users(canaries), bad == 0 ? "all ok" : "%,d not ok".formatted(bad));
    if (console.question().isEmpty()) {
      if (bad > 0) {
        refuse("Canary: " + how + ", and nobody can be asked; no further user was begun");
      }
      return bad == 0;
    }
    printer.tick();
    reporter.setAsking(true);
    boolean on;
    try {
      on =
          console
              .question()
              .get()
              .ask("Canary: " + how + ". Go on with the others? Type yes: ")
              .strip()
              .equals(YES);
    } finally {
      reporter.setAsking(false);
    }
    if (!on) {
      refuse("Canary: " + how + "; no further user was begun");
    }
    return on;
  }

  private void refuse(String text) throws IOException {
    reporter.failed(Outcome.NOT_BEGUN, text);
  }

  private static String users(long count) {
    return count == 1 ? "1 user" : "%,d users".formatted(count);
  }
}
