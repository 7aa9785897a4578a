package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.FileName;
import org.doveadmsshd.storage.posix.FileStatus;
import org.doveadmsshd.storage.posix.OpenFile;
import org.doveadmsshd.storage.posix.PosixException;

/** One file in {@code cur} or {@code new}. */
final class MaildirMail implements Mail, MailStream.Owner {
  private static final int TRIES = 10;

  private final MaildirMailbox mailbox;
  private final UidList.Entry entry;
  private final MailFacts facts;
  private final boolean justNumbered;
  private MaildirListing.Place place;
  private int sequence;
  private FileStatus status;

  /**
   * A mail that was found.
   *
   * @param row where it lies, its UID and what is known of it
   * @param justNumbered whether it got its UID only now
   */
  MaildirMail(MaildirMailbox mailbox, MailCache.Row row, boolean justNumbered) {
    this.mailbox = mailbox;
    this.place = row.place();
    this.entry = row.entry();
    this.facts = row.facts();
    this.justNumbered = justNumbered;
  }

  /** What can be remembered of it. */
  MailCache.Row row() {
    return new MailCache.Row(place, entry, facts);
  }

  MailFacts facts() {
    return facts;
  }

  private String base() {
    return MaildirName.base(place.file());
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
    for (Flag flag : Flag.values()) {
      if (MaildirName.letter(flag) == letter) {
        return 1 << flag.ordinal();
      }
    }
    return 0;
  }

  /** Gives it exactly these flags; under the lock of the UID list. */
  void setFlags(Flags flags, Keywords keywords) throws Failure, PosixException {
    anywhereOrThrow(
        where -> {
          rename(where, flags, keywords);
          return null;
        });
  }

  /** Renames where it lies; a mail in {@code new} stays there, as with Dovecot. */
  private void rename(MaildirListing.Place where, Flags flags, Keywords keywords)
      throws PosixException {
    String file = where.file();
    String letters = MaildirName.letters(flags, keywords, MaildirName.flags(file));
    boolean bare = letters.isEmpty() && file.indexOf(':') < 0;
    String renamed = bare ? file : base() + ":2," + letters + MaildirName.trailing(file);
    if (!renamed.equals(file)) {
      mailbox.listing().directory(where).rename(file, renamed);
      place = new MaildirListing.Place(where.isNew(), renamed);
    }
  }

  /** Gives the file a further name elsewhere. */
  void linkTo(Directory target, String name) throws Failure, PosixException {
    anywhereOrThrow(
        where -> {
          mailbox.listing().directory(where).link(where.file(), target, name);
          return null;
        });
  }

  /** Moves the file elsewhere in one step. */
  void moveTo(Directory target, String name) throws Failure, PosixException {
    anywhereOrThrow(
        where -> {
          mailbox.listing().directory(where).rename(where.file(), target, name);
          return null;
        });
  }

  /** Whether it lies in a mailbox of the same user as another. */
  boolean sharesQuotaWith(MaildirMailbox other) {
    return mailbox.quota() == other.quota();
  }

  @Override
  public String guid() {
    String own = entry == null ? null : entry.field('G');
    return own != null ? own : base();
  }

  @Override
  public long received() throws Failure {
    if (facts.received() == MailFacts.UNKNOWN) {
      facts.learn(status());
    }
    return facts.received();
  }

  @Override
  public String storageId() {
    return base();
  }

  @Override
  public int references() throws Failure {
    return status().links();
  }

  /** An empty value in the list stands for the base. */
  @Override
  public String popUidl() {
    String listed = entry == null ? null : entry.field('P');
    return listed == null ? "" : listed.isEmpty() ? base() : listed;
  }

  @Override
  public String popOrder() {
    String listed = entry == null ? null : entry.field('O');
    return listed == null ? "" : listed;
  }

  /** The inode's change time: Maildir stores nothing better, and it is never too early. */
  @Override
  public long saved() throws Failure {
    return status().changedSeconds();
  }

  @Override
  public long physicalSize() throws Failure {
    long named = sizeInName('S');
    if (named < 0 && facts.physicalSize() == MailFacts.UNKNOWN) {
      facts.learn(status());
    }
    return named >= 0 ? named : facts.physicalSize();
  }

  @Override
  public long virtualSize() throws Failure {
    if (facts.virtualSize() == MailFacts.UNKNOWN) {
      long named = sizeInName('W');
      if (named >= 0) {
        return named;
      }
      facts.learnVirtualSize(countVirtualSize());
    }
    return facts.virtualSize();
  }

  private long sizeInName(char letter) {
    long size = MaildirName.size(base(), letter);
    String listed = size < 0 && entry != null ? entry.field(letter) : null;
    return listed != null && listed.matches("[0-9]{1,18}") ? Long.parseLong(listed) : size;
  }

  private long countVirtualSize() throws Failure {
    try (InputStream in = open()) {
      return LineEnds.virtualSize(in);
    } catch (UnreadableMailException e) {
      throw e.failure();
    } catch (IOException e) {
      throw failure(String.valueOf(e.getMessage()), e);
    }
  }

  FileStatus status() throws Failure {
    if (status == null) {
      status = anywhere(where -> mailbox.listing().directory(where).status(where.file()));
    }
    return status;
  }

  @Override
  public Optional<List<String>> rememberedHeader(String name) {
    return facts.header(name);
  }

  @Override
  public List<String> rememberedNames() {
    return mailbox.isRemembered() ? MailFacts.NAMES : List.of();
  }

  @Override
  public void rememberHeader(List<HeaderField> fields) {
    facts.learnHeader(fields);
  }

  @Override
  public InputStream open() throws Failure {
    return open(false);
  }

  @Override
  public InputStream openStored() throws Failure {
    return open(true);
  }

  private InputStream open(boolean anything) throws Failure {
    // what the listing calls a file is opened without waiting: a FIFO in its place is just empty
    OpenFile file = anywhere(where -> mailbox.listing().directory(where).read(where.file()));
    return new MailStream(file.stable(), this, anything);
  }

  @Override
  public String complaint(OpenFile file, byte[] bytes, int offset, int length)
      throws PosixException {
    long named = MaildirName.size(base(), 'S');
    if (length == 0) {
      return named == 0 ? null : "is empty";
    }
    Optional<String> otherwise = PlainMail.otherwise(bytes, offset, length);
    if (otherwise.isPresent()) {
      return "is " + otherwise.get() + ", which cannot be read here";
    }
    boolean other =
        named >= 0
            && !PlainMail.beginsWithHeader(bytes, offset, length)
            && file.status().size() != named;
    return other ? "has no header, and not the size that its name says" : null;
  }

  @Override
  public MailFailure failure(String reason, IOException cause) {
    String file = FileName.display(place.file());
    String uid = uid() == 0 ? "" : " (UID " + uid() + ")";
    String what = cause == null ? " " + reason : ": " + reason;
    return new MailFailure("Mailbox " + mailbox.name() + ": mail " + file + uid + what, cause);
  }

  @Override
  public void expunge() throws Failure {
    long size = mailbox.quota().size(this);
    anywhere(
        where -> {
          mailbox.listing().directory(where).unlink(where.file());
          return null;
        });
    try {
      mailbox.quota().changed(mailbox.name(), -size, -1);
    } catch (PosixException e) {
      throw mailbox.failure(e);
    }
  }

  /** Something done to the file under its present name. */
  @FunctionalInterface
  private interface Access<T> {
    T at(MaildirListing.Place place) throws PosixException;
  }

  private <T> T anywhere(Access<T> access) throws Failure {
    try {
      return anywhereOrThrow(access);
    } catch (PosixException e) {
      throw failure(MaildirStore.reason(e), e);
    }
  }

  /** Repeats an access while others rename the file under our hands. */
  private <T> T anywhereOrThrow(Access<T> access) throws Failure, PosixException {
    for (int i = 1; ; i++) {
      try {
        return access.at(place);
      } catch (PosixException e) {
        if (!e.isMissing() || i == TRIES) {
          throw e;
        }
        place = mailbox.relocate(base());
      }
    }
  }
}
