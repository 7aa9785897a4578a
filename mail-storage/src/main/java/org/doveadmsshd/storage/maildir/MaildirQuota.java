package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.QuotaUsage;

/**
 * The storage that one user takes: counted, or kept in the file {@code maildirsize} as Dovecot and
 * other programs keep it.
 *
 * <p>The first line of the file is the limit, the second the totals when they were counted, further
 * lines what was added or removed since; a line is added with one write.
 */
final class MaildirQuota {
  private static final String FILE = "maildirsize";
  private static final int MAX_SIZE = 5120;
  private static final long OVER_LIMIT_AGE = 15 * 60;

  private final QuotaRules rules;
  private Directory root;
  private final Counter counter;
  private final Consumer<String> warnings;
  private boolean warned;

  /** Mails and their bytes. */
  record Total(long bytes, long messages) {
    Total plus(Total more) {
      return plus(more.bytes, more.messages);
    }

    Total plus(long moreBytes, long moreMessages) {
      return new Total(bytes + moreBytes, messages + moreMessages);
    }
  }

  /** Counts all mails of the user. */
  @FunctionalInterface
  interface Counter {
    Total count(MaildirQuota quota) throws Failure;
  }

  /**
   * @param root null for a user without mail directory
   * @param warnings told when the file cannot be read or written; nothing fails for it
   */
  MaildirQuota(QuotaRules rules, Directory root, Counter counter, Consumer<String> warnings) {
    this.rules = rules;
    this.root = root;
    this.counter = counter;
    this.warnings = warnings;
  }

  /** Tells where the file is, once the user has a mail directory. */
  void use(Directory made) {
    root = made;
  }

  /** Bytes that a mail counts. */
  long size(Mail mail) throws Failure {
    return usesFile() ? mail.physicalSize() : mail.virtualSize();
  }

  /** Whether the mails of a mailbox count. */
  boolean counts(String mailbox) {
    return rules.counts(mailbox);
  }

  /** Whether changes of a mailbox are noted. */
  boolean notes(String mailbox) {
    return usesFile() && rules.counts(mailbox);
  }

  /** Whether the sizes of mails that come into a mailbox are needed. */
  boolean needsSizes(String mailbox) {
    boolean limited = rules.driver().isPresent() && rules.byteLimit(mailbox) > 0;
    return notes(mailbox) || limited && rules.counts(mailbox);
  }

  /** As {@link #size(Mail)}, for a mail of these sizes. */
  long size(long physical, long virtual) {
    return usesFile() ? physical : virtual;
  }

  private boolean usesFile() {
    return rules.driver().equals(Optional.of(QuotaRules.Driver.MAILDIR));
  }

  /**
   * Refuses what would exceed a limit.
   *
   * @throws Failure with {@link Outcome#OVER_QUOTA}
   */
  void check(String mailbox, long bytes, long messages) throws Failure {
    long byteLimit = rules.byteLimit(mailbox);
    long messageLimit = rules.messageLimit(mailbox);
    boolean unlimited = byteLimit == 0 && messageLimit == 0;
    if (rules.driver().isEmpty() || unlimited || messages <= 0 || !rules.counts(mailbox)) {
      return;
    }
    Total after = total().plus(bytes, messages);
    if (isOver(mailbox, after)) {
      throw new Failure(
          Outcome.OVER_QUOTA,
          "Quota exceeded (mailbox for user is full): %d mails with %d KiB more would make %d KiB of %s"
              .formatted(
                  messages,
                  bytes / 1024,
                  after.bytes() / 1024,
                  byteLimit > 0 ? byteLimit / 1024 + " KiB" : messageLimit + " mails"));
    }
  }

  private boolean isOver(String mailbox, Total total) {
    long byteLimit = rules.byteLimit(mailbox);
    long messageLimit = rules.messageLimit(mailbox);
    return byteLimit > 0 && total.bytes() > byteLimit
        || messageLimit > 0 && total.messages() > messageLimit;
  }

  /**
   * Notes mails that have come or gone in mailboxes that count. The change has been made already,
   * so a failure to note it is no failure. The file is removed then, and the next query counts
   * anew: its sum is wrong, and half a line would make one number of two.
   */
  void changed(long bytes, long messages) {
    if (!usesFile() || bytes == 0 && messages == 0) {
      return;
    }
    try (OpenFile file = root.append(FILE)) {
      file.write((bytes + " " + messages + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (PosixException e) {
      if (!e.isMissing()) {
        remove(e);
      }
    }
  }

  private void remove(PosixException reason) {
    try {
      root.unlink(FILE);
    } catch (PosixException e) {
      if (!e.isMissing()) {
        warn(reason);
      }
    }
  }

  private void warn(PosixException e) {
    if (!warned) {
      warned = true;
      warnings.accept(
          "The quota is not kept: %s: %s; doveadm quota recalc counts anew when it can be written"
              .formatted(e.file(), e.reason()));
    }
  }

  /** The totals now. */
  QuotaUsage usage() throws Failure {
    Total total = total();
    return new QuotaUsage(
        rules.name(),
        total.bytes(),
        total.messages(),
        rules.byteLimit("*"),
        rules.messageLimit("*"));
  }

  private Total total() throws Failure {
    if (!usesFile() || root == null) {
      return counter.count(this);
    }
    Optional<Total> noted = read();
    return noted.isPresent() ? noted.get() : recount();
  }

  /** Counts anew, and writes the file if that can be done. */
  Total recount() throws Failure {
    Total total = counter.count(this);
    try {
      write(total);
    } catch (PosixException e) {
      warn(e);
    }
    return total;
  }

  /** Counts anew and writes the file. */
  void recalculate() throws Failure, PosixException {
    write(counter.count(this));
  }

  private void write(Total total) throws PosixException {
    if (usesFile() && root != null) {
      String aside = FILE + "." + NewFileName.next();
      String content = limit() + "\n" + total.bytes() + " " + total.messages() + "\n";
      try (AsideFile file = new AsideFile(root, aside)) {
        file.file().write(content.getBytes(StandardCharsets.US_ASCII));
        file.file().sync();
        file.put(FILE);
      }
    }
  }

  /** {@code 1073741824S,1000C}, or one of both where there is no other limit. */
  private String limit() {
    long bytes = rules.byteLimit("*");
    long messages = rules.messageLimit("*");
    String size = bytes > 0 || messages == 0 ? bytes + "S" : "";
    String count = messages > 0 ? messages + "C" : "";
    return size + (size.isEmpty() || count.isEmpty() ? "" : ",") + count;
  }

  /** The sum of the file; nothing when it must be counted anew. */
  private Optional<Total> read() {
    byte[] content;
    long age;
    try (OpenFile file = root.read(FILE)) {
      age = System.currentTimeMillis() / 1000 - file.status().modifiedSeconds();
      if (file.status().size() > MAX_SIZE) {
        return Optional.empty();
      }
      content = file.readAll(MAX_SIZE + 1);
    } catch (PosixException e) {
      if (!e.isMissing()) {
        warn(e);
      }
      return Optional.empty();
    }
    return sum(new String(content, StandardCharsets.ISO_8859_1), age);
  }

  private Optional<Total> sum(String content, long age) {
    String[] lines = content.split("\n", -1);
    boolean whole = lines.length > 2 && lines[lines.length - 1].isEmpty();
    if (!whole || !lines[0].equals(limit())) {
      return Optional.empty();
    }
    Total total = new Total(0, 0);
    for (int i = 1; i < lines.length - 1; i++) {
      String[] numbers = lines[i].strip().split(" +");
      if (numbers.length != 2 || !isNumber(numbers[0]) || !isNumber(numbers[1])) {
        return Optional.empty();
      }
      total = total.plus(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    }
    boolean changed = lines.length > 3; // since it was counted
    boolean stale = isOver("*", total) && (changed || age > OVER_LIMIT_AGE);
    boolean sane = total.bytes() >= 0 && total.messages() >= 0;
    return sane && !stale ? Optional.of(total) : Optional.empty();
  }

  private static boolean isNumber(String text) {
    return text.matches("[+-]?[0-9]{1,18}");
  }
}
