package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.OpenFile;
import org.doveadmsshd.storage.posix.PosixException;

/** One Maildir. */
final class MaildirMailbox implements Mailbox {
  private static final int SCANS = 5;

  private final String name;
  private final Directory directory;
  private final Directory root;
  private final MaildirStore.Context context;
  private Directory cur;
  private Directory fresh;
  private Keywords keywords;
  private UidList uids;

  /**
   * A mailbox in an open directory.
   *
   * @param directory closed with the mailbox, unless it is the root; null for an INBOX not there
   *     yet
   * @param root the user's mail directory, which hands out UIDVALIDITY values
   */
  MaildirMailbox(String name, Directory directory, Directory root, MaildirStore.Context context) {
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
        uids = readUids();
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
      uids = numbered ? readUids() : null;
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
    Map<String, Place> places = scanned;
    Set<String> assigned = Set.of();
    if (hasUnnumbered(places)) {
      places = new HashMap<>();
      assigned = assign(places);
    }
    List<MaildirMail> mails = new ArrayList<>(places.size());
    for (Map.Entry<String, Place> entry : places.entrySet()) {
      String base = entry.getKey();
      UidList.Entry uid = uids.entry(base);
      mails.add(new MaildirMail(this, base, entry.getValue(), uid, assigned.contains(base)));
    }
    mails.sort(Comparator.comparingLong(MaildirMail::uid));
    for (int i = 0; i < mails.size(); i++) {
      mails.get(i).sequence(i + 1);
    }
    return mails;
  }

  private boolean hasUnnumbered(Map<String, Place> places) {
    if (uids == null) {
      return !places.isEmpty();
    }
    for (String base : places.keySet()) {
      if (uids.entry(base) == null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives every mail a UID, under the lock: reads list and directories anew, then appends.
   *
   * @param places filled with the mails found under the lock
   * @return the bases that got a UID just now
   */
  private Set<String> assign(Map<String, Place> places) throws Failure, PosixException {
    try (UidListLock lock = UidListLock.acquire(directory, name, context)) {
      places.putAll(scan());
      UidList old = readUids();
      UidList list = old;
      if (list == null) {
        list = UidList.create(UidValidity.next(root), guid());
      }
      List<String> missing = new ArrayList<>();
      for (String base : places.keySet()) {
        if (list.entry(base) == null) {
          missing.add(base);
        }
      }
      missing.sort(MaildirName.UID_ORDER);
      String lines = list.linesFor(missing);
      if (old != null && old.guid() != null && old.isComplete()) {
        append(lines);
      } else {
        replace(list.rewritten(guid()) + lines);
      }
      uids = readUids();
      return new HashSet<>(missing);
    }
  }

  private static String guid() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** Appends whole lines; a failure takes back what was written of them. */
  private void append(String lines) throws PosixException {
    if (lines.isEmpty()) {
      return;
    }
    try (OpenFile file = directory.append(UidList.FILE)) {
      long size = file.status().size();
      try {
        file.write(lines.getBytes(StandardCharsets.ISO_8859_1));
        file.sync();
      } catch (PosixException e) {
        file.truncate(size);
        throw e;
      }
    }
  }

  /** Writes the list aside, makes it durable, and puts it in the place of the old one. */
  private void replace(String content) throws PosixException {
    String aside = UidList.FILE + ".tmp";
    try {
      directory.unlink(aside); // left behind by somebody who was killed under the lock
    } catch (PosixException e) {
      if (!e.isMissing()) {
        throw e;
      }
    }
    try (OpenFile file = directory.create(aside, 0600)) {
      file.adopt(directory.status());
      file.write(content.getBytes(StandardCharsets.ISO_8859_1));
      file.sync();
    }
    directory.rename(aside, UidList.FILE);
    directory.sync();
  }

  /** The UID list, or null when there is none. */
  private UidList readUids() throws Failure, PosixException {
    try (OpenFile file = directory.read(UidList.FILE)) {
      return UidList.parse(file.readAll(UidList.MAX_SIZE));
    } catch (UidList.DamagedException e) {
      throw Failure.temporary(
          "Mailbox %s: dovecot-uidlist is damaged (%s); nothing was changed. "
                  .formatted(name, e.getMessage())
              + "Dovecot rebuilds it with new UIDs: doveadm force-resync",
          e);
    } catch (PosixException e) {
      if (e.isMissing()) {
        return null;
      }
      throw e;
    }
  }

  /** All mails by their base. Repeated when the directories change meanwhile. */
  private Map<String, Place> scan() throws PosixException {
    openDirectories();
    Map<String, Place> places = new HashMap<>();
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

  Keywords keywords() throws PosixException {
    if (keywords == null) {
      keywords = Keywords.read(directory);
    }
    return keywords;
  }

  Directory directory(Place place) {
    return place.isNew() ? fresh : cur;
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
