package org.doveadmsshd.storage.maildir;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.Mailbox;

/** One Maildir. */
final class MaildirMailbox implements Mailbox {
  private final String name;

  /** Null for the INBOX of a user without mail directory. */
  private MailboxFiles files;

  private Directory directory;
  private final MaildirStore.Context context;
  private final MaildirQuota quota;
  private final MailboxRoom room;
  private Maker maker;
  private MaildirListing listing;
  private MailboxMemory memory;
  private final Departures departures = new Departures();
  private Keywords keywords;
  private UidList uids;

  /** As it is remembered; nothing when the UID list has to be read for it. */
  private Optional<Identifiers> recalled = Optional.empty();

  /** The mails last asked for; null before. */
  private MaildirMails mails;

  /** Makes the mail directory of a user that has none. */
  @FunctionalInterface
  interface Maker {
    MailboxFiles make() throws PosixException;
  }

  /** The INBOX of a user without mail directory: empty until something is put into it. */
  MaildirMailbox(String name, Maker maker, MaildirStore.Context context, MaildirQuota quota) {
    this(name, (MailboxFiles) null, context, quota);
    this.maker = maker;
  }

  /** A mailbox in open directories, which are closed with it. */
  MaildirMailbox(
      String name, MailboxFiles files, MaildirStore.Context context, MaildirQuota quota) {
    this.quota = quota;
    this.name = name;
    this.context = context;
    this.room = new MailboxRoom(name, context);
    use(files);
  }

  private void use(MailboxFiles opened) {
    files = opened;
    if (opened != null) {
      directory = opened.mail();
      listing = new MaildirListing(directory);
      memory = new MailboxMemory(opened, context.settled(), room);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Identifiers identifiers() throws Failure {
    if (directory == null) {
      return new Identifiers("0".repeat(32), 0, 1);
    }
    if (recalled.isPresent()) {
      return recalled.get();
    }
    try {
      if (uids == null) {
        uids = uidListFile().readHead();
      }
      if (uids == null || uids.guid() == null) {
        assign();
      }
      return identifiers(uids);
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  /** The identifiers under which the mails were listed; nothing when they have no UIDs. */
  private Optional<Identifiers> listedIdentifiers() {
    return mails.isNumbered() && !mails.isEmpty() && uids != null && uids.guid() != null
        ? Optional.of(identifiers(uids))
        : Optional.empty();
  }

  private static Identifiers identifiers(UidList list) {
    return new Identifiers(list.guid(), list.validity(), list.next());
  }

  @Override
  public List<MaildirMail> mails(boolean numbered) throws Failure {
    if (directory == null) {
      return List.of();
    }
    try {
      return room.in(lookAnew(), () -> look(numbered));
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  @Override
  public int count() throws Failure {
    if (directory == null) {
      return 0;
    }
    try {
      long estimate = lookAnew();
      OptionalInt remembered = memory.recallCount();
      return remembered.isPresent()
          ? remembered.getAsInt()
          : room.in(estimate, () -> look(false)).size();
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  /** Forgets the mails that were listed before. Returns what those of now will take, in bytes. */
  private long lookAnew() throws PosixException {
    departures.strike(files.control(), name);
    mails = null;
    return memory.look().estimate();
  }

  private MaildirMails look(boolean numbered) throws Failure, PosixException, Room.NoneException {
    memory.drop();
    Optional<MailCache> cache = memory.recall(numbered);
    recalled = cache.flatMap(MailCache::identifiers);
    if (cache.isPresent()) {
      mails = new MaildirMails(this, cache.get().mails().table(), null, numbered);
    } else {
      mails = list(numbered);
    }
    memory.begin(mails.table());
    return mails;
  }

  private MaildirMails list(boolean numbered) throws Failure, PosixException, Room.NoneException {
    return numbered ? numbered() : new MaildirMails(this, scan(), null, false);
  }

  /** The mails as a table, without UIDs; it is of no use after the mailbox is closed. */
  MailTable table() throws Failure {
    if (directory == null) {
      return new MailTable(Room.ANY);
    }
    try {
      mails = null;
      long estimate = memory.look().estimate();
      return room.in(
          estimate,
          () -> {
            MailTable table = look(false).table();
            table.index();
            return table;
          });
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  /** The mails in the order of their UIDs; a mail that has none gets one. */
  private MaildirMails numbered() throws Failure, PosixException, Room.NoneException {
    long before = room.used();
    MailTable table = scan();
    uids = uidListFile().read(table);
    long firstNew = Long.MAX_VALUE;
    if (uids == null || !table.isNumbered()) {
      table = null; // so that there are not two of them
      room.back(before);
      try (UidListLock lock = lock()) {
        table = scanLocked(room);
        UidList old = uidListFile().read(table);
        firstNew = old == null ? 1 : old.next();
        uids = uidListFile().addMissing(old, table, files.root());
      }
    }
    MaildirMails found = new MaildirMails(this, table, table.byUid(), true);
    found.justNumberedFrom(firstNew);
    return found;
  }

  /** Lists the mails; under the lock if they have to be parted first. */
  private MailTable scan() throws Failure, PosixException, Room.NoneException {
    long before = room.used();
    MailTable table = listing.scan(room, memory.stamp());
    if (listing.twins().isEmpty()) {
      return table;
    }
    table = null; // so that there are not two of them
    room.back(before);
    try (UidListLock lock = lock()) {
      return scanLocked(room);
    }
  }

  /** Lists the mails under the lock of the UID list, and sees to it that each has its own name. */
  MailTable scanLocked(Room own) throws Failure, PosixException, Room.NoneException {
    long before = own.used();
    MailTable table = listing.scan(own);
    if (listing.twins().isEmpty()) {
      return table;
    }
    table = null; // so that there are not two of them
    own.back(before);
    new Twins(listing, name, context.warnings()).part(List.copyOf(listing.twins()));
    return listing.scan(own);
  }

  /** Gives every mail a UID, and the mailbox its identifiers, under the lock. */
  private void assign() throws Failure, PosixException {
    inOwnRoom(
        own -> {
          try (UidListLock lock = lock()) {
            MailTable table = scanLocked(own);
            uids = uidListFile().addMissing(uidListFile().read(table), table, files.root());
            return null;
          }
        });
  }

  /** Something done with all mails, beside those that have been asked for. */
  @FunctionalInterface
  interface Work<T> {
    T run(Room room) throws Failure, PosixException, Room.NoneException;
  }

  /**
   * Does something for which all mails are looked at, with memory of its own, which is waited for
   * before.
   *
   * @param work has done nothing when it fails for lack of room
   */
  <T> T inOwnRoom(Work<T> work) throws Failure, PosixException {
    MailboxRoom own = new MailboxRoom(name, context);
    try {
      return own.in(MailboxStamp.of(files).estimate(), () -> work.run(own));
    } finally {
      own.close();
    }
  }

  UidListLock lock() throws Failure, PosixException {
    return UidListLock.acquire(files.control(), name, context);
  }

  UidListFile uidListFile() {
    return new UidListFile(files.control(), name);
  }

  /**
   * The letters for the keywords of some mails; under the lock.
   *
   * @param typed whether the command names them; else they come with mails from elsewhere
   */
  Keywords keywordsFor(boolean typed, List<Flags> flags) throws Failure, PosixException {
    Set<String> wanted = new LinkedHashSet<>();
    flags.forEach(each -> wanted.addAll(each.keywords()));
    keywords = null; // others may have named some since
    List<String> missing = keywords().missing(wanted);
    if (typed) {
      Keywords.check(missing);
    }
    if (!missing.isEmpty()) {
      keywords = Keywords.extend(files.control(), name, wanted, listing.keywordLetters());
    }
    return keywords;
  }

  Keywords keywords() throws PosixException {
    if (keywords == null) {
      keywords = Keywords.read(files.control());
    }
    return keywords;
  }

  /** Its cache. */
  MailboxMemory memory() {
    return memory;
  }

  MaildirListing listing() {
    return listing;
  }

  /** The mails that have been taken out of it. */
  Departures departures() {
    return departures;
  }

  /** Hands out UIDVALIDITY values. */
  Directory root() {
    return files.root();
  }

  MaildirStore.Context context() {
    return context;
  }

  MaildirQuota quota() {
    return quota;
  }

  /**
   * Renames under the lock of the UID list: a Dovecot that reads the directory beside a rename
   * could miss the mail, take it for expunged, and give it another UID later.
   */
  @Override
  public void setFlags(Map<? extends Mail, Flags> changes) throws Failure {
    if (changes.isEmpty()) {
      return;
    }
    try (UidListLock lock = lock()) {
      Keywords letters = keywordsFor(true, List.copyOf(changes.values()));
      MailFailure failure = null;
      for (Map.Entry<? extends Mail, Flags> change : changes.entrySet()) {
        try {
          ((MaildirMail) change.getKey()).setFlags(change.getValue(), letters);
        } catch (MailGoneException e) {
          // as if it had been expunged before we came
        } catch (MailFailure e) {
          failure = failure == null ? e : failure;
        }
      }
      if (failure != null) {
        throw failure;
      }
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  @Override
  public Delivery deliver() throws Failure {
    try {
      if (directory == null) {
        use(maker.make());
      }
      return new MaildirDelivery(this, directory);
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  @Override
  public void update(Update update) throws Failure {
    if (directory == null) {
      throw new Failure(Outcome.NOT_FOUND, "Mailbox is not there yet: " + name);
    }
    try (UidListLock lock = lock()) {
      UidList list = uidListFile().addNone(uidListFile().readHead(), root());
      uidListFile().replaceHead(list.changed(update));
      uids = null;
      recalled = Optional.empty();
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  @Override
  public void resync() throws Failure {
    if (directory == null) {
      return;
    }
    try {
      inOwnRoom(
          own -> {
            try (UidListLock lock = lock()) {
              resync(scanLocked(own), own);
              return null;
            }
          });
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  private void resync(MailTable present, Room own)
      throws Failure, PosixException, Room.NoneException {
    if (listing.wasDisturbed()) {
      throw Failure.temporary(
          "Mailbox " + name + ": others change it all the time; nothing was changed", null);
    }
    UidList list = uidListFile().readOrRebuild(present, root(), own, context.warnings());
    list = uidListFile().addMissing(list, present, root());
    if (list.strangers() > 0) {
      uidListFile().retain(list, present);
    }
    memory.forget();
    uids = null;
    recalled = Optional.empty();
  }

  @Override
  public void hold(long bytes) throws Failure {
    room.hold(bytes);
  }

  /** Gives back what {@link #hold} has taken last. */
  void release(long bytes) {
    room.release(bytes);
  }

  @Override
  public void forget() throws Failure {
    if (directory == null) {
      return;
    }
    try {
      memory.forget();
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  /**
   * Where a mail lies that is no longer where it was: its flags were changed.
   *
   * @throws MailGoneException when it is in neither directory
   */
  MaildirListing.Place relocate(String base) throws Failure, PosixException {
    return listing.find(base).orElseThrow(() -> new MailGoneException(name));
  }

  /** Warns of a mistake that does not stop the command. */
  void warn(String what, PosixException e) {
    warn(what + ": " + MaildirStore.reason(e));
  }

  void warn(String what) {
    context.warnings().accept("Mailbox " + name + ": " + what);
  }

  /** The failure for the user that a failed system call means. */
  Failure failure(PosixException e) {
    return Failure.temporary(
        "Mailbox " + name + ": " + e.file() + ": " + MaildirStore.reason(e), e);
  }

  @Override
  public void close() {
    if (directory != null) {
      departures.strike(files.control(), name);
      if (mails != null) {
        memory.keep(recalled.or(this::listedIdentifiers), mails);
      }
      listing.close();
    }
    mails = null;
    if (memory != null) {
      memory.drop();
    }
    room.close();
    if (files != null) {
      files.close();
    }
  }
}
