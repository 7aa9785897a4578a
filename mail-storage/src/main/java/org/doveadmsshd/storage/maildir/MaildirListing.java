package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.util.HashMap;
import java.util.Map;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.PosixException;

/** The files in {@code cur} and {@code new} of one mailbox, which are opened when needed. */
final class MaildirListing implements Closeable {
  private static final int SCANS = 5;

  private final Directory mailbox;
  private Directory cur;
  private Directory fresh;

  /** Which directory a mail lies in, and under which name. */
  record Place(boolean isNew, String file) {}

  MaildirListing(Directory mailbox) {
    this.mailbox = mailbox;
  }

  /** All mails by their base. Repeated when the directories change meanwhile. */
  Map<String, Place> scan() throws PosixException {
    cur = cur == null ? openIfThere("cur") : cur;
    fresh = fresh == null ? openIfThere("new") : fresh;
    Map<String, Place> places = new HashMap<>(256);
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

  private Directory openIfThere(String file) throws PosixException {
    try {
      return mailbox.directory(file);
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

  /**
   * The directory that a mail lies in.
   *
   * @throws PosixException {@link PosixException#isMissing} when it has been removed
   */
  Directory directory(Place place) throws PosixException {
    if (place.isNew()) {
      fresh = fresh == null ? mailbox.directory("new") : fresh;
      return fresh;
    }
    cur = cur == null ? mailbox.directory("cur") : cur;
    return cur;
  }

  /** The directory {@code new}, or {@code cur}; made where it is missing. */
  Directory made(boolean isNew) throws PosixException {
    if (isNew) {
      fresh = fresh == null ? MaildirDelivery.subdirectory(mailbox, "new") : fresh;
      return fresh;
    }
    cur = cur == null ? MaildirDelivery.subdirectory(mailbox, "cur") : cur;
    return cur;
  }

  /** Makes what happened to mails durable. */
  void sync() throws PosixException {
    made(false).sync();
    made(true).sync();
  }

  @Override
  public void close() {
    if (cur != null) {
      cur.close();
    }
    if (fresh != null) {
      fresh.close();
    }
  }
}
