package org.doveadmsshd.brain;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.UserMask;

/** A mail host, as the brain sees it. */
public interface Server {
  /** As in the configuration. */
  String name();

  /**
   * Name and version of the program there, as it says; nothing of one that is this program.
   *
   * @throws Failure when it cannot be asked
   */
  default Optional<String> software() throws Failure {
    return Optional.empty();
  }

  /**
   * Asks how it is; waits for the answer.
   *
   * @throws Failure when it cannot be asked
   */
  default Health health() throws Failure {
    throw Failure.usage("Server " + name() + " is this program itself");
  }

  /** Whether it is to be used, as an administrator has said; it may change at any time. */
  default ServerState state() {
    return ServerState.UP;
  }

  /**
   * Tells how busy its machine is, at once and again and again.
   *
   * @param taker takes the figures by the names in {@link org.doveadmsshd.protocol.Message.Clock};
   *     returns how long to wait before the next ones, zero when no more are wanted
   * @throws Failure with CONFIGURATION_ERROR when it does not report its load
   */
  default void watchLoad(Function<Map<String, Long>, Duration> taker) throws Failure {
    throw new Failure(
        Outcome.CONFIGURATION_ERROR, "Server " + name() + " does not report its load");
  }

  /** How many users a run begins there, as far as the configuration limits that. */
  default Rate maxRate() {
    return Rate.UNLIMITED;
  }

  /** Whether a user may be there, as far as the configuration tells. */
  boolean mayHave(String user);

  /**
   * Names the users there, one after another.
   *
   * @param taker may block
   * @throws Failure when the list cannot be had to its end
   */
  void listUsers(UserMask mask, Consumer<String> taker) throws Failure;

  /**
   * Has somebody told, in words for an administrator, when it goes away and when it is there again.
   * Called before it works, if at all.
   *
   * @param teller must not block for long
   */
  default void tellTo(Consumer<String> teller) {}

  /**
   * Works the queue off on lanes until it is closed and empty. Returns then.
   *
   * @param limit most lanes to use; 0 for as many as the configuration says
   * @throws Failure when no lane can be had, or none again; what is in the queue is left there
   */
  void work(UserQueue queue, int limit) throws Failure;

  /** Stops requests under way on its lanes at their next checkpoint. Returns at once. */
  void cancel();

  /** Ends its lanes at once, without waiting for requests under way. */
  void abandon();
}
