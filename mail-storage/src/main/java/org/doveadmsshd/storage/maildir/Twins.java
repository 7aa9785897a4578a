package org.doveadmsshd.storage.maildir;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.FileName;
import org.doveadmsshd.storage.posix.FileStatus;
import org.doveadmsshd.storage.posix.PosixException;

/**
 * Parts files that have the same base, which is what a mail is known by. They come about when a
 * backup or another machine's files are copied into a mailbox. As in Dovecot the one that was there
 * first keeps name and UID, and the others get names of their own in {@code new}: all are mails.
 *
 * <p>Several names of one file are one mail; all but one are removed, unless somebody is just about
 * to do that.
 */
final class Twins {
  private static final long SETTLED = 30_000_000_000L;

  private final MaildirListing listing;
  private final String mailbox;
  private final Consumer<String> warnings;

  /** One of the files. */
  private record File(MaildirListing.Place place, FileStatus status) {
    /** The one that has been there for longer first; of names of one file that in cur. */
    static final Comparator<File> FIRST =
        (one, other) -> {
          int order = Long.compare(one.status.changedNanos(), other.status.changedNanos());
          order = order == 0 ? Boolean.compare(one.place.isNew(), other.place.isNew()) : order;
          return order == 0 ? other.place.file().compareTo(one.place.file()) : order;
        };
  }

  Twins(MaildirListing listing, String mailbox, Consumer<String> warnings) {
    this.listing = listing;
    this.mailbox = mailbox;
    this.warnings = warnings;
  }

  /** Parts what has one of these bases; under the lock of the UID list. */
  void part(Iterable<String> bases) throws PosixException {
    for (String base : bases) {
      List<File> files = files(base);
      for (int i = 1; i < files.size(); i++) {
        part(base, files.get(0), files.get(i));
      }
    }
  }

  private List<File> files(String base) throws PosixException {
    List<File> files = new ArrayList<>();
    for (MaildirListing.Place place : listing.all(base)) {
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

  private void part(String base, File first, File other) {
    Directory from;
    try {
      from = listing.directory(other.place());
      if (first.status().isSameFile(other.status())) {
        long age = System.currentTimeMillis() * 1_000_000L - other.status().changedNanos();
        if (age > SETTLED) {
          from.unlink(other.place().file());
        }
        return;
      }
      String name = newName(other);
      from.rename(other.place().file(), listing.made(true), name);
      warnings.accept(
          "Mailbox %s: two files had the name %s; one is a mail of its own now, %s"
              .formatted(mailbox, FileName.display(base), FileName.display(name)));
    } catch (PosixException e) {
      if (!e.isMissing()) { // else somebody was faster
        warnings.accept(
            "Mailbox %s: two files have the name %s, of which one is shown; the other cannot get another name: %s"
                .formatted(mailbox, FileName.display(base), e.reason()));
      }
    }
  }

  /** A new base with the flags it has, and the sizes in its name if they are its own. */
  private static String newName(File file) {
    String old = file.place().file();
    String base = MaildirName.base(old);
    boolean sized = MaildirName.size(base, 'S') == file.status().size();
    String sizes = sized ? MaildirName.sizes(base) : "";
    return NewFileName.next() + sizes + old.substring(base.length());
  }
}
