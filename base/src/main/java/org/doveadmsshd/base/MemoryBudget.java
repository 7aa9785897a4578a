package org.doveadmsshd.base;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The memory for data that waits: output that a client has not taken, input that no command has
 * read, requests in a queue, rows kept for their order, mailboxes that are open.
 *
 * <p>There is one budget for the whole process, cut into {@linkplain Share shares} of shares: a
 * peer's part, and in it the parts of its connections. Bytes are taken before memory is, and count
 * in a share and in all around it, so that the sum cannot pass what the heap has, whatever each
 * peer does. A caller that reaches the limit waits, or is refused with a sentence.
 *
 * <p>A share that holds nothing may always take one piece of at most {@value #PIECE} bytes, so no
 * share waits for others for ever. The number of shares bounds the sum of these pieces.
 *
 * <p>Safe for several threads. No lock but the budget's own is held while it decides; callbacks run
 * without it.
 */
public final class MemoryBudget {
  /** Most bytes that a share which holds nothing gets in any case. */
  public static final int PIECE = 64 * 1024;

  /** The part of the heap for data that waits. The rest is for work. */
  private static final double PART_OF_HEAP = 0.6;

  private final Object lock = new Object();
  private final Share all;

  // guarded by lock
  private final Map<Share, String> named = new HashMap<>();

  /**
   * @param bytes of all shares together
   */
  public MemoryBudget(long bytes) {
    all = new Share(null, bytes, 0);
  }

  /** A budget of a fixed part of the largest heap that this process may have. */
  public static MemoryBudget ofHeap() {
    return new MemoryBudget((long) (Runtime.getRuntime().maxMemory() * PART_OF_HEAP));
  }

  /** The share that holds all others. */
  public Share all() {
    return all;
  }

  /**
   * What one share holds.
   *
   * @param name as given to the share
   */
  public record Holding(String name, long bytes) {}

  /** The {@linkplain Share#named named} shares that hold something, the largest first. */
  public List<Holding> largest(int most) {
    synchronized (lock) {
      return named.entrySet().stream()
          .map(each -> new Holding(each.getValue(), each.getKey().held))
          .filter(holding -> holding.bytes() > 0)
          .sorted(Comparator.comparingLong(Holding::bytes).reversed())
          .limit(most)
          .toList();
    }
  }

  /** Stops a wait for memory. */
  @FunctionalInterface
  public interface Checkpoint {
    /**
     * Called every now and then by the thread that waits.
     *
     * @throws Failure to end the wait
     */
    void check() throws Failure;
  }

  /** A request for memory that waits. */
  private record Waiter(long bytes, Runnable action) {}

  /** A part of the budget, for one peer or one purpose. */
  public final class Share implements AutoCloseable {
    private static final long CHECK_MILLIS = 100;

    private final Share around;
    private final long most;

    /**
     * The share may hold one part in this many of the memory that is free around it; 0 for no such
     * limit.
     */
    private final int divisor;

    // guarded by lock
    private long held;
    private boolean closed;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    private Share(Share around, long most, int divisor) {
      this.around = around;
      this.most = most;
      this.divisor = divisor;
    }

    /**
     * A part of this part.
     *
     * @param bytes most that it may hold; more than this part has means all of it
     */
    public Share share(long bytes) {
      return new Share(this, Math.min(bytes, most), 0);
    }

    /**
     * A part of this part that adapts: it may hold what is free now around it, divided by {@code
     * many}. One peer alone gets much, many get little, and something is always left for the next
     * one.
     */
    public Share oneOf(int many) {
      return new Share(this, most, many);
    }

    /** As {@link #share(long)}, in proportion to this part. */
    public Share part(double part) {
      return share((long) (most * part));
    }

    /** Gives it a name for {@link #largest}, until it is closed. */
    public Share named(String name) {
      synchronized (lock) {
        if (!closed) {
          named.put(this, name);
        }
      }
      return this;
    }

    /** Most bytes that it may hold, but for the piece that is always to be had. */
    public long most() {
      return most;
    }

    /** Bytes that it holds now, those of the shares in it included. */
    public long held() {
      synchronized (lock) {
        return held;
      }
    }

    /** Bytes that could be taken now. */
    public long free() {
      synchronized (lock) {
        long free = room();
        for (Share outer = around; outer != null; outer = outer.around) {
          free = Math.min(free, outer.most - outer.held);
        }
        return Math.max(0, free);
      }
    }

    /** Takes bytes if there is room in this share and all around it; says whether there was. */
    public boolean tryTake(long bytes) {
      synchronized (lock) {
        if (lacking(bytes) != null) {
          return false;
        }
        add(bytes);
        return true;
      }
    }

    /**
     * Takes bytes; waits until there is room.
     *
     * @param patienceMillis how long at most
     * @return false when there was no room all that time
     * @throws Failure as the check says; nothing has been taken then
     */
    public boolean take(long bytes, long patienceMillis, Checkpoint check)
        throws Failure, InterruptedException {
      return take(bytes, patienceMillis, CHECK_MILLIS, check);
    }

    /** As {@link #take(long, long, Checkpoint)}; only time ends the wait. */
    public boolean take(long bytes, long patienceMillis) throws InterruptedException {
      try {
        return take(bytes, patienceMillis, patienceMillis, () -> {});
      } catch (Failure e) {
        throw new IllegalStateException(e); // nothing is checked
      }
    }

    private boolean take(long bytes, long patienceMillis, long checkMillis, Checkpoint check)
        throws Failure, InterruptedException {
      if (tryTake(bytes)) {
        return true;
      }
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
      Semaphore room = new Semaphore(0);
      Waiter waiter = new Waiter(bytes, room::release);
      try {
        for (boolean told = true; !tryTake(bytes); ) {
          check.check();
          long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
          if (left <= 0) {
            return false;
          }
          if (told) {
            await(waiter);
          }
          told = room.tryAcquire(Math.min(left, checkMillis), TimeUnit.MILLISECONDS);
        }
        return true;
      } finally {
        leave(waiter);
      }
    }

    /** Takes bytes that are there already, whatever the limits say: they count all the same. */
    public void force(long bytes) {
      synchronized (lock) {
        add(bytes);
      }
    }

    /** Gives bytes back that have been taken from this share. */
    public void give(long bytes) {
      List<Waiter> told = new ArrayList<>();
      synchronized (lock) {
        add(-bytes);
        for (Share each = this; each != null; each = each.around) {
          each.release(told);
        }
      }
      told.forEach(waiter -> waiter.action().run());
    }

    /**
     * Calls back once when there may be room: at once, or later on the thread that gives memory
     * back. There is no promise that the room is still there; {@link #tryTake} tells.
     *
     * @param action must not block
     */
    public void whenRoom(long bytes, Runnable action) {
      await(new Waiter(bytes, action));
    }

    private void await(Waiter waiter) {
      synchronized (lock) {
        Share lacking = lacking(waiter.bytes());
        if (lacking != null) {
          lacking.waiters.add(waiter);
          return;
        }
      }
      waiter.action().run();
    }

    /** Waits no longer. Room that this waiter was told of goes to the next one. */
    private void leave(Waiter waiter) {
      List<Waiter> told = new ArrayList<>();
      synchronized (lock) {
        for (Share each = this; each != null; each = each.around) {
          each.waiters.remove(waiter);
          each.release(told);
        }
      }
      told.forEach(next -> next.action().run());
    }

    /** Called with the lock held: the innermost share without room; null when all have it. */
    private Share lacking(long bytes) {
      if (held == 0 && bytes <= PIECE) {
        return null;
      }
      for (Share each = this; each != null && !each.closed; each = each.around) {
        if (bytes > each.room()) {
          return each;
        }
      }
      return null;
    }

    /** Called with the lock held: what fits into this share, whatever holds around it. */
    private long room() {
      long room = most - held;
      if (divisor > 0) {
        for (Share outer = around; outer != null && !outer.closed; outer = outer.around) {
          room = Math.min(room, (outer.most - outer.held) / divisor - held);
        }
      }
      return room;
    }

    /** Called with the lock held. */
    private void add(long bytes) {
      for (Share each = this; each != null && !each.closed; each = each.around) {
        each.held += bytes;
      }
    }

    /**
     * Called with the lock held: takes out waiters in the order in which they came, as far as there
     * is room for them.
     */
    private void release(List<Waiter> told) {
      long room = most - held;
      while (!waiters.isEmpty() && waiters.element().bytes() <= room) {
        Waiter next = waiters.remove();
        room -= next.bytes();
        told.add(next);
      }
    }

    /**
     * Gives back all that it holds, that of the shares in it included. What is taken from them or
     * given back to them later counts nowhere any more.
     */
    @Override
    public void close() {
      List<Waiter> told = new ArrayList<>();
      synchronized (lock) {
        if (closed) {
          return;
        }
        add(-held);
        closed = true;
        named.remove(this);
        told.addAll(waiters);
        waiters.clear();
        for (Share each = around; each != null; each = each.around) {
          each.release(told);
        }
      }
      told.forEach(waiter -> waiter.action().run());
    }
  }
}
