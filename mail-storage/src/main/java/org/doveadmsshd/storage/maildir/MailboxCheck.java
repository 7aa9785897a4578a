package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileName;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.Oddity;
import org.doveadmsshd.storage.Oddity.Kind;

/** Looks at one mailbox for what is not as it should be. */
final class MailboxCheck {
  /** As Dovecot, which removes such files itself when it comes past (maildir-storage.c). */
  private static final long OLD_NANOS = 36 * 3_600_000_000_000L;

  /** Memory of a name that is kept beside the table, in bytes. */
  private static final int NAME = 256;

  private final Directory mailbox;
  private final Findings.Spot spot;
  private final Optional<Place> lists;
  private final Findings.Spot listsSpot;
  private final Findings findings;
  private final MailboxRoom room;

  /** The letters of keywords that stand in names. */
  private final Set<Character> letters = new TreeSet<>();

  /**
   * What was found at one look.
   *
   * @param table the mails, each by its base
   * @param others what is not in the table
   * @param bases that several files have
   */
  private record Look(MailTable table, List<MaildirListing.Place> others, Set<String> bases) {
    void take(byte[] array, int from, int length, boolean isNew, Room room)
        throws Room.NoneException {
      boolean isMail = MaildirName.isMail(array, from, length);
      boolean isFurther = isMail && table.findName(array, from, length) >= 0;
      if (isMail && !isFurther) {
        table.add(array, from, length, isNew);
        return;
      }
      room.grow(NAME);
      String name = FileName.of(array, from, length);
      others.add(new MaildirListing.Place(isNew, name));
      if (isFurther) {
        room.grow(NAME);
        bases.add(MaildirName.base(name));
      }
    }
  }

  /** An open directory, and where it lies. */
  record Place(Directory directory, Findings.Spot spot) {}

  /**
   * Nothing that is looked at changes its time of access.
   *
   * @param mail with {@code cur}, {@code new} and {@code tmp}
   * @param lists with the UID list and the keywords; nothing where it is missing
   * @param listsSpot where that is, or would be
   */
  MailboxCheck(Place mail, Optional<Place> lists, Findings.Spot listsSpot, Findings findings) {
    this.mailbox = mail.directory();
    this.spot = mail.spot();
    this.lists = lists;
    this.listsSpot = listsSpot;
    this.findings = findings;
    this.room = new MailboxRoom(spot.mailbox(), findings.context());
  }

  void run() throws Failure, IOException {
    if (lists.isPresent()) {
      uidList(lists.get().directory());
    }
    try (MaildirListing listing = new MaildirListing(mailbox)) {
      List<Boolean> open = new ArrayList<>();
      for (boolean isNew : new boolean[] {true, false}) {
        if (part(isNew ? "new" : "cur", !isNew)) {
          open.add(isNew);
        }
      }
      mails(listing, open);
      tmp();
    } finally {
      room.close();
    }
    keywords();
  }

  /** Another program was quicker, or it was told already that a file cannot be read. */
  static void passOver(PosixException e) throws PosixException {
    if (!e.isMissing() && !e.isDenied() && !e.isLink()) {
      throw e;
    }
  }

  private void uidList(Directory directory) throws Failure, IOException {
    try (OpenFile file = directory.read(UidList.FILE)) {
      UidListReader reader = new UidListReader(file);
      while (reader.nextMail()) {
        findings.checkpoint();
      }
    } catch (UidList.DamagedException e) {
      Findings.Spot list = listsSpot.in(UidList.FILE);
      findings.add(Kind.DAMAGED, list, e.getMessage(), Findings.doveadm("force-resync", spot));
    } catch (PosixException e) {
      passOver(e);
    }
  }

  private void keywords() throws Failure, IOException {
    Findings.Spot list = listsSpot.in(Keywords.FILE);
    if (lists.isEmpty()) {
      unnamed(list, List.copyOf(letters));
      return;
    }
    Directory directory = lists.get().directory();
    try {
      findings.lines(list, Keywords.malformed(directory), "lines that name no letter");
    } catch (PosixException e) {
      passOver(e);
    }
    try {
      unnamed(list, Keywords.read(directory).unnamed(letters));
    } catch (PosixException e) {
      passOver(e);
    }
  }

  private void unnamed(Findings.Spot list, List<Character> unnamed) throws Failure, IOException {
    if (unnamed.isEmpty()) {
      return;
    }
    String shown = unnamed.stream().map(String::valueOf).collect(Collectors.joining(" "));
    String keywords = unnamed.stream().map(Keywords::unknown).collect(Collectors.joining(" "));
    findings.add(
        Kind.UNNAMED_LETTERS,
        list,
        shown,
        new Oddity.Mend.Doveadm(
            "flags remove",
            "%s mailbox %s all"
                .formatted(
                    FileName.quoted(keywords), FileName.quoted(FileName.of(spot.mailbox())))));
  }

  /**
   * Looks at a directory of mails.
   *
   * @return whether it can be listed
   */
  private boolean part(String name, boolean isNeeded) throws Failure, IOException {
    try {
      if (!findings.directory(spot.in(name), mailbox.status(name))) {
        return false;
      }
      mailbox.directory(name).close();
      return true;
    } catch (PosixException e) {
      if (e.isMissing()) {
        if (isNeeded) {
          String made = findings.make(spot.in(name), mailbox.status());
          findings.add(
              Kind.NO_CUR, spot.in(name), "Dovecot sees no mailbox", Findings.system(made));
        }
      } else if (e.isDenied()) {
        findings.add(Kind.UNREADABLE, spot.in(name), e.reason(), "chmod u+rwx");
      } else {
        throw e;
      }
      return false;
    }
  }

  private void mails(MaildirListing listing, List<Boolean> parts) throws Failure, IOException {
    Look look = room.in(0, () -> look(listing, parts));
    for (int mail = 0; mail < look.table().size(); mail++) {
      entry(listing, look.table().place(mail));
    }
    for (MaildirListing.Place place : look.others()) {
      entry(listing, place);
    }
    if (!look.bases().isEmpty()) {
      several(listing.all(look.bases()));
    }
  }

  private Look look(MaildirListing listing, List<Boolean> parts)
      throws PosixException, Room.NoneException {
    Look look = new Look(new MailTable(room), new ArrayList<>(), new LinkedHashSet<>());
    for (boolean isNew : parts) {
      Directory directory = listing.directory(new MaildirListing.Place(isNew, ""));
      directory.entries((array, from, length) -> look.take(array, from, length, isNew, room));
    }
    return look;
  }

  /** A mail that was renamed while the directories were listed is there once only by now. */
  private void several(Map<String, List<MaildirListing.Place>> files) throws Failure, IOException {
    for (Map.Entry<String, List<MaildirListing.Place>> each : files.entrySet()) {
      int count = each.getValue().size();
      if (count > 1) {
        Findings.Spot first = spot(each.getValue().get(0));
        findings.add(
            Kind.SEVERAL_FILES, first, count + " files", Findings.doveadm("force-resync", spot));
      }
    }
  }

  private Findings.Spot spot(MaildirListing.Place place) {
    return spot.in(place.isNew() ? "new" : "cur").in(place.file());
  }

  private void entry(MaildirListing listing, MaildirListing.Place place)
      throws Failure, IOException {
    findings.checkpoint();
    try {
      Directory in = listing.directory(place);
      FileStatus status = in.status(place.file());
      if (!findings.file(in, place.file(), spot(place), status)) {
        return;
      }
      if (MaildirName.isMail(place.file())) {
        mail(in, place, status);
      } else if (!place.file().startsWith(".nfs")) { // removed, but open somewhere
        Findings.Spot named = spot.in("new").in(NewFileName.next());
        findings.add(
            Kind.NO_MAIL_NAME, spot(place), "", Findings.system(findings.move(spot(place), named)));
      }
    } catch (PosixException e) {
      passOver(e);
    }
  }

  private void mail(Directory in, MaildirListing.Place place, FileStatus status)
      throws Failure, IOException {
    String name = place.file();
    String flags = MaildirName.flags(name);
    for (char c : flags.toCharArray()) {
      if (c >= 'a' && c <= 'z') {
        letters.add(c);
      }
    }
    if (place.isNew() && !flags.isEmpty()) {
      String moved = findings.move(spot(place), spot(new MaildirListing.Place(false, name)));
      findings.add(Kind.FLAGS_IN_NEW, spot(place), flags, Findings.system(moved));
    }
    long size = MaildirName.size(MaildirName.base(name), 'S');
    if (size >= 0 && size != status.size() && PlainMail.is(in, name)) {
      MaildirListing.Place right =
          new MaildirListing.Place(place.isNew(), MaildirName.withSize(name, status.size()));
      String moved = findings.move(spot(place), spot(right));
      findings.add(
          Kind.WRONG_SIZE,
          spot(place),
          "%d bytes, the file has %d".formatted(size, status.size()),
          Findings.system(moved));
    }
  }

  private void tmp() throws Failure, IOException {
    if (!part("tmp", false)) {
      return;
    }
    try (Directory tmp = mailbox.directory("tmp")) {
      List<String> names = room.in(0, () -> names(tmp));
      for (String name : names) {
        findings.checkpoint();
        try {
          FileStatus status = tmp.status(name);
          if (findings.age(status.changedNanos()) > OLD_NANOS) {
            long days = findings.age(status.changedNanos()) / (24 * 3_600_000_000_000L);
            String command = status.isDirectory() ? "rm -r" : "rm";
            findings.add(
                Kind.OLD_IN_TMP, spot.in("tmp").in(name), "for " + days + " days", command);
          }
        } catch (PosixException e) {
          passOver(e);
        }
      }
    } catch (PosixException e) {
      passOver(e);
    }
  }

  private List<String> names(Directory directory) throws PosixException, Room.NoneException {
    List<String> names = new ArrayList<>();
    directory.entries(
        (array, from, length) -> {
          room.grow(NAME);
          names.add(FileName.of(array, from, length));
        });
    return names;
  }
}
