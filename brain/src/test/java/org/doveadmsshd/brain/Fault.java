package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What befalls a simulated server.
 *
 * @param request at which request, counted from 1 over all its lanes; 0 when it is asked for a list
 * @param moment when, in the life of that request
 * @param millis how long it lasts
 */
record Fault(Kind kind, int request, Moment moment, long millis) {
  /** What happens. */
  enum Kind {
    /** The lane is cut. The server carries out what it has got, and answers nobody. */
    CUT,
    /** All lanes are cut so, and the next connection is there beside the old one. */
    PART,
    /** The server ends, with all it has not carried out, and takes no connection for a while. */
    CRASH,
    /** The server does nothing for a while, or for ever; connections are made, and silent. */
    FREEZE,
    /** Nothing comes through for a while in either direction. The server goes on. */
    DROP,
    /** No further lane can be opened for a while. */
    REFUSE,
    /** Each request takes longer for a while. */
    SLOW,
    /** The server says what no worker may. */
    BREACH
  }

  /** When it happens. */
  enum Moment {
    RECEIVED,
    CARRIED_OUT,
    ANSWERED
  }

  private static final int MOST = 4;
  private static final long FOR_EVER = 1_000_000;

  /** Some faults, or none. */
  static List<Fault> some(Random random, int requests) {
    List<Fault> faults = new ArrayList<>();
    for (int left = random.nextInt(MOST); left > 0; left--) {
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
      boolean lasts = random.nextInt(8) == 0;
      long millis = lasts ? FOR_EVER : random.nextInt(2 * SimulatedServer.ABSENCE_MILLIS);
      faults.add(new Fault(kind, random.nextInt(requests + 1), moment, millis));
    }
    return faults;
  }
}
