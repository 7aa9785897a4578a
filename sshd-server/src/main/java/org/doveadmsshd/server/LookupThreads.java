package org.doveadmsshd.server;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;

/**
 * Threads that look users up with the rights of the process, for those that have given theirs up. A
 * backend may make threads of its own when it is first asked: made by a user's thread, they would
 * have that user's uid as long as the process is there. Safe for several threads.
 */
final class LookupThreads implements AutoCloseable {
  private static final int THREADS = 8;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          work -> {
            Thread thread = new Thread(work, "lookup");
            thread.setDaemon(true);
            return thread;
          });

  /** All threads are made now, by the caller. */
  LookupThreads() {
    threads.prestartAllCoreThreads();
  }

  /** The same users, looked up on these threads. Lists are read on the caller's thread. */
  Userdb through(Userdb userdb) {
    return new Userdb() {
      @Override
      public Optional<MailUser> find(String name) throws Failure {
        return await(() -> threads.submit(() -> userdb.find(name)).get());
      }

      @Override
      public boolean canList() {
        return userdb.canList();
      }

      @Override
      public void forEach(Visitor visitor) throws Failure, IOException {
        userdb.forEach(visitor);
      }
    };
  }

  /** Waits for a {@link Future}. */
  @FunctionalInterface
  private interface Waiting<T> {
    T run() throws ExecutionException, InterruptedException;
  }

  private static <T> T await(Waiting<T> waiting) throws Failure {
    try {
      return waiting.run();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Failure) {
        throw (Failure) e.getCause();
      }
      throw new IllegalStateException(e.getCause());
    } catch (RejectedExecutionException e) {
      throw Failure.temporary("The server is stopping", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.temporary("Stopped while a user was looked up", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
