package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.posix.FileStatus;
import org.doveadmsshd.storage.posix.OpenFile;
import org.doveadmsshd.storage.posix.PosixException;

/** One file in {@code cur} or {@code new}. */
final class MaildirMail implements Mail {
  private static final int TRIES = 10;

  private final MaildirMailbox mailbox;
  private final String base;
  private final UidList.Entry entry;
  private final boolean justNumbered;
  private MaildirMailbox.Place place;
  private int sequence;
  private FileStatus status;
  private long virtualSize = -1;

  MaildirMail(
      MaildirMailbox mailbox,
      String base,
      MaildirMailbox.Place place,
      UidList.Entry entry,
      boolean justNumbered) {
    this.mailbox = mailbox;
    this.base = base;
    this.place = place;
    this.entry = entry;
    this.justNumbered = justNumbered;
  }

  @Override
  public long uid() {
    return entry == null ? 0 : entry.uid();
  }

  @Override
  public int sequence() {
    return sequence;
  }

  void sequence(int sequence) {
    this.sequence = sequence;
  }

  @Override
  public Flags flags() throws Failure {
    String letters = MaildirName.flags(place.file());
    int bits = 0;
    boolean hasKeywords = false;
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      bits |= bit(letter);
      hasKeywords |= letter >= 'a' && letter <= 'z';
    }
    if (place.isNew() || justNumbered) {
      bits |= 1 << Flag.RECENT.ordinal();
    }
    return new Flags(bits, hasKeywords ? keywords(letters) : List.of());
  }

  private List<String> keywords(String letters) throws Failure {
    try {
      return mailbox.keywords().of(letters);
    } catch (PosixException e) {
      throw mailbox.failure(e);
    }
  }

  private static int bit(char letter) {
    Flag flag =
        switch (letter) {
          case 'R' -> Flag.ANSWERED;
          case 'F' -> Flag.FLAGGED;
          case 'T' -> Flag.DELETED;
          case 'S' -> Flag.SEEN;
          case 'D' -> Flag.DRAFT;
          default -> null;
        };
    return flag == null ? 0 : 1 << flag.ordinal();
  }

  @Override
  public String guid() {
    String own = entry == null ? null : entry.field('G');
    return own != null ? own : base;
  }

  @Override
  public long received() throws Failure {
    return status().modifiedSeconds();
  }

  /** The inode's change time: Maildir stores nothing better, and it is never too early. */
  @Override
  public long saved() throws Failure {
    return status().changedSeconds();
  }

  @Override
  public long physicalSize() throws Failure {
    long named = sizeInName('S');
    return named >= 0 ? named : status().size();
  }

  @Override
  public long virtualSize() throws Failure {
    if (virtualSize < 0) {
      virtualSize = sizeInName('W');
    }
    if (virtualSize < 0) {
      virtualSize = countVirtualSize();
    }
    return virtualSize;
  }

  private long sizeInName(char letter) {
    long size = MaildirName.size(base, letter);
    String listed = size < 0 && entry != null ? entry.field(letter) : null;
    return listed != null && listed.matches("[0-9]{1,18}") ? Long.parseLong(listed) : size;
  }

  private long countVirtualSize() throws Failure {
    try (InputStream in = open()) {
      byte[] buffer = new byte[16 * 1024];
      long size = 0;
      byte last = 0;
      int got;
      while ((got = in.read(buffer)) > 0) {
        size += got;
        for (int i = 0; i < got; i++) {
          if (buffer[i] == '\n' && last != '\r') {
            size++;
          }
          last = buffer[i];
        }
      }
      return size;
    } catch (IOException e) {
      throw Failure.temporary("Mailbox " + mailbox.name() + ": cannot read a mail", e);
    }
  }

  private FileStatus status() throws Failure {
    if (status == null) {
      status = anywhere(where -> mailbox.directory(where).status(where.file()));
    }
    return status;
  }

  @Override
  public InputStream open() throws Failure {
    OpenFile file = anywhere(where -> mailbox.directory(where).read(where.file()));
    try {
      FileStatus opened = file.status();
      if (!opened.isRegular()) {
        file.close();
        throw new Failure(
            Outcome.DATA_ERROR, "Mailbox " + mailbox.name() + ": a mail is no regular file");
      }
      status = opened;
      return file;
    } catch (PosixException e) {
      file.close();
      throw mailbox.failure(e);
    }
  }

  @Override
  public void expunge() throws Failure {
    anywhere(
        where -> {
          mailbox.directory(where).unlink(where.file());
          return null;
        });
  }

  /** Something done to the file under its present name. */
  @FunctionalInterface
  private interface Access<T> {
    T at(MaildirMailbox.Place place) throws PosixException;
  }

  /** Repeats an access while others rename the file under our hands. */
  private <T> T anywhere(Access<T> access) throws Failure {
    try {
      for (int i = 1; ; i++) {
        try {
          return access.at(place);
        } catch (PosixException e) {
          if (!e.isMissing() || i == TRIES) {
            throw e;
          }
          place = mailbox.relocate(base);
        }
      }
    } catch (PosixException e) {
      throw mailbox.failure(e);
    }
  }
}
