package org.doveadmsshd.brain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.locks.LockSupport;
import org.doveadmsshd.brain.journal.JournalDisk;

/** A disk that may be slow, or full from some byte on. A simulation waits for no other. */
final class SimulatedDisk implements JournalDisk {
  private static final long SLOW_NANOS = 5_000_000;

  private final boolean isSlow;
  private final long room;

  /**
   * @param room how long files may be
   */
  SimulatedDisk(boolean isSlow, long room) {
    this.isSlow = isSlow;
    this.room = room;
  }

  @Override
  public void write(FileChannel file, ByteBuffer lines) throws IOException {
    beSlow();
    int fits = (int) Math.min(lines.remaining(), Math.max(0, room - file.position()));
    boolean isFull = fits < lines.remaining();
    ByteBuffer part = lines.slice(lines.position(), fits);
    lines.position(lines.position() + file.write(part));
    if (isFull) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  public void keep(FileChannel file) {
    beSlow();
  }

  private void beSlow() {
    if (isSlow) {
      LockSupport.parkNanos(SLOW_NANOS);
    }
  }
}
