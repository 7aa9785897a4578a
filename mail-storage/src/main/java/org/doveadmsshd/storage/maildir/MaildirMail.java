package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileName;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.compression.Compression;
import org.doveadmsshd.storage.mime.HeaderField;

/** One file in {@code cur} or {@code new}, whose mail may be compressed in it. */
final class MaildirMail implements Mail, MailStream.Owner {
  private static final int TRIES = 10;

  private final MaildirMailbox mailbox;
  private final MailTable table;
  private final int number;
  private final int sequence;
  private final boolean justNumbered;
  private MailFacts facts;
  private MaildirListing.Place place;
  private FileStatus status;

  /**
   * A mail that was found.
   *
   * @param number of the mail in the table
   * @param sequence as {@link #sequence} tells it
   * @param justNumbered whether it got its UID only now
   */
  MaildirMail(
      MaildirMailbox mailbox, MailTable table, int number, int sequence, boolean justNumbered) {
    this.mailbox = mailbox;
    this.table = table;
    this.number = number;
    this.sequence = sequence;
    this.justNumbered = justNumbered;
  }

  private MailFacts facts() {
    facts = facts == null ? mailbox.memory().facts(number) : facts;
    return facts;
  }

  /** Finds something out about it, which the mailbox may keep in mind. */
  private void learn(Runnable learning) {
    facts();
    learning.run();
    mailbox.memory().learned(number, facts);
  }

  private MaildirListing.Place place() {
    place = place == null ? table.place(number) : place;
    return place;
  }

  private String base() {
    return table.base(number);
  }

  private String noted(char letter) {
    return UidList.field(table.notes(number), letter);
  }

  @Override
  public long uid() {
    return sequence == 0 ? 0 : table.uid(number);
  }

  @Override
  public int sequence() {
    return sequence;
  }

  @Override
  public Flags flags() throws Failure {
    String letters = MaildirName.flags(place().file());
    boolean hasKeywords = false;
    for (int i = 0; i < letters.length() && !hasKeywords; i++) {
      hasKeywords = letters.charAt(i) >= 'a' && letters.charAt(i) <= 'z';
    }
    return new Flags(bits(letters), hasKeywords ? keywords(letters) : List.of());
  }

  /** Reads no file, as the names of keywords do. */
  @Override
  public boolean has(Flag flag) throws Failure {
    return (bits(MaildirName.flags(place().file())) & 1 << flag.ordinal()) != 0;
  }

  private int bits(String letters) throws Failure {
    int bits = 0;
    for (int i = 0; i < letters.length(); i++) {
      bits |= MaildirName.bit(letters.charAt(i));
    }
    return place().isNew() || justNumbered ? bits | 1 << Flag.RECENT.ordinal() : bits;
  }

  private List<String> keywords(String letters) throws Failure {
    try {
      return mailbox.keywords().of(letters);
    } catch (PosixException e) {
      throw mailbox.failure(e);
    }
  }

  /** Gives it exactly these flags; under the lock of the UID list. */
  void setFlags(Flags flags, Keywords keywords) throws Failure {
    anywhere(
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
    String renamed = bare ? file : MaildirName.withFlags(file, letters);
    if (!renamed.equals(file)) {
      Directory directory = mailbox.listing().directory(where);
      directory.rename(file, directory, renamed);
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
  void moveTo(Directory target, String name) throws Failure {
    anywhere(
        where -> {
          mailbox.listing().directory(where).rename(where.file(), target, name);
          return null;
        });
    mailbox.departures().add(table, number);
  }

  /** Where it lies. */
  MaildirMailbox mailbox() {
    return mailbox;
  }

  /** Gives the file the permissions that a mailbox asks of its files, if that may be done. */
  void adopt(FileStatus model) throws Failure {
    try (OpenFile file = anywhere(where -> mailbox.listing().directory(where).read(where.file()))) {
      file.adopt(model);
    } catch (PosixException e) {
      // it is the owner's all the same
    }
  }

  @Override
  public String guid() {
    String own = noted('G');
    return own != null ? own : base();
  }

  @Override
  public long received() throws Failure {
    if (facts().received() == MailFacts.UNKNOWN) {
      FileStatus known = status();
      learn(() -> facts.learn(known));
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
    String listed = noted('P');
    return listed == null ? "" : listed.isEmpty() ? base() : listed;
  }

  @Override
  public String popOrder() {
    String listed = noted('O');
    return listed == null ? "" : listed;
  }

  /**
   * The inode's change time, the earliest that is known: Maildir stores nothing better, and it is
   * never too early.
   */
  @Override
  public long saved() throws Failure {
    if (facts().saved() == MailFacts.UNKNOWN) {
      FileStatus known = status();
      learn(() -> facts.learn(known));
    }
    return facts.saved();
  }

  @Override
  public long physicalSize() throws Failure {
    long named = sizeInName('S');
    if (named < 0 && facts().physicalSize() == MailFacts.UNKNOWN) {
      long found = read(MailStream::size);
      learn(() -> facts.learnPhysicalSize(found));
    }
    return named >= 0 ? named : facts.physicalSize();
  }

  /** Bytes that the file has, compressed or not. */
  long storedSize() throws Failure {
    return status().size();
  }

  @Override
  public long virtualSize() throws Failure {
    if (facts().virtualSize() == MailFacts.UNKNOWN) {
      long named = sizeInName('W');
      if (named >= 0) {
        return named;
      }
      long counted = read(LineEnds::virtualSize);
      learn(() -> facts.learnVirtualSize(counted));
    }
    return facts.virtualSize();
  }

  private long sizeInName(char letter) {
    long size = MaildirName.size(base(), letter);
    String listed = size < 0 ? noted(letter) : null;
    return listed == null ? size : Digits.number(listed, 18, size);
  }

  /** Finds a size out by reading. */
  @FunctionalInterface
  private interface Measure {
    long of(MailStream in) throws IOException;
  }

  private long read(Measure measure) throws Failure {
    try (MailStream in = open(false)) {
      return measure.of(in);
    } catch (UnreadableMailException e) {
      throw e.failure();
    } catch (IOException e) {
      throw failure(Reason.of(e), e);
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
    return facts().header(name);
  }

  @Override
  public List<String> rememberedNames() {
    return mailbox.memory().isKept() ? MailFacts.NAMES : List.of();
  }

  @Override
  public void rememberHeader(List<HeaderField> fields) {
    learn(() -> facts.learnHeader(fields));
  }

  @Override
  public InputStream open() throws Failure {
    return open(false);
  }

  @Override
  public InputStream openStored() throws Failure {
    return open(true);
  }

  private MailStream open(boolean anything) throws Failure {
    // what the listing calls a file is opened without waiting: a FIFO in its place is just empty
    OpenFile file = anywhere(where -> mailbox.listing().directory(where).read(where.file()));
    return new MailStream(file.stable(), this, anything);
  }

  @Override
  public long inflateLimit() {
    return mailbox.context().compression().limit();
  }

  @Override
  public long namedSize() {
    return sizeInName('S');
  }

  @Override
  public boolean take(long bytes) {
    MaildirStore.Context context = mailbox.context();
    try {
      long patience = context.lockPatience().toMillis();
      return context.memory().take(bytes, patience, context.checkpoint()::check);
    } catch (Failure e) {
      return false; // the next checkpoint ends the work
    }
  }

  @Override
  public void give(long bytes) {
    mailbox.context().memory().give(bytes);
  }

  @Override
  public String complaint(OpenFile file, boolean isInflated, byte[] bytes, int offset, int length)
      throws PosixException {
    long named = MaildirName.size(base(), 'S');
    if (length == 0) {
      return named == 0 ? null : "is empty";
    }
    Optional<String> otherwise = PlainMail.otherwise(bytes, offset, length);
    if (otherwise.isPresent()) {
      return "is " + otherwise.get();
    }
    if (isInflated) {
      Optional<Compression> again = PlainMail.compression(bytes, offset, length);
      return again.isPresent() ? "is compressed, and what is in it is, too" : null;
    }
    boolean other =
        named >= 0
            && !PlainMail.beginsWithHeader(bytes, offset, length)
            && file.status().size() != named;
    return other ? "has no header, and not the size that its name says" : null;
  }

  @Override
  public MailFailure failure(String reason, IOException cause) {
    String file = FileName.display(place().file());
    String uid = uid() == 0 ? "" : " (UID " + uid() + ")";
    String what = cause == null ? " " + reason : ": " + reason;
    return new MailFailure("Mailbox " + mailbox.name() + ": mail " + file + uid + what, cause);
  }

  @Override
  public void expunge() throws Failure {
    boolean noted = mailbox.quota().notes(mailbox.name());
    long size = noted ? physicalSize() : 0;
    anywhere(
        where -> {
          mailbox.listing().directory(where).unlink(where.file());
          return null;
        });
    mailbox.departures().add(table, number);
    if (noted) {
      mailbox.quota().changed(-size, -1);
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
        return access.at(place());
      } catch (PosixException e) {
        if (!e.isMissing() || i == TRIES) {
          throw e;
        }
        place = mailbox.relocate(base());
      }
    }
  }
}
