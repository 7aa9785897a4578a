package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.nio.ByteBuffer;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * Facts about the mails of a mailbox, gathered while it is open. Few are kept in memory, many in a
 * file in the mailbox that has no name any more. One thread.
 */
final class FactsSpool implements Closeable {
  private static final String NAME = "doveadm-sshd.cache.spool";
  private static final int FIRST = 8 * 1024;
  private static final int MOST_KEPT = 1 << 20;

  private final Directory directory;
  private final Room room;
  private ByteBuffer kept = ByteBuffer.allocate(FIRST);
  private long written;
  private OpenFile file;
  private MailCacheReader reader;

  /**
   * @param directory of the mailbox
   */
  FactsSpool(Directory directory, Room room) {
    this.directory = directory;
    this.room = room;
  }

  /** How much there is, in bytes. */
  long size() {
    return written + kept.position();
  }

  /** Takes the facts of a mail; returns their place. */
  long add(MailFacts facts) throws PosixException, Room.NoneException {
    int size = facts.size();
    if (kept.remaining() < size && kept.capacity() < MOST_KEPT) {
      room.grow(kept.capacity());
      kept = ByteBuffer.allocate(2 * Math.max(kept.capacity(), size)).put(kept.flip());
    }
    if (kept.remaining() < size) {
      write();
    }
    long at = size();
    facts.put(kept);
    return at;
  }

  private void write() throws PosixException {
    if (file == null) {
      file = create();
      reader = MailCacheReader.of(file, true);
    }
    file.write(kept.array(), 0, kept.position());
    written += kept.position();
    kept.clear();
    reader.hasGrown();
  }

  /**
   * A file without name. It replaces one that a killed process has left, or that another one is
   * just making.
   */
  private OpenFile create() throws PosixException {
    try {
      directory.unlink(NAME);
    } catch (PosixException e) {
      if (!e.isMissing()) {
        throw e;
      }
    }
    OpenFile made = directory.createSpool(NAME);
    try {
      directory.unlink(NAME);
    } catch (PosixException e) {
      if (!e.isMissing()) {
        made.close();
        throw e;
      }
    }
    return made;
  }

  /** The facts at a place. */
  MailFacts at(long position) throws PosixException {
    if (position >= written) {
      return MailFacts.get(kept.duplicate().position((int) (position - written)));
    }
    return MailFacts.get(reader.at(position, MailFacts.MOST));
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
  }
}
