package org.doveadmsshd.settings.site;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * How a passdb or userdb has answered since the configuration was read. An answer may be "no": a
 * backend fails when it gives none. Safe for several threads; counting takes no lock.
 */
public final class BackendHealth {
  /** Nobody has it, as it is no name of a user. */
  private static final String NOBODY = "doveadm-sshd.status.invalid";

  private final String name;
  private final LongAdder answers = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile Trouble last;
  private volatile boolean failing;
  private volatile Userdb userdb;
  private final AtomicBoolean probing = new AtomicBoolean();

  /**
   * A question without an answer.
   *
   * @param text why, for administrators
   */
  public record Trouble(Instant when, String text) {}

  /** A question that is asked of a backend. */
  @FunctionalInterface
  interface Question<T> {
    T ask() throws Failure;
  }

  /**
   * @param name such as {@code userdb sql}; no two of a configuration have the same
   */
  BackendHealth(String name) {
    this.name = name;
  }

  /** A userdb whose answers are noted. */
  Userdb watched(Userdb asked) {
    userdb = new WatchedUserdb(asked, this);
    return userdb;
  }

  /** Asks, and notes whether there was an answer. */
  <T> T note(Question<T> question) throws Failure {
    try {
      T answer = question.ask();
      answered();
      return answer;
    } catch (Failure e) {
      failed(e);
      throw e;
    }
  }

  void answered() {
    answers.increment();
    if (failing) {
      failing = false;
    }
  }

  /** Notes a failure, unless it is the caller who has ended the question. */
  void failed(Failure failure) {
    Outcome outcome = failure.outcome();
    if (outcome == Outcome.TEMPORARY_FAILURE || outcome == Outcome.CONFIGURATION_ERROR) {
      failures.increment();
      last = new Trouble(Instant.now(), failure.getMessage());
      failing = true;
    }
  }

  public String name() {
    return name;
  }

  /** How many questions were answered. */
  public long answers() {
    return answers.sum();
  }

  /** How many were not. */
  public long failures() {
    return failures.sum();
  }

  /** Whether the last question had no answer. */
  public boolean isFailing() {
    return failing;
  }

  /** The last question without an answer. */
  public Optional<Trouble> lastTrouble() {
    return Optional.ofNullable(last);
  }

  /**
   * Asks a userdb for a name that nobody has, and notes whether it answers; may take as long as it
   * does. A passdb is asked nothing: a login that fails may lock somebody out.
   *
   * @return false when it has not answered the one before yet, and is asked nothing therefore
   */
  public boolean probe() {
    Userdb asked = userdb;
    if (asked == null) {
      return true;
    }
    if (!probing.compareAndSet(false, true)) {
      return false;
    }
    try {
      asked.find(NOBODY);
    } catch (Failure e) {
      // it is noted
    } finally {
      probing.set(false);
    }
    return true;
  }
}
