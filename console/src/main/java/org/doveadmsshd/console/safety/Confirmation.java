package org.doveadmsshd.console.safety;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Sizes;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;

/**
 * Shows what a command would take away, and asks. The dry run is a command of its own, so it can be
 * stopped as any other; then, and after any answer but yes, nothing is changed.
 */
public final class Confirmation implements Caution {
  private static final String YES = "yes";

  private final Console.Question question;

  public Confirmation(Console.Question question) {
    this.question = question;
  }

  @Override
  public OptionalInt before(Removal removal, Console console, Lines lines) throws IOException {
    Optional<List<String>> dryRun;
    try {
      dryRun = removal.dryRun();
    } catch (Failure e) {
      return OptionalInt.empty(); // the command says so itself
    }
    if (dryRun.isEmpty()) {
      return ask("%s for %s?".formatted(title(removal), removal.whose()), console);
    }
    LossCounter losses = new LossCounter();
    DryRun run = new DryRun();
    int code = run.carryOut(dryRun.get(), counting(console, losses), lines);
    if (run.cancelled || code != 0 && losses.users() == 0) {
      return OptionalInt.of(code);
    }
    if (losses.users() == 0) {
      say(console, "Nothing matches; nothing was done (--yes carries it out all the same)");
      return OptionalInt.of(0);
    }
    show(losses, console);
    if (code != 0) {
      say(console, "This is not all: mails of " + users(run.failed()) + " could not be counted");
    }
    return ask(
        "%s%s %s of %s?"
            .formatted(
                title(removal),
                removal.command().contains(" ") ? ":" : "",
                mails(losses.mails(), losses.bytes()),
                users(losses.users())),
        console);
  }

  private static Console counting(Console console, LossCounter losses) {
    return console.with(losses);
  }

  /** The command that counts. */
  private static final class DryRun {
    private volatile boolean cancelled;
    private volatile Running running;

    int carryOut(List<String> words, Console console, Lines lines) throws IOException {
      return lines.run(words, console, this::seen);
    }

    private Running seen(Running run) {
      running = run;
      return () -> {
        cancelled = true;
        run.cancel();
      };
    }

    long failed() {
      return running == null ? 0 : running.failed();
    }
  }

  private static void show(LossCounter losses, Console console) throws IOException {
    List<LossCounter.Loss> largest = losses.largest();
    for (LossCounter.Loss each : largest) {
      say(console, "  " + each.user() + ": " + mails(each.mails(), each.bytes()));
    }
    long others = losses.users() - largest.size();
    if (others > 0) {
      say(console, "  and of %,d more".formatted(others));
    }
  }

  private OptionalInt ask(String text, Console console) throws IOException {
    String answer = question.ask(Printable.line(text + " Type yes: "));
    if (answer.strip().equals(YES)) {
      return OptionalInt.empty();
    }
    say(console, "Nothing was changed");
    return OptionalInt.of(Outcome.CANCELLED.exitCode());
  }

  private static String title(Removal removal) {
    String name = removal.command();
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  private static String mails(long mails, long bytes) {
    String number = mails == 1 ? "1 mail" : "%,d mails".formatted(mails);
    return number + " (" + Sizes.text(bytes) + ")";
  }

  private static String users(long users) {
    return users == 1 ? "1 user" : "%,d users".formatted(users);
  }

  private static void say(Console console, String text) throws IOException {
    console.error().write((Printable.line(text) + "\n").getBytes(StandardCharsets.UTF_8));
    console.error().flush();
  }
}
