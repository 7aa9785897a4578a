package org.doveadmsshd.command;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * The runs that are written down where the command was typed, as far as whoever has typed it may
 * have to do with them. A run is named by its id, {@code last}, or its journal where files may be
 * named.
 */
public interface Runs {
  /** Where nothing is written down. */
  Runs NONE =
      new Runs() {
        @Override
        public void list(String command, Taker taker) throws Failure {
          throw none();
        }

        @Override
        public Look look(String name, String command) throws Failure {
          throw none();
        }

        @Override
        public void cancel(String name, String command) throws Failure {
          throw none();
        }

        private Failure none() {
          return Failure.usage("Runs are not written down here");
        }
      };

  /** How a run is. */
  enum State {
    RUNNING("running"),
    /** It has ended, and every user has come to a good end. */
    OK("ok"),
    FAILED("failed"),
    /** It has not ended, and does not go on: its program was killed. */
    BROKEN_OFF("broken off");

    private final String word;

    State(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /**
   * A run that is written down.
   *
   * @param line its command line; passwords masked
   * @param master who has begun it
   * @param now the moment that dates in it count from
   * @param placement how it was found out where users are
   * @param users how many have come to the end
   * @param failed those among them who have not come to a good end
   */
  record Kept(
      String id,
      State state,
      String line,
      String master,
      Instant started,
      Instant now,
      String placement,
      long users,
      long failed) {}

  /** Takes runs, one after another. */
  interface Taker {
    void take(Kept run) throws Failure, IOException;
  }

  /** Takes users who have not come to a good end, one after another. */
  interface FailureTaker {
    void take(String user, String server, Outcome outcome, String text) throws Failure, IOException;
  }

  /** A run that is looked at, by one thread. */
  interface Look extends Closeable {
    /** How it is now. */
    Kept now() throws Failure;

    /** Names those who have not come to a good end. */
    void failures(FailureTaker taker) throws Failure, IOException;
  }

  /**
   * Names them, the newest first.
   *
   * @param command that asks, to know whose runs may be seen
   */
  void list(String command, Taker taker) throws Failure, IOException;

  /**
   * Looks at a run; the caller closes it.
   *
   * @throws Failure when there is none that may be seen
   */
  Look look(String name, String command) throws Failure;

  /**
   * Has a run stop, and returns at once.
   *
   * @throws Failure with exit code 68 when it does not go on
   */
  void cancel(String name, String command) throws Failure;
}
