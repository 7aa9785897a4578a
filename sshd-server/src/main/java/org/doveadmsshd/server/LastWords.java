package org.doveadmsshd.server;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.command.ServerContext.Activity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log what was under way when memory had run out, and decides what becomes of the
 * process. A request that needed too much ends alone, and its memory is free again. The code that
 * catches the error logs it; this class sees the log event and adds to it. If a thread of the
 * server itself ends by the error, nothing can say what it left undone. Then the process ends with
 * exit code {@value #EXIT_CODE}, and the service manager starts it anew.
 */
final class LastWords extends AppenderBase<ILoggingEvent>
    implements Thread.UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(LastWords.class);

  /** As a JVM exits with that is told to exit on OutOfMemoryError. */
  static final int EXIT_CODE = 3;

  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int RESERVE = 1024 * 1024;
  private static final int MAX_ENTRIES = 20;
  private static final int MAX_COMMAND = 200;
  private static final int MAX_CAUSES = 10;
  private static final long MIB = 1024 * 1024;

  private final Activity activity;
  private final MemoryBudget budget;

  // guarded by this
  private byte[] reserve = new byte[RESERVE];
  private boolean said;
  private long lastSaid;

  private LastWords(Activity activity, MemoryBudget budget) {
    this.activity = activity;
    this.budget = budget;
  }

  /** Watches the threads and the log of this process from now on. */
  static void watch(Activity activity, MemoryBudget budget) {
    LastWords words = new LastWords(activity, budget);
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    words.setContext(context);
    words.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(words);
    Thread.setDefaultUncaughtExceptionHandler(words);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getThrowableProxy() instanceof ThrowableProxy
        && isOutOfMemory(((ThrowableProxy) event.getThrowableProxy()).getThrowable())) {
      say(event.getThreadName());
    }
  }

  @Override
  public void uncaughtException(Thread thread, Throwable thrown) {
    if (!isOutOfMemory(thrown)) {
      LOG.error("Thread {} ended by a fault of the program", thread.getName(), thrown);
      return;
    }
    try {
      say(thread.getName());
      LOG.error("A thread of the server itself was hit; the server ends");
    } catch (Throwable e) { // not even for this: the end is what counts
      System.err.println("doveadm-sshd: memory has run out");
    } finally {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  private static boolean isOutOfMemory(Throwable thrown) {
    Throwable each = thrown;
    for (int depth = 0; each != null && depth < MAX_CAUSES; depth++) {
      if (each instanceof OutOfMemoryError) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }

  /** Once for many: errors of this kind come together. */
  private synchronized void say(String thread) {
    long now = System.nanoTime();
    if (said && now - lastSaid < EVERY_NANOS) {
      return;
    }
    said = true;
    lastSaid = now;
    reserve = null;
    LOG.error(
        "Memory has run out on thread {}; the heap may have {} MiB (DOVEADM_SSHD_MEMORY), {} MiB of"
            + " it waited for clients and mailboxes",
        thread,
        Runtime.getRuntime().maxMemory() / MIB,
        budget.all().held() / MIB);
    List<Activity.ActiveSession> entries = activity.activeSessions();
    entries.stream().limit(MAX_ENTRIES).forEach(LastWords::say);
    if (entries.size() > MAX_ENTRIES) {
      LOG.error("Under way: {} more", entries.size() - MAX_ENTRIES);
    }
    for (MemoryBudget.Holding holding : budget.largest(MAX_ENTRIES)) {
      LOG.error("Held: {} KiB by {}", holding.bytes() / 1024, holding.name());
    }
    reserve = new byte[RESERVE];
  }

  private static void say(Activity.ActiveSession entry) {
    LOG.error(
        "Under way: {} {} of {} from {} for {} s, {} users done: {}",
        entry.kind(),
        entry.id(),
        entry.master(),
        entry.address(),
        entry.seconds(),
        entry.done(),
        entry.doing().isEmpty() ? "nothing" : Printable.line(entry.doing(), MAX_COMMAND));
  }
}
