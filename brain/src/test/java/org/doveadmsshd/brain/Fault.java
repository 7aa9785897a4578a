package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.doveadmsshd.brain.remote.Breach;

/**
 * What befalls a simulated server.
 *
 * @param request at which request, counted from 1 over all its lanes; 0 when it is asked for a list
 * @param moment when, in the life of that request
 * @param millis how long it lasts
 * @param lie what a server says that lies
 */
record Fault(Kind kind, int request, Moment moment, long millis, Breach lie) {
  /** What happens. */
  enum Kind {
    /** The lane is cut. The server carries out what it has got, and answers nobody. */
    CUT,
    /** All lanes of the connection are cut so. */
    PART,
    /** All lanes are cut so, and the next connection is there beside the old one. */
    PART_ALL,
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
    /** A request, once it has been begun, takes that long. The server goes on with others. */
    HANG,
    /** The server says what no worker may. */
    LIE,
    /** A brain whose placement is newer has users worked on. */
    OVERTAKE,
    /** An administrator drains the server for a while. */
    DRAIN,
    /** An administrator takes the server down for a while. */
    DOWN
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
  static List<Fault> some(Scenario scenario, int requests) {
    Random random = scenario.random;
    List<Fault> faults = new ArrayList<>();
    for (int left = random.nextInt(MOST); left > 0; left--) {
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
      boolean lasts = random.nextInt(8) == 0 && (kind != Kind.HANG || scenario.bearsHanging());
      long millis = lasts ? FOR_EVER : random.nextInt(2 * SimulatedServer.ABSENCE_MILLIS);
      Breach lie = Breach.values()[random.nextInt(Breach.values().length)];
      int request = random.nextInt(requests + 1);
      if (scenario.isAdministered || kind != Kind.DRAIN && kind != Kind.DOWN) {
        faults.add(new Fault(kind, request, moment, millis, lie));
      }
    }
    return faults;
  }

  @Override
  public String toString() {
    String what = kind == Kind.LIE ? kind + " " + lie : kind + " " + millis + " ms";
    return "%s at %d %s".formatted(what, request, moment);
  }
}
