package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/**
 * The output of a run.
 *
 * <p>The rows of a user are printed together. Users are printed in the order of the list as long as
 * that costs nothing: rows of a user that is done before an earlier one wait here. They wait until
 * the printer has been idle for {@link #PATIENCE_NANOS}, or more than {@link #HELD} bytes have
 * gathered. While another user is printed, perhaps for a client that reads slowly, waiting costs
 * nothing.
 *
 * <p>In a strict order ({@code --ordered}) an earlier user is waited for however long he takes.
 * When {@link #HELD} bytes have gathered lanes wait, too, as long as he is being worked on. While
 * he waits himself, as one whose lane was lost, nobody waits for him: what has no room in memory
 * goes to files, so that a lane becomes free for him.
 *
 * <p>One thread at a time prints. An assignment with many rows {@linkplain #acquire acquires} the
 * printer and prints them as they come; the rows of others are handed in when they are {@linkplain
 * #finished finished}.
 */
final class Printer {
  /** Goes into one packet of SSH. */
  private static final int BUFFER = 32_000;

  /** Most bytes of rows that wait for an earlier user. */
  private static final long HELD = 4 * 1024 * 1024;

  /** Longest time that rows wait for an earlier user while the printer is idle. */
  private static final long PATIENCE_NANOS = 300_000_000L;

  /** A user whose rows are complete. */
  private record Finished(
      long sequence,
      String user,
      Collection<Message> rows,
      SpilledRows more,
      int bytes,
      long since) {}

  private final Semaphore turn = new Semaphore(1, true);
  private final OutputStream out;
  private final Formatter formatter;
  private final boolean namesUser;
  private final byte[] buffer = new byte[BUFFER];
  private List<Value> row = List.of();
  private int column;
  private int length;
  private boolean begun; // of the owner of the printer

  // guarded by waiting
  private final PriorityQueue<Finished> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Finished::sequence));
  private final Frontier frontier = new Frontier();
  private long held;
  private boolean ending;
  private long idleSince = System.nanoTime();
  private final TreeSet<Long> acquiring = new TreeSet<>();

  /** Whether users are printed in the order of the list whatever it costs. */
  private boolean strict;

  /** Those that workers have begun, of a strict order only. */
  private final TreeSet<Long> underWay = new TreeSet<>();

  private final MemoryBudget.Share memory;

  /**
   * What the output looks like.
   *
   * @param columns none where nothing is printed
   * @param namesUser whether the first column is the user, which workers do not send
   * @param titles whether the columns have titles
   */
  record Layout(String formatter, List<Column> columns, boolean namesUser, boolean titles) {}

  /**
   * @param memory draws the rows that wait
   * @param console guarded, where it is a terminal
   */
  Printer(MemoryBudget.Share memory, Console console, Layout layout) throws Failure, IOException {
    this(memory, console, layout, false);
  }

  /**
   * As above.
   *
   * @param strict whether the order of the list is kept whatever it costs
   */
  Printer(MemoryBudget.Share memory, Console console, Layout layout, boolean strict)
      throws Failure, IOException {
    this.memory = memory;
    this.strict = strict;
    this.out = console.out();
    namesUser = layout.namesUser();
    formatter =
        layout.columns().isEmpty()
            ? null
            : console
                .formatters()
                .make(layout.formatter(), layout.columns(), layout.titles(), this::write);
  }

  /** What rows that wait are drawn on. */
  MemoryBudget.Share memory() {
    return memory;
  }

  /** A worker begins with a user. */
  void begun(long sequence) {
    synchronized (waiting) {
      if (strict && sequence >= frontier.next() && underWay.add(sequence)) {
        waiting.notifyAll();
      }
    }
  }

  /** A worker has given a user up, and somebody else is to begin with him. */
  void givenBack(long sequence) {
    synchronized (waiting) {
      if (underWay.remove(sequence)) {
        waiting.notifyAll();
      }
    }
  }

  /** Nothing can be printed any more, so the order does not matter. */
  void relax() {
    synchronized (waiting) {
      strict = false;
      underWay.clear();
      waiting.notifyAll();
    }
  }

  /**
   * Takes the printer for a user whose rows are many; waits for earlier users a moment, or in a
   * strict order until they have been printed.
   *
   * @return false when earlier users are waited for of whom one has not been begun: he may need
   *     this very lane
   */
  boolean acquire(long sequence) throws InterruptedException {
    synchronized (waiting) {
      long stuck = 0;
      while (strict && !(sequence <= frontier.next() && turn.tryAcquire())) {
        stuck = comesForward() ? 0 : stuck == 0 ? System.nanoTime() | 1 : stuck;
        long left = stuck == 0 ? 0 : PATIENCE_NANOS - (System.nanoTime() - stuck);
        if (stuck != 0 && left <= 0) {
          return false;
        }
        waiting.wait(left / 1_000_000 + (stuck == 0 ? 0 : 1)); // they tell
      }
      if (strict) {
        advance(sequence);
        return true;
      }
    }
    acquireSoon(sequence);
    return true;
  }

  /** Called with waiting locked: whether whoever is waited for is worked on, or printed. */
  private boolean comesForward() {
    return turn.availablePermits() == 0
        || underWay.contains(frontier.next())
        || !waiting.isEmpty() && waiting.element().sequence() <= frontier.next();
  }

  private void acquireSoon(long sequence) throws InterruptedException {
    long since = System.nanoTime();
    synchronized (waiting) {
      acquiring.add(sequence);
      try {
        while (!isTurn(sequence, since) || !turn.tryAcquire()) {
          boolean first = acquiring.first() == sequence;
          boolean othersAreAtIt = turn.availablePermits() == 0 || !first;
          long left = PATIENCE_NANOS - waited(since);
          waiting.wait(othersAreAtIt ? 0 : Math.max(0, left) / 1_000_000 + 1); // they tell
        }
        advance(sequence); // not before: the next one must not be quicker
      } finally {
        acquiring.remove(sequence);
        waiting.notifyAll();
      }
    }
  }

  /** Called with waiting locked. */
  private boolean isTurn(long sequence, long since) {
    return sequence <= frontier.next()
        || acquiring.first() == sequence && waited(since) > PATIENCE_NANOS;
  }

  /** Called with waiting locked: for how long of the time since then the printer was idle. */
  private long waited(long since) {
    long now = System.nanoTime();
    return Math.min(now - since, now - idleSince);
  }

  /** Gives the printer back after rows, and starts the time for which it is idle. */
  private void giveTurn() {
    synchronized (waiting) {
      idleSince = System.nanoTime();
      giveTurnBack();
    }
  }

  /** Gives the printer back; threads that wait for it look again. */
  private void giveTurnBack() {
    synchronized (waiting) {
      turn.release();
      waiting.notifyAll();
    }
  }

  /** Gives the printer back after the last row of a user. */
  void release() throws IOException {
    try {
      if (formatter != null) {
        formatter.abandonRow();
      }
    } finally {
      giveTurn();
    }
    printReady();
  }

  /** Gives the printer back because nothing can be printed any more. */
  void releaseBroken() {
    giveTurn();
  }

  /**
   * Takes all rows of a user; they are printed when the user's turn comes.
   *
   * @param bytes of memory that have been taken for them; given back then
   */
  void finished(long sequence, String user, Collection<Message> rows, int bytes)
      throws IOException {
    finished(sequence, user, rows, null, bytes);
  }

  /**
   * As above.
   *
   * @param more rows that follow the others; null for none. Closed when they have been printed
   */
  void finished(long sequence, String user, Collection<Message> rows, SpilledRows more, int bytes)
      throws IOException {
    if (rows.isEmpty() && more == null) {
      memory.give(bytes);
      pass(sequence);
      return;
    }
    boolean full;
    synchronized (waiting) {
      waiting.add(new Finished(sequence, user, rows, more, bytes, System.nanoTime()));
      waiting.notifyAll();
      held += bytes;
      awaitRoom();
      full = held > HELD && !strict;
    }
    if (full) {
      turn.acquireUninterruptibly(); // printing is slow: so the lane waits, too
      giveTurnBack();
    }
    printReady();
  }

  /**
   * Called with waiting locked: in a strict order a lane waits while much is held for an earlier
   * user who is worked on.
   */
  private void awaitRoom() throws InterruptedIOException {
    try {
      while (strict
          && held > HELD
          && waiting.element().sequence() > frontier.next()
          && comesForward()) {
        waiting.wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while waiting to print");
    }
  }

  /** Nothing is to be printed of a user: nobody waits for him any more, nor does he. */
  private void pass(long sequence) throws IOException {
    boolean moved;
    synchronized (waiting) {
      moved = frontier.end(sequence);
      underWay.remove(sequence);
      if (moved) {
        waiting.notifyAll();
      }
    }
    if (moved) {
      printReady();
    }
  }

  /** Prints users that are ready, unless another thread prints. */
  private void printReady() throws IOException {
    while (hasReady() && turn.tryAcquire()) {
      try {
        printAll();
      } finally {
        giveTurn();
      }
    }
  }

  /** Prints all users that are ready; called by the owner of the printer. */
  private void printAll() throws IOException {
    for (Finished ready; (ready = pollReady()) != null; ) {
      print(ready);
    }
  }

  private void print(Finished ready) throws IOException {
    try {
      for (Message row : ready.rows()) {
        print(ready.user(), row);
      }
      if (ready.more() != null) {
        ready.more().forEach(row -> print(ready.user(), row));
      }
      if (formatter != null) {
        formatter.abandonRow();
      }
    } finally {
      memory.give(ready.bytes());
      if (ready.more() != null) {
        ready.more().close();
      }
    }
  }

  private boolean hasReady() {
    synchronized (waiting) {
      return !waiting.isEmpty() && isReady(waiting.element());
    }
  }

  private Finished pollReady() {
    synchronized (waiting) {
      if (waiting.isEmpty() || !isReady(waiting.element())) {
        return null;
      }
      Finished ready = waiting.remove();
      held -= ready.bytes();
      advance(ready.sequence());
      return ready;
    }
  }

  /** Called with waiting locked. */
  private boolean isReady(Finished first) {
    boolean late = held > HELD || waited(first.since()) > PATIENCE_NANOS;
    return first.sequence() <= frontier.next() || ending || late && !strict;
  }

  /** Called with waiting locked. */
  private void advance(long sequence) {
    if (sequence >= frontier.next()) {
      frontier.pass(sequence);
      underWay.headSet(frontier.next()).clear();
      waiting.notifyAll();
    }
  }

  /** Prints a ROW or a CHUNK; called by the owner of the printer. */
  void print(String user, Message message) throws IOException {
    if (formatter == null) {
      return;
    }
    if (message instanceof Message.Row) {
      printRow(user, ((Message.Row) message).values());
    } else {
      Message.Chunk chunk = (Message.Chunk) message;
      formatter.chunk(chunk.data(), chunk.last());
      if (chunk.last()) {
        printUntilChunked();
      }
    }
  }

  private void begin() throws IOException {
    if (!begun) {
      begun = true;
      formatter.begin();
    }
  }

  private void printRow(String user, List<Value> values) throws IOException {
    begin();
    if (namesUser) {
      formatter.value(Value.of(user));
    }
    row = values;
    column = 0;
    printUntilChunked();
  }

  /** Prints values of the row up to the next one that comes in chunks. */
  private void printUntilChunked() throws IOException {
    for (; column < row.size(); column++) {
      if (row.get(column) == Value.CHUNKED) {
        column++;
        return;
      }
      formatter.value(row.get(column));
    }
  }

  /**
   * Ends the output.
   *
   * @param inVain whether the command has come to nothing: without rows there is no heading then
   */
  void end(boolean inVain) throws IOException {
    synchronized (waiting) {
      ending = true;
    }
    printReady();
    turn.acquireUninterruptibly();
    try {
      printAll(); // of whoever had the printer until now
      if (formatter != null && (begun || !inVain)) {
        begin();
        formatter.end();
      }
      flush();
    } finally {
      giveTurn();
    }
  }

  /**
   * Prints users that have waited long enough, and passes on what has gathered.
   *
   * @return false when another thread prints, or waits for the client
   */
  boolean tick() throws IOException {
    printReady();
    boolean free = turn.tryAcquire();
    if (free) {
      try {
        flush();
      } finally {
        giveTurnBack();
      }
    }
    return free;
  }

  private void write(byte[] bytes, int offset, int count) throws IOException {
    if (count > BUFFER - length) {
      flush();
    }
    if (count >= BUFFER) {
      out.write(bytes, offset, count);
    } else {
      System.arraycopy(bytes, offset, buffer, length, count);
      length += count;
    }
  }

  private void flush() throws IOException {
    if (length > 0) {
      int count = length;
      length = 0;
      out.write(buffer, 0, count);
    }
    out.flush();
  }
}
