package org.doveadmsshd.storage.maildir;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.PosixException;

/** One Maildir. */
final class MaildirMailbox implements Mailbox {
  private static final int SCANS = 5;

  private final String name;
  private Directory directory;
  private Directory root;
  private final MaildirStore.Context context;
  private final MaildirQuota quota;
  private Maker maker;
  private Directory cur;
  private Directory fresh;
  private Keywords keywords;
  private UidList uids;

  /** Makes the mail directory of a user who has none. */
  @FunctionalInterface
  interface Maker {
    Directory make() throws PosixException;
  }

  /** The INBOX of a user without mail directory: empty until something is put into it. */
  MaildirMailbox(String name, Maker maker, MaildirStore.Context context, MaildirQuota quota) {
    this(name, null, null, context, quota);
    this.maker = maker;
  }

  /**
   * A mailbox in an open directory.
   *
   * @param directory closed with the mailbox, unless it is the root
   * @param root the user's mail directory, which hands out UIDVALIDITY values
   */
  MaildirMailbox(
      String name,
      Directory directory,
      Directory root,
      MaildirStore.Context context,
      MaildirQuota quota) {
    this.quota = quota;
    this.name = name;
    this.directory = directory;
    this.root = root;
    this.context = context;
  }

  /** Which directory a mail lies in, and under which name. */
  record Place(boolean isNew, String file) {}

  @Override
  public String name() {
    return name;
  }

  @Override
  public Identity identity() throws Failure {
    if (directory == null) {
      return new Identity("0".repeat(32), 0, 1);
    }
    try {
      if (uids == null) {
        uids = uidListFile().read();
      }
      if (uids == null || uids.guid() == null) {
        assign(new HashMap<>());
      }
      return new Identity(uids.guid(), uids.validity(), uids.next());
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  @Override
  public List<MaildirMail> mails(boolean numbered) throws Failure {
    if (directory == null) {
      return List.of();
    }
    try {
      uids = numbered ? uidListFile().read() : null;
      Map<String, Place> places = scan();
      return numbered ? numbered(places) : unnumbered(places);
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  private List<MaildirMail> unnumbered(Map<String, Place> places) {
    List<MaildirMail> mails = new ArrayList<>(places.size());
    places.forEach((base, place) -> mails.add(new MaildirMail(this, base, place, null, false)));
    return mails;
  }

  private List<MaildirMail> numbered(Map<String, Place> scanned) throws Failure, PosixException {
    List<MaildirMail> mails = withUids(scanned, Set.of());
    if (mails == null) {
      Map<String, Place> places = new HashMap<>();
      Set<String> assigned = assign(places);
      mails = withUids(places, assigned);
    }
    mails.sort(Comparator.comparingLong(MaildirMail::uid));
    for (int i = 0; i < mails.size(); i++) {
      mails.get(i).sequence(i + 1);
    }
    return mails;
  }

  /** The mails with their UIDs, or null when one of them has none. */
  private List<MaildirMail> withUids(Map<String, Place> places, Set<String> assigned) {
    List<MaildirMail> mails = new ArrayList<>(places.size());
    for (Map.Entry<String, Place> entry : places.entrySet()) {
      String base = entry.getKey();
      UidList.Entry uid = uids == null ? null : uids.entry(base);
      if (uid == null) {
        return null;
      }
      mails.add(new MaildirMail(this, base, entry.getValue(), uid, assigned.contains(base)));
    }
    return mails;
  }

  /**
   * Gives every mail a UID, under the lock: reads list and directories anew, then appends.
   *
   * @param places filled with the mails found under the lock
   * @return the bases that got a UID just now
   */
  private Set<String> assign(Map<String, Place> places) throws Failure, PosixException {
    try (UidListLock lock = lock()) {
      places.putAll(scan());
      UidList old = uidListFile().read();
      List<String> missing = unnumbered(places.keySet(), old);
      uids = uidListFile().addBases(old, missing, root);
      return new HashSet<>(missing);
    }
  }

  /** The bases that a list does not have, in the order in which they get UIDs. */
  static List<String> unnumbered(Set<String> bases, UidList list) {
    List<String> missing = new ArrayList<>();
    for (String base : bases) {
      if (list == null || list.entry(base) == null) {
        missing.add(base);
      }
    }
    missing.sort(MaildirName.UID_ORDER);
    return missing;
  }

  UidListLock lock() throws Failure, PosixException {
    return UidListLock.acquire(directory, name, context);
  }

  UidListFile uidListFile() {
    return new UidListFile(directory, name);
  }

  /** All mails by their base. Repeated when the directories change meanwhile. */
  Map<String, Place> scan() throws PosixException {
    openDirectories();
    Map<String, Place> places = new HashMap<>(uids == null ? 256 : 2 * uids.size() + 16);
    for (int i = 0; i < SCANS; i++) {
      long before = modified();
      places.clear();
      // new first: a mail that moves to cur between the two is then seen at least once
      add(fresh, true, places);
      add(cur, false, places);
      if (modified() == before) {
        break;
      }
    }
    return places;
  }

  private void openDirectories() throws PosixException {
    if (cur == null) {
      cur = openIfThere("cur");
    }
    if (fresh == null) {
      fresh = openIfThere("new");
    }
  }

  private Directory openIfThere(String file) throws PosixException {
    try {
      return directory.directory(file);
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return null;
      }
      throw e;
    }
  }

  private long modified() throws PosixException {
    long ofCur = cur == null ? 0 : cur.status().modifiedNanos();
    return 31 * ofCur + (fresh == null ? 0 : fresh.status().modifiedNanos());
  }

  private static void add(Directory from, boolean isNew, Map<String, Place> places)
      throws PosixException {
    if (from == null) {
      return;
    }
    for (String file : from.files()) {
      if (MaildirName.isMail(file)) {
        places.put(MaildirName.base(file), new Place(isNew, file));
      }
    }
  }

  /** Makes what happened to mails durable. */
  void syncDirectories() throws PosixException {
    directory(false).sync();
    directory(true).sync();
  }

  /** The letters for the keywords of some mails; under the lock. */
  Keywords keywordsFor(List<Flags> flags) throws Failure, PosixException {
    Set<String> wanted = new LinkedHashSet<>();
    flags.forEach(each -> wanted.addAll(each.keywords()));
    if (!keywords().hasAll(wanted)) {
      keywords = Keywords.extend(directory, name, wanted);
    }
    return keywords;
  }

  Keywords keywords() throws PosixException {
    if (keywords == null) {
      keywords = Keywords.read(directory);
    }
    return keywords;
  }

  Directory directory(Place place) {
    return place.isNew() ? fresh : cur;
  }

  /** The directory {@code new}, or {@code cur}; made where it is missing. */
  Directory directory(boolean isNew) throws PosixException {
    if (isNew) {
      fresh = fresh != null ? fresh : MaildirDelivery.subdirectory(directory, "new");
      return fresh;
    }
    cur = cur != null ? cur : MaildirDelivery.subdirectory(directory, "cur");
    return cur;
  }

  Directory root() {
    return root;
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
      Keywords letters = keywordsFor(List.copyOf(changes.values()));
      for (Map.Entry<? extends Mail, Flags> change : changes.entrySet()) {
        try {
          ((MaildirMail) change.getKey()).setFlags(change.getValue(), letters);
        } catch (MailGoneException e) {
          // as if it had been expunged before we came
        }
      }
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  @Override
  public Delivery deliver() throws Failure {
    try {
      if (directory == null) {
        root = maker.make();
        directory = root;
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
      UidList list = uidListFile().addBases(uidListFile().read(), List.of(), root);
      uidListFile().replace(list.changed(update).rewritten(UidListFile.newGuid()));
      uids = null;
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  @Override
  public void resync() throws Failure {
    if (directory == null) {
      return;
    }
    try (UidListLock lock = lock()) {
      Set<String> present = scan().keySet();
      UidList list = uidListFile().readOrRebuild(present, root, context.warnings());
      list = uidListFile().addBases(list, unnumbered(present, list), root);
      if (!list.isWithin(present)) {
        uidListFile().replace(list.without(present).rewritten(UidListFile.newGuid()));
      }
      uids = null;
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  /**
   * Where a mail lies that is no longer where it was: somebody changed its flags.
   *
   * @throws MailGoneException when it is in neither directory
   */
  Place relocate(String base) throws Failure, PosixException {
    Place place = scan().get(base);
    if (place == null) {
      throw new MailGoneException(name);
    }
    return place;
  }

  /** What a failed system call means to the user. */
  Failure failure(PosixException e) {
    String text = e.isFull() ? "the disk or the quota is full" : MaildirStore.reason(e);
    return Failure.temporary("Mailbox " + name + ": " + text, e);
  }

  @Override
  public void close() {
    if (cur != null) {
      cur.close();
    }
    if (fresh != null) {
      fresh.close();
    }
    if (directory != null && directory != root) {
      directory.close();
    }
  }
}
