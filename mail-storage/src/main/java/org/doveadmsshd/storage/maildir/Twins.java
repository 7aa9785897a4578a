package org.doveadmsshd.storage.maildir;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileName;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;

/**
 * Parts files that have the same base, which is what a mail is known by. They come about when a
 * backup or another machine's files are copied into a mailbox. One keeps name and UID, and the
 * others get names of their own in {@code new}, with the flags that they have: all are mails.
 *
 * <p>The name and the UID belong to the mail that they were given to. That is the file whose size
 * the name says. If both have that size, it is the one that was made first: a copy is made later
 * than its original, and later changes do not alter that. If the file system does not know when
 * files were made, it is the one that changed first, as in Dovecot; but a new flag changes a file,
 * too.
 *
 * <p>Several names of one file are one mail; all but one are removed, unless another program is
 * just doing that.
 */
final class Twins {
  private static final long SETTLED = 30_000_000_000L;

  /** How many bases share one listing of the directories. */
  private static final int AT_ONCE = 1000;

  private final MaildirListing listing;
  private final String mailbox;
  private final Consumer<String> warnings;

  /** One of the files. */
  private record File(MaildirListing.Place place, FileStatus status) {
    /** The one that the name belongs to first; of names of one file that in cur. */
    static final Comparator<File> FIRST =
        (one, other) -> {
          int order = Boolean.compare(other.hasItsSize(), one.hasItsSize());
          order = order == 0 ? Long.compare(one.since(other), other.since(one)) : order;
          order =
              order == 0
                  ? Long.compare(one.status.changedNanos(), other.status.changedNanos())
                  : order;
          order = order == 0 ? Boolean.compare(one.place.isNew(), other.place.isNew()) : order;
          return order == 0 ? other.place.file().compareTo(one.place.file()) : order;
        };

    /** Whether it is as large as its name says. */
    boolean hasItsSize() {
      return MaildirName.size(MaildirName.base(place.file()), 'S') == status.size();
    }

    boolean isSameFile(File other) {
      return status.isSameFile(other.status);
    }

    /** When it was made, or changed where that is not known of both. */
    private long since(File other) {
      boolean known = status.bornNanos() != 0 && other.status.bornNanos() != 0;
      return known ? status.bornNanos() : status.changedNanos();
    }
  }

  Twins(MaildirListing listing, String mailbox, Consumer<String> warnings) {
    this.listing = listing;
    this.mailbox = mailbox;
    this.warnings = warnings;
  }

  /**
   * Parts files that have one of these bases; under the lock of the UID list.
   *
   * @throws Failure with exit code 75 when that cannot be done: what is done to one of two by its
   *     name or UID could be done to the other
   */
  void part(List<String> bases) throws Failure, PosixException {
    for (int from = 0; from < bases.size(); from += AT_ONCE) {
      List<String> some = bases.subList(from, Math.min(from + AT_ONCE, bases.size()));
      for (Map.Entry<String, List<MaildirListing.Place>> twins : listing.all(some).entrySet()) {
        part(twins.getKey(), files(twins.getValue()));
      }
    }
  }

  private void part(String base, List<File> files) throws Failure {
    List<File> parted = new ArrayList<>();
    for (int i = 1; i < files.size(); i++) {
      if (part(base, files.get(0), parted, files.get(i))) {
        parted.add(files.get(i));
      }
    }
  }

  private List<File> files(List<MaildirListing.Place> places) throws PosixException {
    List<File> files = new ArrayList<>();
    for (MaildirListing.Place place : places) {
      try {
        files.add(new File(place, listing.directory(place).status(place.file())));
      } catch (PosixException e) {
        if (!e.isMissing()) {
          throw e;
        } // renamed or removed meanwhile
      }
    }
    files.sort(File.FIRST);
    return files;
  }

  /** Parts a file from the first one, unless it is that, or one of those that have been parted. */
  private boolean part(String base, File first, List<File> parted, File other) throws Failure {
    try {
      Directory from = listing.directory(other.place());
      boolean isParted = parted.stream().anyMatch(other::isSameFile);
      if (isParted || first.isSameFile(other)) {
        long age = System.currentTimeMillis() * 1_000_000L - other.status().changedNanos();
        if (isParted || age > SETTLED) {
          from.unlink(other.place().file());
        }
        return false;
      }
      String name = newName(other);
      from.rename(other.place().file(), listing.made(true), name);
      warnings.accept(
          "Mailbox %s: two files had the name %s; one is a mail of its own now, %s"
              .formatted(mailbox, FileName.display(base), FileName.display(name)));
      return true;
    } catch (PosixException e) {
      if (!e.isMissing()) { // else another program was faster
        throw Failure.temporary(
            "Mailbox %s: two files have the name %s, and %s cannot get another name: %s"
                .formatted(
                    mailbox,
                    FileName.display(base),
                    FileName.display(other.place().file()),
                    MaildirStore.reason(e)),
            e);
      }
      return false;
    }
  }

  /** A new base with the flags it has, and the sizes in its name if they are its own. */
  private static String newName(File file) {
    String old = file.place().file();
    String base = MaildirName.base(old);
    String sizes = file.hasItsSize() ? MaildirName.sizes(base) : "";
    return NewFileName.next() + sizes + old.substring(base.length());
  }
}
