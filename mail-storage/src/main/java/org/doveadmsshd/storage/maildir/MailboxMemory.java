package org.doveadmsshd.storage.maildir;

import java.time.Duration;
import java.util.Optional;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.PosixException;

/**
 * What is kept of one open mailbox from one time it is looked at to the next: {@link #look} first,
 * {@link #keep} at the end. It is kept only if nothing at all has changed in between.
 */
final class MailboxMemory {
  /** Mailboxes with fewer mails are as quickly listed. */
  private static final int WORTHWHILE = 8;

  /** What part of the mails must have been asked something new for the cache to be written anew. */
  private static final int SHARE = 8;

  /** What the objects for what is known of a mail take, in bytes. */
  private static final int FACTS = 144;

  private final Directory directory;
  private final Room room;

  /** Null where nothing is remembered. */
  private final MailCacheFile file;

  private MailboxStamp stamp;
  private long stampedAt;

  /** As it was remembered; null where nothing was. */
  private MailCache cache;

  private boolean answered;

  /** What may still be remembered in addition, in bytes; negative when it has become too much. */
  private long left;

  private MailTable table;

  /** What has been found out, by mail; null as long as nothing has been. */
  private MailFacts[] found;

  private int learned;

  /**
   * @param settled as in {@link MailCacheFile}; nothing for no memory at all
   */
  MailboxMemory(Directory directory, Optional<Duration> settled, Room room) {
    this.directory = directory;
    this.room = room;
    this.file = settled.map(duration -> new MailCacheFile(directory, duration)).orElse(null);
  }

  /** Whether it is worth while to find out more of a mail than was asked. */
  boolean isKept() {
    return file != null && left >= 0;
  }

  /** Forgets what has been looked at, and looks how the mailbox is now. */
  MailboxStamp look() throws PosixException {
    drop();
    stampedAt = System.nanoTime();
    stamp = MailboxStamp.of(directory);
    return stamp;
  }

  /** Forgets what has been looked at. */
  void drop() {
    answered = false;
    cache = null;
    table = null;
    found = null;
    learned = 0;
  }

  /**
   * The mails as they are remembered, if the mailbox still looks the same as at {@link #look}.
   *
   * @param numbered whether UIDs are wanted
   */
  Optional<MailCache> recall(boolean numbered) {
    if (file == null) {
      return Optional.empty();
    }
    cache = file.read(room).orElse(null);
    answered =
        cache != null && cache.stamp().isSame(stamp) && (!numbered || cache.identity().isPresent());
    return Optional.ofNullable(cache).filter(all -> answered);
  }

  /** Says what the mails are that it is going to be asked for: those recalled, or others. */
  void begin(MailTable mails) {
    table = mails;
    left = MailCache.MAX_SIZE - MailCache.leastSize(mails.size());
  }

  /** What is known of a mail. */
  MailFacts facts(int mail) {
    if (found != null && found[mail] != null) {
      return found[mail];
    }
    if (cache == null) {
      return new MailFacts();
    }
    int known =
        answered
            ? mail
            : cache
                .mails()
                .table()
                .find(table.array(mail), table.nameAt(mail), table.baseLength(mail));
    return known < 0 ? new MailFacts() : cache.mails().facts(known);
  }

  /**
   * Takes what has been found out about a mail, as far as there is room for it.
   *
   * @param more how many bytes of it are new
   */
  void learned(int mail, MailFacts facts, int more) {
    if (!isKept() || table == null) {
      return;
    }
    try {
      if (found == null) {
        room.grow(4L * table.size());
        found = new MailFacts[table.size()];
      }
      boolean first = found[mail] == null;
      learned += first ? 1 : 0;
      left -= more;
      room.grow(first ? FACTS + more : more);
      found[mail] = facts;
    } catch (Room.NoneException e) {
      left = -1;
    }
    if (left < 0) {
      found = null;
    }
  }

  /**
   * Writes down what has been found since {@link #look}, if it is worth it.
   *
   * @param identity nothing when the mails have no UIDs
   * @param mails in the order of their UIDs, if they have some
   */
  void keep(Optional<Mailbox.Identity> identity, MailCache.Mails mails) {
    int size = mails.table().size();
    boolean enough = size >= WORTHWHILE && (!answered || learned * SHARE > size);
    if (!isKept() || !enough) {
      return;
    }
    try {
      if (MailboxStamp.of(directory).isSame(stamp)) {
        file.write(new MailCache(stamp, identity, mails), stampedAt);
      }
    } catch (PosixException e) {
      // a full disk, or one that is only read: it is looked up again next time
    }
  }

  /** Forgets everything, also on disk. */
  void forget() throws PosixException {
    new MailCacheFile(directory, Duration.ZERO).remove();
  }
}
