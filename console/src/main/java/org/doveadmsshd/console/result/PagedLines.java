package org.doveadmsshd.console.result;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.MemoryBudget;

/**
 * The lines of an output of any length, as far as they are kept: those that a reader looks at,
 * those before as long as there is room, and some ahead. Whoever adds lines waits while enough of
 * them are ahead. Lines are numbered from 0; the first ones may be forgotten.
 *
 * <p>Safe for several threads; one adds, one reads.
 */
final class PagedLines implements AutoCloseable {
  /** Bytes that may be ahead of the reader. */
  static final int AHEAD = 256 * 1024;

  /** Bytes that are kept, unless the reader looks at more. */
  static final int MOST = 8 * 1024 * 1024;

  /** About what the JVM needs for a line beside its characters. */
  private static final int AROUND = 88;

  /** How often a thread that waits looks whether it is over. */
  private static final long LOOK_MILLIS = 100;

  /** The least memory that is taken at once. */
  private static final int STEP = 64 * 1024;

  /** When there is no room, the oldest of so many lines is forgotten, and those before it. */
  private static final int PART = 8;

  private final MemoryBudget.Share memory;

  // guarded by this
  private final List<Line> lines = new ArrayList<>();
  private long first;
  private long top;
  private long wanted;
  private long bytes;
  private long bytesAhead;
  private long taken;
  private boolean ended;
  private boolean closed;

  /**
   * A line.
   *
   * @param isWhole whether it ends with it; else the next one goes on with it
   */
  private record Line(String text, boolean isWhole) {}

  /** Told when the thread that adds lines has to wait for the reader, and when it goes on. */
  interface WaitListener {
    void begins();

    void ends();

    /** Whether nothing may hold that thread up any longer. */
    boolean isOver();
  }

  /**
   * @param memory draws the lines; it is closed with this
   */
  PagedLines(MemoryBudget.Share memory) {
    this.memory = memory;
  }

  private static int sizeOf(String line) {
    return 2 * line.length() + AROUND;
  }

  /**
   * Adds a line; waits while enough are ahead of the reader, unless it is over. Does nothing when
   * it is closed.
   */
  void add(String line, WaitListener listener) throws InterruptedException {
    add(line, true, listener);
  }

  /**
   * As above.
   *
   * @param isWhole false for a piece with which the next one goes on
   */
  void add(String line, boolean isWhole, WaitListener listener) throws InterruptedException {
    if (isFull()) {
      listener.begins();
      try {
        awaitReader(listener);
      } finally {
        listener.ends();
      }
    }
    keep(new Line(line, isWhole));
  }

  /** Whether whoever adds lines waits for the reader. */
  synchronized boolean isFull() {
    return !closed && bytesAhead > AHEAD;
  }

  private synchronized void awaitReader(WaitListener listener) throws InterruptedException {
    while (isFull() && !listener.isOver()) {
      wait(LOOK_MILLIS);
    }
  }

  /** Waits for a line; says whether it is there. */
  synchronized boolean awaitLine(long number, long millis) {
    long until = System.nanoTime() + millis * 1_000_000;
    try {
      for (long left = millis; number >= end() && !ended && left > 0; ) {
        wait(left);
        left = (until - System.nanoTime()) / 1_000_000;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return number < end();
  }

  private synchronized void keep(Line line) {
    if (closed) {
      return;
    }
    int size = sizeOf(line.text());
    while ((bytes + size > MOST || !draw(bytes + size)) && forget()) {}
    if (bytes + size > taken) {
      memory.force(bytes + size - taken); // a screen, and what is ahead
      taken = bytes + size;
    }
    lines.add(line);
    bytes += size;
    bytesAhead += end() - 1 > wanted ? size : 0;
    notifyAll();
  }

  private boolean draw(long needed) {
    long step = Math.max(needed - taken, STEP);
    if (needed > taken && memory.tryTake(step)) {
      taken += step;
    }
    return needed <= taken;
  }

  /** Forgets some of the oldest lines before the reader's; says whether there were any. */
  private boolean forget() {
    int many = (int) Math.min(lines.size() / PART + 1, Math.min(top - first, lines.size()));
    for (Line line : lines.subList(0, many)) {
      bytes -= sizeOf(line.text());
    }
    lines.subList(0, many).clear();
    first += many;
    return many > 0;
  }

  /** No lines will come any more. */
  synchronized void finish() {
    ended = true;
    notifyAll();
  }

  /**
   * What the reader looks at.
   *
   * @param from number of the first line, before which lines may be forgotten
   * @param to number of the last line, which need not be there yet
   */
  synchronized void look(long from, long to) {
    bytesAhead += bytes(to, wanted) - bytes(wanted, to);
    top = from;
    wanted = to;
    notifyAll();
  }

  /** Bytes of the lines behind one up to another, as far as they are kept. */
  private long bytes(long behind, long to) {
    long sum = 0;
    for (long n = Math.min(to, end() - 1); n > behind && n >= first; n--) {
      sum += sizeOf(line(n));
    }
    return sum;
  }

  /** Number of the first line that is kept. */
  synchronized long first() {
    return first;
  }

  /** Number behind that of the last line. */
  synchronized long end() {
    return first + lines.size();
  }

  /** A line that is kept; empty for others. */
  synchronized String line(long number) {
    boolean there = number >= first && number < end();
    return there ? lines.get((int) (number - first)).text() : "";
  }

  /** Whether a line that is kept goes on with the one before it, which is kept, too. */
  synchronized boolean goesOn(long number) {
    boolean there = number > first && number < end();
    return there && !lines.get((int) (number - 1 - first)).isWhole();
  }

  /** Whether no lines will come any more. */
  synchronized boolean isEnded() {
    return ended;
  }

  /** Nobody reads any more: lines that are added are forgotten. */
  @Override
  public synchronized void close() {
    closed = true;
    lines.clear();
    memory.close();
    notifyAll();
  }
}
