package org.doveadmsshd.storage.maildir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.PosixException;

/** One Maildir. */
final class MaildirMailbox implements Mailbox {
  private final String name;
  private Directory directory;
  private Directory root;
  private final MaildirStore.Context context;
  private final MaildirQuota quota;
  private Maker maker;
  private MaildirListing listing;
  private MailboxMemory memory;
  private Keywords keywords;
  private UidList uids;

  /** As it is remembered; nothing when the UID list has to be read for it. */
  private Optional<Identity> recalled = Optional.empty();

  /** The mails last asked for. */
  private List<MaildirMail> mails = List.of();

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
    this.root = root;
    this.context = context;
    use(directory);
  }

  private void use(Directory opened) {
    directory = opened;
    if (opened != null) {
      listing = new MaildirListing(opened);
      memory = new MailboxMemory(opened, context.settled());
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Identity identity() throws Failure {
    if (directory == null) {
      return new Identity("0".repeat(32), 0, 1);
    }
    if (recalled.isPresent()) {
      return recalled.get();
    }
    try {
      if (uids == null) {
        uids = uidListFile().read();
      }
      if (uids == null || uids.guid() == null) {
        assign(new HashMap<>());
      }
      return identity(uids);
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  /** The identity under which the mails were listed; nothing when they have no UIDs. */
  private Optional<Identity> listedIdentity() {
    boolean numbered = !mails.isEmpty() && mails.get(0).uid() != 0;
    return numbered && uids != null && uids.guid() != null
        ? Optional.of(identity(uids))
        : Optional.empty();
  }

  private static Identity identity(UidList list) {
    return new Identity(list.guid(), list.validity(), list.next());
  }

  @Override
  public List<MaildirMail> mails(boolean numbered) throws Failure {
    if (directory == null) {
      return List.of();
    }
    try {
      Optional<MailCache> cache = memory.recall(numbered);
      recalled = cache.flatMap(MailCache::identity);
      mails =
          cache.isPresent()
              ? mails(cache.get().rows(), Set.of())
              : numbered ? numbered() : mails(rows(listing.scan(), null), Set.of());
      for (int i = 0; numbered && i < mails.size(); i++) {
        mails.get(i).sequence(i + 1);
      }
      return mails;
    } catch (PosixException e) {
      throw failure(e);
    }
  }

  private List<MaildirMail> mails(List<MailCache.Row> rows, Set<String> justNumbered) {
    List<MaildirMail> found = new ArrayList<>(rows.size());
    for (MailCache.Row row : rows) {
      boolean isNew = !justNumbered.isEmpty() && justNumbered.contains(row.base());
      found.add(new MaildirMail(this, row, isNew));
    }
    return found;
  }

  /** The mails in the order of their UIDs; who has none gets one. */
  private List<MaildirMail> numbered() throws Failure, PosixException {
    uids = uidListFile().read();
    List<MailCache.Row> rows = uids == null ? null : rows(listing.scan(), uids);
    Set<String> assigned = Set.of();
    if (rows == null) {
      Map<String, MaildirListing.Place> places = new HashMap<>();
      assigned = assign(places);
      rows = rows(places, uids);
    }
    rows.sort((one, other) -> Long.compare(one.entry().uid(), other.entry().uid()));
    return mails(rows, assigned);
  }

  /**
   * What is known of mails that were listed.
   *
   * @param list has their UIDs; null when none are wanted
   * @return null when one of them is not in the list
   */
  private List<MailCache.Row> rows(Map<String, MaildirListing.Place> places, UidList list) {
    List<MailCache.Row> rows = new ArrayList<>(places.size());
    for (Map.Entry<String, MaildirListing.Place> place : places.entrySet()) {
      String base = place.getKey();
      UidList.Entry entry = list == null ? null : list.entry(base);
      if (list != null && entry == null) {
        return null;
      }
      rows.add(new MailCache.Row(place.getValue(), entry, memory.facts(base)));
    }
    return rows;
  }

  /**
   * Gives every mail a UID, under the lock: reads list and directories anew, then appends.
   *
   * @param places filled with the mails found under the lock
   * @return the bases that got a UID just now
   */
  private Set<String> assign(Map<String, MaildirListing.Place> places)
      throws Failure, PosixException {
    try (UidListLock lock = lock()) {
      places.putAll(listing.scan());
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

  /** Whether anything is kept in mind of it. */
  boolean isRemembered() {
    return memory.isKept();
  }

  MaildirListing listing() {
    return listing;
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
        use(root);
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
    try (UidListLock lock = lock()) {
      Set<String> present = listing.scan().keySet();
      UidList list = uidListFile().readOrRebuild(present, root, context.warnings());
      list = uidListFile().addBases(list, unnumbered(present, list), root);
      if (!list.isWithin(present)) {
        uidListFile().replace(list.without(present).rewritten(UidListFile.newGuid()));
      }
      memory.forget();
      uids = null;
      recalled = Optional.empty();
    } catch (PosixException e) {
      throw failure(e);
    }
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
   * Where a mail lies that is no longer where it was: somebody changed its flags.
   *
   * @throws MailGoneException when it is in neither directory
   */
  MaildirListing.Place relocate(String base) throws Failure, PosixException {
    MaildirListing.Place place = listing.scan().get(base);
    if (place == null) {
      throw new MailGoneException(name);
    }
    return place;
  }

  /** What a failed system call means to the user. */
  Failure failure(PosixException e) {
    return Failure.temporary(
        "Mailbox " + name + ": " + e.file() + ": " + MaildirStore.reason(e), e);
  }

  @Override
  public void close() {
    if (directory != null) {
      memory.keep(recalled.or(this::listedIdentity), mails);
      listing.close();
    }
    if (directory != null && directory != root) {
      directory.close();
    }
  }
}
