package org.doveadmsshd.worker;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The top of a task: whatever the work for one request throws becomes how that request ends. */
public final class FaultBarrier {
  private static final Logger LOG = LoggerFactory.getLogger(FaultBarrier.class);

  private FaultBarrier() {}

  /** The work of one request. */
  @FunctionalInterface
  public interface Work {
    void run() throws Failure, IOException;
  }

  /** Says whether an IOException came from where output goes. */
  @FunctionalInterface
  public interface OutputState {
    boolean isBroken();
  }

  /**
   * Does the work; returns how it has failed, or nothing.
   *
   * @param what for the log: which work, and for which user
   * @throws IOException when output cannot be delivered any more; only that goes beyond one request
   */
  public static Optional<Failure> run(
      Supplier<String> what, RequestControl control, OutputState output, Work work)
      throws IOException {
    try {
      work.run();
      return Optional.empty();
    } catch (Failure e) {
      return Optional.of(e.getCause() instanceof InterruptedIOException ? stopped(control, e) : e);
    } catch (IOException e) {
      return Optional.of(unread(e, control, output));
    } catch (UncheckedIOException e) {
      return Optional.of(unread(e.getCause(), control, output));
    } catch (Throwable e) {
      LOG.error("{} failed by a fault of the program", what.get(), e);
      return Optional.of(
          Failure.temporary("The server failed to carry this out; its log says more", e));
    }
  }

  private static Failure unread(IOException e, RequestControl control, OutputState output)
      throws IOException {
    if (output.isBroken()) {
      throw e;
    }
    Failure failure = Failure.temporary("Reading failed: " + Reason.of(e), e);
    return e instanceof InterruptedIOException ? stopped(control, failure) : failure;
  }

  /** A wait that was broken off has the reason for that as its outcome, if there is one. */
  private static Failure stopped(RequestControl control, Failure otherwise) {
    try {
      control.check();
      return otherwise;
    } catch (Failure reason) {
      return reason;
    }
  }
}
