package org.doveadmsshd.storage.maildir;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.PosixException;

/**
 * What is kept of one open mailbox from one time it is looked at to the next: {@link #recall}
 * first, {@link #keep} at the end. It is kept only if nothing at all has changed in between.
 */
final class MailboxMemory {
  /** Mailboxes with fewer mails are as quickly listed. */
  private static final int WORTHWHILE = 8;

  /** What part of the mails must have been asked something new for the cache to be written anew. */
  private static final int SHARE = 8;

  private final Directory directory;

  /** Null where nothing is remembered. */
  private final MailCacheFile file;

  private MailboxStamp stamp;
  private long stampedAt;
  private boolean answered;
  private Map<String, MailFacts> facts = Map.of();

  /**
   * @param settled as in {@link MailCacheFile}; nothing for no memory at all
   */
  MailboxMemory(Directory directory, Optional<Duration> settled) {
    this.directory = directory;
    this.file = settled.map(duration -> new MailCacheFile(directory, duration)).orElse(null);
  }

  boolean isKept() {
    return file != null;
  }

  /**
   * The mailbox as it is remembered, if it still looks the same.
   *
   * @param numbered whether UIDs are wanted
   */
  Optional<MailCache> recall(boolean numbered) throws PosixException {
    answered = false;
    facts = Map.of();
    if (file == null) {
      return Optional.empty();
    }
    stampedAt = System.nanoTime();
    stamp = MailboxStamp.of(directory);
    Optional<MailCache> cache = file.read();
    if (cache.isPresent()) {
      boolean same = cache.get().stamp().isSame(stamp);
      answered = same && (!numbered || cache.get().identity().isPresent());
      facts = answered ? Map.of() : cache.get().facts();
    }
    return cache.filter(all -> answered);
  }

  /** What is known of a mail that was listed. */
  MailFacts facts(String base) {
    MailFacts known = facts.get(base);
    return known == null ? new MailFacts() : known;
  }

  /**
   * Writes down what has been found since {@link #recall}, if it is worth it.
   *
   * @param identity nothing when the mails have no UIDs
   */
  void keep(Optional<Mailbox.Identity> identity, List<MaildirMail> mails) {
    if (file == null || mails.size() < WORTHWHILE || answered && !hasLearned(mails)) {
      return;
    }
    try {
      if (MailboxStamp.of(directory).isSame(stamp)) {
        List<MailCache.Row> rows = mails.stream().map(MaildirMail::row).toList();
        file.write(new MailCache(stamp, identity, rows), stampedAt);
      }
    } catch (PosixException e) {
      // a full disk, or one that is only read: it is looked up again next time
    }
  }

  /** Forgets everything, also on disk. */
  void forget() throws PosixException {
    new MailCacheFile(directory, Duration.ZERO).remove();
  }

  private static boolean hasLearned(List<MaildirMail> mails) {
    int learned = 0;
    for (MaildirMail mail : mails) {
      learned += mail.facts().hasLearned() ? 1 : 0;
    }
    return learned * SHARE > mails.size();
  }
}
