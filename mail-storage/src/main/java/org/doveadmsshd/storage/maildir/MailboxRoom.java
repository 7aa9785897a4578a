package org.doveadmsshd.storage.maildir;

import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;

/**
 * The memory for the mails of one open mailbox. What they will take is estimated and waited for
 * before they are looked at; if it turns out to be more than that, and more is not there, they are
 * dropped, and the wait is for twice as much.
 */
final class MailboxRoom implements Room {
  /** The step in which more is taken when the estimate was too low. */
  private static final long STEP = 1 << 20;

  private final String mailbox;
  private final MaildirStore.Context context;
  private long taken;
  private long used;

  /** Looks at mails. */
  @FunctionalInterface
  interface Work<T, X extends Exception> {
    T run() throws Failure, NoneException, X;
  }

  /**
   * @param mailbox its name, for messages
   */
  MailboxRoom(String mailbox, MaildirStore.Context context) {
    this.mailbox = mailbox;
    this.context = context;
  }

  /**
   * Does something that looks at mails, as often as there turns out to be too little room.
   *
   * @param estimate bytes that the mails will take, as far as can be known
   * @param work must have dropped everything when it begins, and have done nothing when it fails
   * @throws Failure with exit code 75 when there cannot be as much
   */
  <T, X extends Exception> T in(long estimate, Work<T, X> work) throws Failure, X {
    MemoryTurns turns = context.memory().turns();
    long wanted = Math.min(estimate, turns.mostAtFirst());
    while (true) {
      used = 0;
      await(wanted);
      try {
        T done = work.run();
        give(taken - used);
        return done;
      } catch (NoneException e) {
        long most = turns.most();
        boolean wasAll = taken >= most;
        wanted = Math.min(2 * Math.max(taken, STEP), most);
        give(taken);
        used = 0;
        if (wasAll) {
          throw turns.tooLittle("Mailbox " + mailbox);
        }
      }
    }
  }

  private void await(long wanted) throws Failure {
    long more = wanted - taken;
    if (more <= 0) {
      return;
    }
    long patience = context.lockPatience().toMillis();
    if (!context.memory().take(more, patience, context.checkpoint()::check)) {
      throw context.memory().turns().tooLittle("Mailbox " + mailbox);
    }
    taken = wanted;
  }

  /**
   * Takes more for something beside the mails; waits until it is there.
   *
   * @throws Failure with exit code 75 when there cannot be as much, or was not in time
   */
  void hold(long bytes) throws Failure {
    try {
      grow(bytes);
      return;
    } catch (NoneException e) {
      // it is waited for
    }
    try {
      await(used);
    } catch (Failure e) {
      used -= bytes;
      throw e;
    }
  }

  /** Gives back what {@link #hold} has taken last. */
  void release(long bytes) {
    used -= bytes;
    give(Math.min(bytes, taken - used));
  }

  @Override
  public void grow(long bytes) throws NoneException {
    used += bytes;
    if (used > taken) {
      long least = used - taken;
      long more = Math.max(least, Math.min(STEP, taken));
      if (!context.memory().tryTake(more)) {
        more = least;
        if (!context.memory().tryTake(more)) {
          throw new NoneException();
        }
      }
      taken += more;
    }
  }

  @Override
  public long used() {
    return used;
  }

  @Override
  public void back(long before) {
    used = before;
  }

  private void give(long bytes) {
    context.memory().give(bytes);
    taken -= bytes;
  }

  /** Gives everything back; the mails are of no use any more. */
  void close() {
    give(taken);
    used = 0;
  }
}
