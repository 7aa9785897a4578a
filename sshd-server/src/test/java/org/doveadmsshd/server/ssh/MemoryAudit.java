package org.doveadmsshd.server.ssh;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;

/** Keeps what is accounted for, or is full. Safe for several threads. */
public final class MemoryAudit implements Audit {
  private static final long LONG_SECONDS = 30;

  private final List<AuditEvent> all = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<AuditEvent> fresh = new LinkedBlockingQueue<>();
  private volatile String full = "";
  private volatile boolean closed;

  /** Takes no event of a kind any more; the empty kind is none. */
  public void refuse(String kind) {
    full = kind;
  }

  /** Says that no command may begin. */
  public void close() {
    closed = true;
  }

  @Override
  public void check() throws Failure {
    if (closed) {
      throw Failure.temporary("The audit log is closed", null);
    }
  }

  @Override
  public void note(AuditEvent event) throws Failure {
    if (event.kind().equals(full)) {
      throw Failure.temporary("The disk of the audit log is full", null);
    }
    all.add(event);
    fresh.add(event);
  }

  /** What there is of a kind. */
  public List<AuditEvent> of(String kind) {
    return all.stream().filter(event -> event.kind().equals(kind)).toList();
  }

  /** The next event of a kind, waited for; those before it are passed over. */
  public AuditEvent next(String kind) throws InterruptedException {
    AuditEvent event;
    do {
      event = fresh.poll(LONG_SECONDS, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no event " + kind + " among " + all);
      }
    } while (!event.kind().equals(kind));
    return event;
  }
}
