package org.doveadmsshd.brain.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** What journals ask of a disk. Used by the threads that write, one for each file. */
public interface JournalDisk {
  /** The machine's own. */
  JournalDisk OWN = new JournalDisk() {};

  /**
   * Writes some of it, or all.
   *
   * @throws IOException when there is no room; a part may have been written
   */
  default void write(FileChannel file, ByteBuffer lines) throws IOException {
    file.write(lines);
  }

  /** Returns when a crash of the machine leaves what was written. */
  default void keep(FileChannel file) throws IOException {
    file.force(false);
  }
}
