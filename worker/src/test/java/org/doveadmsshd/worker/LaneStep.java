package org.doveadmsshd.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One thing that happens to a lane.
 *
 * @param kind what it is
 * @param id of the request that it is about; few, so that they meet
 * @param detail which of its variants
 * @param during what happens while a request is worked on, or while it waits for its input
 */
record LaneStep(Kind kind, int id, int detail, List<LaneStep> during) {
  /** Ids that are in use soon. */
  private static final int IDS = 4;

  private static final int MOST_DURING = 6;

  /** What a peer may send, and what else may happen. Those that come often stand several times. */
  enum Kind {
    HELLO(10),
    OTHER_VERSION(1),
    AUTHENTICATE(10),
    RESPONSE(6),
    LONG_RESPONSE(1),
    ACT_FOR(3),
    BAD_SCOPE(1),
    RUN(16),
    SERVER_RUN(2),
    LIST(3),
    INPUT(4),
    CLOCK(2),
    CANCEL(4),
    PING(3),
    NOT_FOR_A_WORKER(1),
    FAULT(1),
    /** More requests at once than may wait. */
    BURST(1),
    /** The thread that works goes on until nothing waits. */
    WORK(12),
    /** The server is to stop. */
    CANCEL_ALL(1),
    /** Nothing can be sent any more. */
    BREAK(1),
    /** There are no threads any more. */
    REJECT(1),
    INPUT_ENDED(1),
    CLOSED(1);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }

    private static final Kind[] WEIGHED = weighed();

    private static Kind[] weighed() {
      List<Kind> all = new ArrayList<>();
      for (Kind kind : values()) {
        for (int i = 0; i < kind.weight; i++) {
          all.add(kind);
        }
      }
      return all.toArray(Kind[]::new);
    }

    /** Whether the peer does it, and not the server or the system. */
    boolean isPeers() {
      return ordinal() <= BURST.ordinal() && this != FAULT;
    }

    /** Whether it may happen while a request is worked on. */
    boolean mayBeDuring() {
      return this != WORK && this != BURST;
    }
  }

  /** What a login says; the detail of AUTHENTICATE and RESPONSE. */
  enum Proof {
    RIGHT,
    WRONG,
    MORE,
    UNDECIDED,
    NO_MASTER,
    UNKNOWN_MECHANISM;

    static Proof of(int detail) {
      return values()[Math.floorMod(detail, values().length)];
    }
  }

  /** What a request does; the detail of RUN. */
  enum Deed {
    ROWS,
    NOTHING,
    FAILURE,
    BUG,
    READ_ALL,
    READ_A_BYTE,
    MISTAKE,
    NO_NAME;

    static Deed of(int detail) {
      return values()[Math.floorMod(detail, values().length)];
    }

    boolean reads() {
      return this == READ_ALL || this == READ_A_BYTE;
    }
  }

  LaneStep {
    during = List.copyOf(during);
  }

  Proof proof() {
    return Proof.of(detail);
  }

  Deed deed() {
    return Deed.of(detail);
  }

  /** Whether the peer does it also when it may not. */
  boolean isDaring() {
    return detail % 16 == 0;
  }

  /** Whether an INPUT ends the input. */
  boolean isLast() {
    return detail % 3 == 0;
  }

  /** Bytes of an INPUT. */
  int size() {
    return detail % 4 == 0 ? 0 : 1 + detail % 100;
  }

  /** Whether a peer that has sent all that was wanted sends this INPUT nevertheless. */
  boolean isSurplus() {
    return detail % 7 == 0;
  }

  /** The step that a number stands for. */
  static LaneStep of(long number) {
    Random random = new Random(number);
    Kind kind = Kind.WEIGHED[random.nextInt(Kind.WEIGHED.length)];
    return step(random, kind, 1 + random.nextInt(IDS));
  }

  private static LaneStep step(Random random, Kind kind, int id) {
    int detail = random.nextInt(1 << 16);
    List<LaneStep> during = new ArrayList<>();
    if (kind == Kind.RUN && random.nextInt(3) == 0) {
      boolean reads = Deed.of(detail).reads();
      for (int i = random.nextInt(MOST_DURING); i >= 0; i--) {
        during.add(during(random, id, reads));
      }
    }
    return new LaneStep(kind, id, detail, during);
  }

  private static LaneStep during(Random random, int id, boolean reads) {
    if (reads && random.nextInt(4) > 0) {
      return step(random, Kind.INPUT, id);
    }
    Kind kind;
    do {
      kind = Kind.WEIGHED[random.nextInt(Kind.WEIGHED.length)];
    } while (!kind.mayBeDuring());
    int detail = random.nextInt(1 << 16);
    return new LaneStep(kind, 1 + random.nextInt(IDS), detail, List.of());
  }

  @Override
  public String toString() {
    String variant =
        switch (kind) {
          case AUTHENTICATE, RESPONSE -> " " + proof();
          case RUN -> " " + deed();
          case INPUT -> " " + size() + (isLast() ? " bytes, last" : " bytes");
          default -> "";
        };
    return kind + " " + id + variant + (during.isEmpty() ? "" : " during it " + during);
  }
}
