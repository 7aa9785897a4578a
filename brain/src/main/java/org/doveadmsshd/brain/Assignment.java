package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Life;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.UserEnd;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.ProtocolException;

/**
 * One user of a run on its way through lanes.
 *
 * <p>Rows are kept until the user is done, so that they come out together. When they grow beyond
 * 256 KiB, or no memory is left, the assignment waits for the printer and from then on prints as
 * rows come. A lane makes an {@link Attempt} of it; messages of an attempt that has been given up
 * are ignored.
 */
public final class Assignment {
  private final Dispatch dispatch;
  private final long sequence;
  private final String user;
  private final Route route;

  /** A server that could not be asked whether it has the user; null when there was none. */
  private final Failure unavailable;

  /**
   * Held while a message is taken, which may wait as long as the client does not read the output.
   */
  private final ReentrantLock lock = new ReentrantLock();

  // guarded by lock
  private final HeldRows held;
  private long bytes;
  private final Life<Phase> life = new Life<>(Phase.HELD);
  private final Taker taker = new Taker();

  private volatile Attempt current;

  /** The one that was made last, also when it has been given up. */
  private volatile Attempt last;

  private volatile int attempts;
  private volatile int earlierAttempts;

  /** What becomes of the rows of a user. */
  private enum Phase {
    /** They are kept. */
    HELD,
    /** They are printed as they come; some may have been read. */
    PRINTING,
    /** The user has come to the end. */
    OVER
  }

  /**
   * @param sequence where the user stands in the list, from 0
   * @param route the servers that may have the user, at least one
   */
  Assignment(Dispatch dispatch, long sequence, String user, Route route, Failure unavailable) {
    this.dispatch = dispatch;
    this.sequence = sequence;
    this.user = user;
    this.route = route;
    this.unavailable = unavailable;
    this.held = new HeldRows(dispatch);
  }

  String user() {
    return user;
  }

  long sequence() {
    return sequence;
  }

  /** The server that is to be asked. */
  Server server() {
    return route.first();
  }

  Route route() {
    return route;
  }

  Failure unavailable() {
    return unavailable;
  }

  /** Workers of another server, which is not there any more, have been asked so often. */
  void countEarlier(int others) {
    earlierAttempts = others;
    attempts = others;
  }

  /** How many of the attempts were another server's. */
  int earlierAttempts() {
    return earlierAttempts;
  }

  /** How often a worker has been asked. */
  int attempts() {
    return attempts;
  }

  /**
   * A lane takes it on.
   *
   * @param lane its number at the server, from 0
   * @param abandon ends the lane without waiting for it: it does not answer in time
   */
  public Attempt attempt(int lane, Runnable abandon) {
    return begin(new Attempt(lane, abandon, true));
  }

  /** As above, but no worker is told of it before {@link Attempt#sends}. */
  public Attempt attemptToSend(int lane, Runnable abandon) {
    return begin(new Attempt(lane, abandon, false));
  }

  private Attempt begin(Attempt attempt) {
    attempts++;
    current = attempt;
    last = attempt;
    return attempt;
  }

  /** All that is known of it at its end; the caller holds the lock. */
  UserEnd ended(Message.Done done) {
    Attempt attempt = last;
    long begunMillis = attempt == null ? 0 : attempt.begunMillis;
    long waited = begunMillis == 0 ? 0 : System.currentTimeMillis() - begunMillis;
    return new UserEnd(
        sequence,
        user,
        server().name(),
        attempt == null ? -1 : attempt.lane,
        done.outcome(),
        done.text(),
        done.counts(),
        bytes,
        begunMillis,
        done.micros() > 0 ? done.micros() : Math.max(0, waited) * 1000,
        attempts);
  }

  /** Ends it without a word from a worker. */
  void fail(Outcome outcome, String text) throws IOException {
    lock.lock();
    try {
      end(new Message.Done(0, outcome, text, Map.of(), 0));
    } finally {
      lock.unlock();
    }
  }

  /** Gives up the attempt under way if the worker has had it for longer than that. */
  void giveUpAfter(long nanos, Outcome outcome, String text) throws IOException {
    giveUp(nanos, attempt -> Endings.done(outcome, text));
  }

  /** Gives up the attempt under way: it should have stopped. */
  void giveUp(Outcome outcome, String text) throws IOException {
    giveUp(
        0,
        attempt -> {
          if (attempt.sent) {
            return Endings.done(outcome, text);
          }
          forgetUnsent();
          return Endings.stopped(attempts);
        });
  }

  private void giveUp(long nanos, Function<Attempt, Message.Done> ending) throws IOException {
    Attempt attempt = current;
    if (attempt == null || !attempt.isLate(nanos) || !lock.tryLock()) {
      return; // the thread that has the lock waits for the output, not for the worker
    }
    try {
      boolean isOver = life.hasReached(Phase.OVER); // his lane may be at other users
      if (isOver || current != attempt || !attempt.isLate(nanos)) {
        return;
      }
      current = null;
      held.drop();
      end(ending.apply(attempt));
    } finally {
      lock.unlock();
    }
    attempt.abandon.run();
  }

  /** The last attempt was none: no worker has been told of it. Called with the lock held. */
  private void forgetUnsent() {
    attempts--;
    last = attempts == 0 ? null : last;
  }

  /** One try to have it done, by one lane. Messages are given by one thread. */
  public final class Attempt implements MessageSink {
    private final int lane;
    private final Runnable abandon;
    private volatile long begun;
    private volatile long begunMillis;
    private boolean sent; // guarded by lock

    private Attempt(int lane, Runnable abandon, boolean sent) {
      this.lane = lane;
      this.abandon = abandon;
      this.sent = sent;
    }

    /** Empty for a command about the server as a whole. */
    public String user() {
      return user;
    }

    /** The request for the worker. */
    public Message.Run request(int requestId) {
      return dispatch.request().run(requestId, route.user(), route.term());
    }

    /**
     * The worker is going to be told of it.
     *
     * @return false when it has been given up meanwhile: then the worker must not be
     */
    public boolean sends() {
      lock.lock();
      try {
        sent = current == this && !life.hasReached(Phase.OVER);
        return sent;
      } finally {
        lock.unlock();
      }
    }

    /** The worker begins with it now. */
    public void begun() {
      boolean first = begun == 0;
      begun = System.nanoTime() | 1; // 0 means not begun
      if (first && current == this && !life.hasReached(Phase.OVER)) {
        dispatch.printer().begun(sequence);
      }
      if (begunMillis == 0) {
        begunMillis = System.currentTimeMillis();
      }
    }

    private boolean isLate(long nanos) {
      long since = begun;
      return since != 0 && System.nanoTime() - since > nanos;
    }

    /** What the command reads, from its beginning; the caller closes it. */
    public InputStream openInput() throws IOException {
      return dispatch.request().openInput();
    }

    /**
     * Takes what the worker says of this user.
     *
     * @throws ProtocolException when no worker may say that; the user has not ended, and the lane
     *     cannot be used any more
     */
    @Override
    public void send(Message message) throws IOException {
      lock.lock();
      try {
        if (current == this) {
          take(message);
        }
      } finally {
        lock.unlock();
      }
      begun(); // time that it took to deliver is not the worker's
    }

    /** Ends it without a word from the worker. */
    public void fail(Outcome outcome, String text) throws IOException {
      send(new Message.Done(0, outcome, text, Map.of(), 0));
    }

    /**
     * The lane that had it is lost. It goes to another lane if no worker has been told of it; else
     * the user is told why if it cannot be tried again.
     */
    public void lost(String why) throws IOException {
      lock.lock();
      try {
        if (current != this || life.hasReached(Phase.OVER)) {
          return;
        }
        current = null;
        dispatch.printer().givenBack(sequence);
        if (!sent) {
          forgetUnsent();
          dispatch.returned(Assignment.this);
          return;
        }
        boolean unseen = !life.hasReached(Phase.PRINTING);
        if (unseen) {
          held.drop();
        }
        dispatch.lost(Assignment.this, why, unseen);
      } finally {
        lock.unlock();
      }
    }

    /** What the worker says cannot be printed any more: the whole run ends. */
    public void outputBroken(IOException e) {
      lock.lock();
      try {
        if (life.phase() == Phase.PRINTING) {
          dispatch.printer().releaseBroken();
        }
        held.drop();
        life.moveTo(Phase.OVER);
      } finally {
        lock.unlock();
      }
      dispatch.broken(Assignment.this, e);
    }
  }

  private void take(Message message) throws IOException {
    if (life.hasReached(Phase.OVER)) {
      return;
    }
    message.accept(taker);
  }

  /** Takes what may be said of a user. */
  private final class Taker implements Message.Visitor<Void, IOException> {
    private ColumnMatch columns; // of the attempt under way

    @Override
    public Void unexpected(Message message) throws ProtocolException {
      String type = message.getClass().getSimpleName();
      throw new ProtocolException("it sent " + type + ", which says nothing of a user");
    }

    @Override
    public Void columns(Message.Columns columns) throws IOException {
      this.columns = dispatch.request().match(columns);
      List<String> missing = this.columns.missing(dispatch.request().columns());
      if (!missing.isEmpty()) {
        String text = "Server %s, which runs another version, does not have: %s; these stay empty";
        dispatch.reporter().note(text.formatted(server().name(), String.join(", ", missing)));
      }
      return null;
    }

    @Override
    public Void row(Message.Row row) throws IOException {
      if (columns == null) {
        throw new ProtocolException("it sent a row without columns");
      }
      Message.Row ours = columns.row(row);
      if (!ours.values().isEmpty()) {
        printable(ours);
      }
      return null;
    }

    @Override
    public Void chunk(Message.Chunk chunk) throws IOException {
      if (columns != null && columns.isOurs(chunk)) {
        printable(chunk);
      }
      return null;
    }

    @Override
    public Void log(Message.Log log) throws IOException {
      dispatch.reporter().log(user, log.level(), log.text());
      return null;
    }

    @Override
    public Void progress(Message.Progress progress) {
      return null; // a run counts users, not their mails
    }

    @Override
    public Void done(Message.Done done) throws IOException {
      end(done);
      return null;
    }
  }

  /** A row, or a piece of one. */
  private void printable(Message message) throws IOException {
    bytes += HeldRows.bytes(message);
    if (life.phase() == Phase.HELD && !held.add(message)) {
      if (held.isMuch()) {
        startPrinting();
      }
      if (life.phase() == Phase.HELD) {
        held.spill(message);
      }
    }
    if (life.phase() == Phase.PRINTING) {
      dispatch.printer().print(user, message);
    }
  }

  /** Prints from now on, unless there is a reason to hold rows longer. */
  private void startPrinting() throws IOException {
    try {
      if (!dispatch.printer().acquire(sequence)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while waiting to print");
    }
    life.moveTo(Phase.PRINTING);
    held.printAs(user);
  }

  private void end(Message.Done done) throws IOException {
    boolean printing = life.phase() == Phase.PRINTING;
    if (!life.moveTo(Phase.OVER)) {
      return;
    }
    if (done.outcome() == Outcome.NO_USER) {
      dispatch.printer().givenBack(sequence); // another server may have him
    }
    Optional<Route> elsewhere = dispatch.elsewhere(this, done);
    try {
      if (printing) {
        dispatch.printer().release();
      } else if (elsewhere.isPresent()) {
        held.drop();
      } else {
        held.finish(sequence, user);
      }
    } finally {
      if (elsewhere.isPresent()) {
        dispatch.askNext(this, elsewhere.get());
      } else {
        dispatch.ended(this, done);
      }
    }
  }
}
