package org.doveadmsshd.storage.maildir;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.Mailbox;

/**
 * The cache of one open mailbox: {@link #look} reads it first, {@link #keep} writes it at the end.
 * It is written only if the mailbox has not changed in between.
 */
final class MailboxMemory {
  /** Mailboxes with fewer mails are as quickly listed. */
  private static final int WORTHWHILE = 8;

  /** The cache is rewritten when new facts are known for more than one mail in this many. */
  private static final int SHARE = 8;

  private final MailboxFiles files;
  private final Room room;

  /** Null where nothing is remembered. */
  private final MailCacheFile file;

  private MailboxStamp stamp;
  private long stampedAt;

  /** The file in which it is remembered, and what that says; null where there is none. */
  private MailCacheReader reader;

  /** The mails as that has them; null where it has not answered. */
  private MailCache cache;

  /** The mailbox's state, as long as the cache has not been asked. */
  private MailCache.Head unread;

  /**
   * The cached facts of the mails in the table; null once they have been used, or if there are
   * none.
   */
  private MailCache.Known known;

  private MailTable table;

  /** Whether there is room for new facts. */
  private boolean keeps;

  /** Place in the spool of the new facts of each mail, + 1; null before there are any. */
  private int[] found;

  private FactsSpool spool;
  private int learned;

  /**
   * @param settled as in {@link MailCacheFile}; nothing for no memory at all
   */
  MailboxMemory(MailboxFiles files, Optional<Duration> settled, Room room) {
    this.files = files;
    this.room = room;
    this.file = settled.map(duration -> new MailCacheFile(files.control(), duration)).orElse(null);
  }

  /** Whether it is worth while to find out more of a mail than was asked. */
  boolean isKept() {
    return keeps;
  }

  /** Forgets the mailbox's earlier state, and looks at it anew. */
  MailboxStamp look() throws PosixException {
    drop();
    stampedAt = System.nanoTime();
    stamp = MailboxStamp.of(files);
    return stamp;
  }

  /** What the mailbox was like at {@link #look}. */
  MailboxStamp stamp() {
    return stamp;
  }

  /** Forgets the mailbox's earlier state. */
  void drop() {
    keeps = false;
    cache = null;
    unread = null;
    known = null;
    table = null;
    found = null;
    learned = 0;
    close();
  }

  private void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
    if (spool != null) {
      spool.close();
      spool = null;
    }
  }

  /** How many mails there are, if that is remembered and the mailbox is as at {@link #look}. */
  OptionalInt recallCount() {
    try (MailCacheReader opened = file == null ? null : file.open().orElse(null)) {
      Optional<MailCache.Head> head =
          opened == null ? Optional.empty() : MailCacheFile.head(opened);
      return head.isPresent() && head.get().stamp().isSame(stamp)
          ? OptionalInt.of(head.get().count())
          : OptionalInt.empty();
    }
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
    reader = file.open().orElse(null);
    MailCache.Head head = reader == null ? null : MailCacheFile.head(reader).orElse(null);
    if (head == null) {
      return Optional.empty();
    }
    if (!head.stamp().isSame(stamp) || numbered && head.identifiers().isEmpty()) {
      unread = head;
      return Optional.empty();
    }
    cache = MailCacheFile.read(head, reader, room).orElse(null);
    return Optional.ofNullable(cache);
  }

  /** Says what the mails are that it is going to be asked for: those recalled, or others. */
  void begin(MailTable mails) {
    table = mails;
    keeps = file != null && MailCache.leastSize(mails.size()) < MailCache.MAX_SIZE;
  }

  /** The facts of a mail. */
  MailFacts facts(int mail) {
    if (found != null && found[mail] != 0) {
      try {
        return spool.at(found[mail] - 1);
      } catch (PosixException e) {
        return new MailFacts();
      }
    }
    if (cache != null) {
      return cache.mails().facts(mail);
    }
    if (unread != null) {
      known = MailCacheFile.known(unread, reader, table, room).orElse(null);
      unread = null;
    }
    return known == null ? new MailFacts() : known.facts(mail);
  }

  /** Takes new facts of a mail, as far as there is room for them. */
  void learned(int mail, MailFacts facts) {
    if (!keeps) {
      return;
    }
    try {
      if (found == null) {
        room.grow((long) Integer.BYTES * table.size());
        found = new int[table.size()];
        spool = new FactsSpool(files.control(), room);
      }
      learned += found[mail] == 0 ? 1 : 0;
      found[mail] = (int) spool.add(facts) + 1;
      keeps = spool.size() < MailCache.MAX_SIZE;
    } catch (PosixException | Room.NoneException e) {
      keeps = false; // it is looked up again next time
    }
  }

  /**
   * Writes the facts found since {@link #look}, if they are many enough.
   *
   * @param identifiers nothing when the mails have no UIDs
   * @param mails in the order of their UIDs, if they have some
   */
  void keep(Optional<Mailbox.Identifiers> identifiers, MailCache.Mails mails) {
    int size = mails.table().size();
    boolean enough = size >= WORTHWHILE && (cache == null || learned * SHARE > size);
    if (!keeps || !enough) {
      return;
    }
    try {
      if (MailboxStamp.of(files).isSame(stamp)) {
        file.write(new MailCache(stamp, identifiers, mails), stampedAt);
      }
    } catch (PosixException e) {
      // a full disk, or one that is only read: it is looked up again next time
    }
  }

  /** Forgets everything, also on disk. */
  void forget() throws PosixException {
    new MailCacheFile(files.control(), Duration.ZERO).remove();
  }
}
