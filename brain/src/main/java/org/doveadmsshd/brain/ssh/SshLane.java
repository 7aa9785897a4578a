package org.doveadmsshd.brain.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.future.OpenFuture;
import org.doveadmsshd.brain.remote.LaneTransport;

/** A lane that is a channel of the subsystem. */
final class SshLane implements LaneTransport {
  private static final String SUBSYSTEM = "doveadm";
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private final WatchedSession session;
  private final ChannelSubsystem channel;
  private final Runnable whenLeft;
  private final long roundTripMicros;
  private final AtomicBoolean closing = new AtomicBoolean();

  /**
   * Opens it.
   *
   * @param patience how long that may take
   * @param whenClosed told when it has been closed by whichever side
   * @param whenLeft told when it is closed without the server having been told
   */
  SshLane(WatchedSession session, Duration patience, Runnable whenClosed, Runnable whenLeft)
      throws IOException {
    this.session = session;
    this.whenLeft = whenLeft;
    channel = session.createSubsystemChannel(SUBSYSTEM);
    long begun = System.nanoTime();
    boolean opened = false;
    try {
      OpenFuture opening = channel.open();
      if (!opening.await(patience) || session.isSilent()) {
        throw new IOException(SILENT);
      }
      opening.verify();
      opened = true;
    } finally {
      if (!opened) {
        channel.close(true);
      }
    }
    roundTripMicros = (System.nanoTime() - begun) / 1000; // no reply about the subsystem is awaited
    channel.addCloseFutureListener(closed -> whenClosed.run());
  }

  @Override
  public long roundTripMicros() {
    return roundTripMicros;
  }

  @Override
  public InputStream in() {
    return channel.getInvertedOut();
  }

  @Override
  public OutputStream out() {
    return channel.getInvertedIn();
  }

  @Override
  public Optional<String> whyLost() {
    return session.isSilent() ? Optional.of(LaneTransport.SILENT) : Optional.empty();
  }

  @Override
  public void finish() {
    channel.close(false);
  }

  /** The server is told; if it does not answer in time, the lane is closed all the same. */
  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      channel.close(false);
      session
          .getFactoryManager()
          .getScheduledExecutorService()
          .schedule(this::leave, CLOSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void leave() {
    if (!channel.isClosed()) {
      whenLeft.run();
      channel.close(true);
    }
  }
}
