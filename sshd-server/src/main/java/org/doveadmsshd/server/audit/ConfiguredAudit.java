package org.doveadmsshd.server.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;

/** The log that the configuration names now, or none. */
public final class ConfiguredAudit implements Audit, Closeable {
  private final Clock clock;
  private Optional<Open> open = Optional.empty(); // guarded by this

  private record Open(Path file, AuditLog log) {}

  /** There is no log until {@link #configure} names one. */
  public ConfiguredAudit(Clock clock) {
    this.clock = clock;
  }

  /**
   * Takes what the configuration says. The same file is opened again: it may have been put aside,
   * as logrotate does.
   *
   * @param required whether nothing is to be done that cannot be accounted for
   * @throws Failure when the file cannot be written; all is as before then
   */
  public synchronized void configure(Optional<Path> file, boolean required) throws Failure {
    Optional<Open> before = open;
    try {
      if (before.isPresent() && file.equals(before.map(Open::file))) {
        before.get().log().reopen();
        before.get().log().require(required);
        return;
      }
      open =
          file.isPresent()
              ? Optional.of(new Open(file.get(), AuditLog.open(file.get(), required, clock)))
              : Optional.empty();
      if (before.isPresent()) {
        before.get().log().close();
      }
    } catch (IOException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "The audit log cannot be written: " + Reason.withFile(e), e);
    }
  }

  private Audit current() {
    return open.<Audit>map(Open::log).orElse(Audit.NONE);
  }

  @Override
  public synchronized void check() throws Failure {
    current().check();
  }

  @Override
  public synchronized void note(AuditEvent event) throws Failure {
    current().note(event);
  }

  @Override
  public synchronized void close() throws IOException {
    if (open.isPresent()) {
      open.get().log().close();
    }
  }
}
