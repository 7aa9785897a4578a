package org.doveadmsshd.brain.remote;

import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.brain.UserQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lanes on which one server works one queue off. As many are opened at once as there are users
 * that wait; a lane that is lost is opened again.
 *
 * <p>A server without a lane is away. It is tried again and again, later each time, until it
 * answers a user or has been away for too long. The time counts only while somebody waits for it.
 */
final class Lanes {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
  private static final long MILLION = 1_000_000;

  /** How many lanes may break the protocol, one after another, before the server is given up. */
  private static final int MOST_BREACHES = 3;

  private final String server;
  private final UserQueue queue;
  private final int wanted;
  private final Opener opener;
  private final Executor executor;
  private final Tolerance tolerance;
  private final Consumer<String> teller;

  // guarded by this
  private int most;
  private final BitSet numbers = new BitSet(); // of lanes that there are
  private int opening;
  private int working;
  private boolean wasThere;
  private boolean over;
  private long awaySince; // 0 while it is there
  private boolean toldAway;
  private long nextTry = System.nanoTime();
  private final Backoff backoff = new Backoff();
  private int breaches;
  private Failure why;

  /** Whether an answer is news. */
  private volatile boolean inDoubt = true;

  /** Whether there are as many lanes as there may be, so that a further user is no news. */
  private volatile boolean full;

  /** Opens lanes, and closes them. */
  interface Opener {
    /**
     * @param number of the lane among those of the server, from 0
     */
    RemoteLane open(int number) throws Failure, IOException;

    void close(RemoteLane lane);
  }

  /**
   * @param wanted most lanes
   * @param executor runs what may block
   * @param teller hears when the server goes away and comes back
   */
  Lanes(
      String server,
      UserQueue queue,
      int wanted,
      Opener opener,
      Executor executor,
      Tolerance tolerance,
      Consumer<String> teller) {
    this.server = server;
    this.queue = queue;
    this.wanted = wanted;
    this.opener = opener;
    this.executor = executor;
    this.tolerance = tolerance;
    this.teller = teller;
    most = wanted;
  }

  /**
   * Works the queue off. Returns when it is finished; lanes end a little later.
   *
   * @throws Failure when the server has not been there at all, or has been away for too long
   */
  void work() throws Failure {
    Runnable bell = this::look;
    queue.ring(bell);
    try {
      for (int next; (next = awaitNeed()) >= 0; ) {
        int number = next;
        executor.execute(() -> lane(number));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      queue.silence(bell);
      end();
    }
  }

  /** Opens no further lane; returns from {@link #work}. */
  synchronized void end() {
    over = true;
    notifyAll();
  }

  private void look() {
    if (!full) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** Waits until a further lane is needed. Returns its number, or -1 when there will be no need. */
  private synchronized int awaitNeed() throws Failure, InterruptedException {
    while (!over && !queue.isFinished()) {
      long now = System.nanoTime();
      int waiting = queue.waiting();
      if (opening == 0 && working == 0 && (waiting == 0 || awaySince == 0)) {
        awaySince = now | 1; // before the first lane, and while nobody waits for it
      }
      giveUpIfDue(now);
      full = opening + working >= most;
      boolean tried = awaySince != 0 && working == 0 && opening > 0;
      boolean needed = !full && waiting > opening && !tried;
      if (needed && now - nextTry >= 0) {
        opening++;
        int number = numbers.nextClearBit(0);
        numbers.set(number);
        return number;
      }
      wait(millisUntilDue(now, needed));
    }
    return -1;
  }

  private long millisUntilDue(long now, boolean needed) {
    long due = needed ? nextTry - now : Long.MAX_VALUE;
    if (awaySince != 0 && working == 0) {
      due = Math.min(due, awaySince + longestAbsence() - now);
    }
    return due == Long.MAX_VALUE ? 0 : Math.max(0, due) / MILLION + 1;
  }

  /** Opening has limits of its own; this one is for a system that does not keep to them. */
  private long longestAbsence() {
    long absence = tolerance.absence().toNanos();
    return wasThere ? absence : Math.max(absence, 2 * tolerance.silence().toNanos());
  }

  private void giveUpIfDue(long now) throws Failure {
    if (working > 0 || awaySince == 0) {
      return;
    }
    boolean settled = opening == 0 && why != null;
    if (settled && (!wasThere || !isPassing(why) || breaches >= MOST_BREACHES)) {
      throw why;
    }
    if (now - awaySince >= longestAbsence()) {
      String reason = why == null ? "Server " + server + " does not answer" : why.getMessage();
      String text = "%s; given up after %d s".formatted(reason, longestAbsence() / 1_000 / MILLION);
      throw new Failure(Outcome.UNREACHABLE, text, why);
    }
  }

  private static boolean isPassing(Failure failure) {
    return failure.outcome() == Outcome.UNREACHABLE
        || failure.outcome() == Outcome.TEMPORARY_FAILURE;
  }

  private void lane(int number) {
    RemoteLane lane = null;
    try {
      lane = opener.open(number);
    } catch (Failure e) {
      failed(number, e);
    } catch (IOException e) {
      String text = "Server " + server + ": cannot open a lane: " + Reason.of(e);
      failed(number, new Failure(Outcome.UNREACHABLE, text, e));
    } catch (Throwable e) { // the top of a thread: else the run would wait for ever
      LOG.error("A lane to {} cannot be opened by a fault of the program", server, e);
      failed(number, new Failure(Outcome.CONFIGURATION_ERROR, "Server " + server + ": a fault", e));
    }
    if (lane != null) {
      work(number, lane);
    }
  }

  private void work(int number, RemoteLane lane) {
    Optional<RemoteLane.Loss> loss = Optional.empty();
    try {
      lane.begin(queue, this::answered); // else its users would need a further lane
      opened();
      loss = lane.work();
    } finally {
      opener.close(lane);
      ended(number, loss);
    }
  }

  private synchronized void opened() {
    opening--;
    working++;
    wasThere = true;
    nextTry = System.nanoTime();
    notifyAll();
  }

  private void failed(int number, Failure failure) {
    boolean news;
    synchronized (this) {
      opening--;
      numbers.clear(number);
      why = failure;
      if (working > 0) {
        most = working; // it takes no further one
      }
      news = noteAbsence();
      notifyAll();
    }
    tellAbsence(news);
  }

  /**
   * A lane has ended.
   *
   * @param loss nothing when there was no more to be done
   */
  private void ended(int number, Optional<RemoteLane.Loss> loss) {
    boolean news = false;
    synchronized (this) {
      working--;
      numbers.clear(number);
      if (loss.isPresent()) {
        why = loss.get().why();
        breaches += loss.get().isBreach() ? 1 : 0;
        inDoubt = true;
        news = noteAbsence();
        if (working > 0 && !loss.get().isAfterAnswers()) {
          delay();
        }
      }
      notifyAll();
    }
    tellAbsence(news);
  }

  /** Called with the lock held. Returns whether the server, which was there, is now away. */
  private boolean noteAbsence() {
    if (working > 0) {
      return false;
    }
    boolean news = !toldAway && wasThere && !over && !queue.isFinished();
    toldAway |= news;
    if (awaySince == 0) {
      awaySince = System.nanoTime() | 1;
    }
    most = wanted;
    inDoubt = true;
    delay();
    return news;
  }

  /** Called with the lock held: tries again later, and not when all others do. */
  private void delay() {
    nextTry = System.nanoTime() + backoff.next(longestAbsence());
  }

  private void tellAbsence(boolean news) {
    if (news && !tolerance.absence().isZero()) {
      teller.accept(
          "%s; its users wait for it, %d s at most"
              .formatted(why.getMessage(), tolerance.absence().toSeconds()));
    }
  }

  /** A user has been answered: the server is there. */
  private void answered() {
    if (!inDoubt) {
      return;
    }
    boolean news;
    synchronized (this) {
      news = toldAway;
      toldAway = false;
      awaySince = 0;
      backoff.reset();
      breaches = 0;
      inDoubt = false;
    }
    if (news) {
      teller.accept("Server " + server + " is there again");
    }
  }
}
