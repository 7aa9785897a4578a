package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.compression.CompressionRules;

/**
 * Mails on their way into a Maildir.
 *
 * <p>A new mail is written to {@code tmp} and made durable; a copy is a further name of the same
 * file there, where that is possible; a mail that moves stays where it is, unless it belongs to
 * another owner or file system: then it is copied, and removed when the copy has come. The commit
 * holds the lock of the UID list: it renames each into {@code cur} or {@code new} in one step.
 * Where a mail cannot keep its name, its identity is noted before the rename.
 */
final class MaildirDelivery implements Delivery {
  /** Memory of a mail until it is committed, its names included; in bytes. */
  private static final long STAGED = 512;

  /** Longest base name that a mail's identity may become; flags and suffixes come behind it. */
  private static final int MAX_BASE = 200;

  private final MaildirMailbox mailbox;
  private final Directory directory;
  private final TmpFiles tmp;
  private final List<Staged> staged = new ArrayList<>();

  /** Bytes and messages that count against the limit. */
  private long addedBytes;

  private long addedMails;

  private int placed;

  /** Bytes and messages so far, less those that were counted elsewhere before. */
  private long notedBytes;

  private long notedMails;

  /**
   * A mail that waits for the commit.
   *
   * @param file its name in {@code tmp}; null for one that moves
   * @param source the mail that moves, or that is removed when the copy has come; null for none
   * @param identity what the mail is known by elsewhere; its base where that is free
   * @param uid 0 for the next one
   * @param bytes what it counts, where that is needed
   */
  private record Staged(
      String file, MaildirMail source, String identity, Flags flags, long uid, long bytes) {}

  /** Where a staged mail goes. */
  private record Target(Staged mail, String base, boolean keepsIdentity) {
    UidListFile.NewEntry entry(String fields) {
      return new UidListFile.NewEntry(mail.uid(), fields, base);
    }
  }

  MaildirDelivery(MaildirMailbox mailbox, Directory directory) throws PosixException {
    this.mailbox = mailbox;
    this.directory = directory;
    this.tmp = new TmpFiles(mailbox, directory);
  }

  /** Opens one of the three directories of a mailbox, which Dovecot makes on use, too. */
  static Directory subdirectory(Directory mailbox, String name) throws PosixException {
    try {
      return mailbox.directory(name);
    } catch (PosixException e) {
      if (!e.isMissing() || e.isNotDirectory()) {
        throw e;
      }
      mailbox.makeDirectory(name, 0700);
      return adopted(mailbox.directory(name), mailbox);
    }
  }

  private static Directory adopted(Directory made, Directory mailbox) throws PosixException {
    try {
      made.adopt(mailbox.status());
      return made;
    } catch (PosixException e) {
      made.close();
      throw e;
    }
  }

  @Override
  public void save(InputStream mail, About about) throws Failure {
    mailbox.hold(STAGED);
    String file = NewFileName.next();
    StoredSize size = write(mail, file, about.received());
    String sizes = ",S=" + size.physical() + ",W=" + size.virtual();
    String identity = about.guid().filter(MaildirDelivery::isUsable).orElse(file + sizes);
    long bytes = mailbox.quota().size(size.physical(), size.virtual());
    staged.add(new Staged(file, null, identity, about.flags(), about.uid().orElse(0), bytes));
    add(bytes);
  }

  private StoredSize write(InputStream mail, String file, OptionalLong received) throws Failure {
    CompressionRules rules = mailbox.context().compression();
    long memory = rules.memory();
    mailbox.hold(memory);
    try {
      String name = mailbox.name();
      return tmp.write(file, out -> MailWriter.save(mail, out, rules, name), received);
    } finally {
      mailbox.release(memory);
    }
  }

  /** Counts what has to have room. */
  private void add(long bytes) {
    addedBytes += bytes;
    addedMails++;
  }

  /** Bytes that a mail counts, here or in its source; 0 if that is not needed. */
  private long size(Mail mail, MaildirMail source) throws Failure {
    boolean needed =
        mailbox.quota().needsSizes(mailbox.name())
            || source != null && source.mailbox().quota().notes(source.mailbox().name());
    return needed ? mailbox.quota().size(mail) : 0;
  }

  private static boolean isUsable(String identity) {
    return identity.length() <= MAX_BASE
        && !identity.isEmpty()
        && MaildirName.isMail(identity)
        && identity.indexOf('/') < 0
        && identity.indexOf(':') < 0
        && identity.indexOf(' ') < 0
        && identity.chars().allMatch(c -> c > ' ' && c != 0x7f);
  }

  /** Bytes as stored, before they are compressed, and with CRLF line ends. */
  record StoredSize(long physical, long virtual) {}

  @Override
  public void copy(Mail mail) throws Failure {
    mailbox.hold(STAGED);
    stage(mail, null);
  }

  @Override
  public void move(Mail mail) throws Failure {
    mailbox.hold(STAGED);
    MaildirMail source = mail instanceof MaildirMail ? (MaildirMail) mail : null;
    if (source != null && mayMove(source)) {
      long bytes = size(mail, source);
      staged.add(new Staged(null, source, identity(mail), mail.flags(), 0, bytes));
      if (!isCountedHere(source)) {
        add(bytes);
      }
    } else {
      stage(mail, source);
    }
  }

  /** Whether a mail counts against the same quota where it lies now. */
  private boolean isCountedHere(MaildirMail source) {
    MaildirQuota quota = source.mailbox().quota();
    return quota == mailbox.quota() && quota.counts(source.mailbox().name());
  }

  private static String identity(Mail mail) {
    return isUsable(mail.guid()) ? mail.guid() : "";
  }

  private void stage(Mail mail, MaildirMail removedAfterwards) throws Failure {
    String file = NewFileName.next();
    Flags flags = mail.flags();
    boolean linked = mail instanceof MaildirMail && link((MaildirMail) mail, file);
    if (!linked) {
      OptionalLong received = OptionalLong.of(mail.received());
      try (InputStream in = mail.openStored()) {
        tmp.write(file, out -> MailWriter.copyExactly(in, out), received);
      } catch (IOException e) {
        throw Failure.temporary("A mail cannot be read", e);
      }
    }
    long bytes;
    try {
      bytes = size(mail, removedAfterwards);
    } catch (Failure e) {
      tmp.remove(file);
      throw e;
    }
    staged.add(new Staged(file, removedAfterwards, identity(mail), flags, 0, bytes));
    if (removedAfterwards == null || !isCountedHere(removedAfterwards)) {
      add(bytes);
    }
  }

  /** Gives the file a further name in tmp, where owner and permissions would be the same. */
  private boolean link(MaildirMail mail, String file) throws Failure {
    if (!mayShare(mail)) {
      return false;
    }
    try {
      mail.linkTo(tmp.directory(), file);
      return true;
    } catch (PosixException e) {
      if (e.isUnlinkable()) {
        return false;
      }
      throw mailbox.failure(e);
    }
  }

  /** Whether the very file may lie in this mailbox: file system, owner and permissions fit. */
  private boolean mayShare(MaildirMail mail) throws Failure {
    return mayMove(mail) && fits(mail);
  }

  /** Whether the very file may come here: its permissions can be changed. */
  private boolean mayMove(MaildirMail mail) throws Failure {
    FileStatus file = mail.status();
    FileStatus here = here();
    return file.device() == here.device() && file.uid() == here.uid() && file.gid() == here.gid();
  }

  private boolean fits(MaildirMail mail) throws Failure {
    return (mail.status().mode() & 0777) == (here().mode() & 0666 | 0600);
  }

  private FileStatus here() throws Failure {
    try {
      return directory.status();
    } catch (PosixException e) {
      throw mailbox.failure(e);
    }
  }

  @Override
  public int commit() throws Failure {
    if (staged.isEmpty()) {
      return 0;
    }
    try {
      mailbox.quota().check(mailbox.name(), addedBytes, addedMails);
      int count =
          mailbox.inOwnRoom(
              room -> {
                try (UidListLock lock = mailbox.lock()) {
                  return commitLocked(room);
                }
              });
      staged.clear();
      return count;
    } catch (PosixException e) {
      throw mailbox.failure(e);
    }
  }

  private int commitLocked(Room room) throws Failure, PosixException, Room.NoneException {
    MailTable present = mailbox.scanLocked(room);
    MailTable wanted = new MailTable(room);
    for (Staged mail : staged) {
      wanted.add(mail.identity(), false);
    }
    UidList list = mailbox.uidListFile().read(present, wanted);
    List<Target> targets = targets(present, wanted);
    Keywords keywords = mailbox.keywordsFor(false, staged.stream().map(Staged::flags).toList());
    boolean numbering = needsNumbers(targets);
    if (numbering) {
      list = identify(list, present, targets);
    }
    List<UidListFile.NewEntry> arrived = new ArrayList<>();
    Optional<MailFailure> failure;
    try {
      failure = place(targets, keywords, arrived);
    } finally {
      mailbox.quota().changed(notedBytes, notedMails);
      mailbox.listing().sync();
      if (numbering) {
        number(list, arrived);
      }
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
    return placed;
  }

  /** Notes, before they come, what mails are known by that cannot keep their names. */
  private UidList identify(UidList old, MailTable present, List<Target> targets)
      throws Failure, PosixException, Room.NoneException {
    UidList list = mailbox.uidListFile().addMissing(old, present, mailbox.root());
    List<UidListFile.NewEntry> identified = new ArrayList<>();
    for (Target target : targets) {
      if (!target.keepsIdentity()) {
        identified.add(target.entry("G" + target.mail().identity()));
      }
    }
    return mailbox.uidListFile().add(list, identified, mailbox.root());
  }

  /**
   * Makes the mails visible, each as far as that can be done.
   *
   * @param arrived gets those that have come under their names
   * @return the first that could not come
   */
  private Optional<MailFailure> place(
      List<Target> targets, Keywords keywords, List<UidListFile.NewEntry> arrived)
      throws Failure, PosixException {
    Optional<MailFailure> failure = Optional.empty();
    for (Target target : targets) {
      try {
        if (place(target, keywords)) {
          placed++;
          note(target.mail());
          if (target.keepsIdentity()) {
            arrived.add(target.entry(""));
          }
        }
      } catch (MailFailure e) {
        failure = failure.or(() -> Optional.of(e));
      }
    }
    return failure;
  }

  @Override
  public int arrived() {
    return placed;
  }

  /** Notes the UIDs of mails that have come. They are there, whether that can be done or not. */
  private void number(UidList list, List<UidListFile.NewEntry> arrived) throws Room.NoneException {
    try {
      mailbox.uidListFile().add(list, arrived, mailbox.root());
    } catch (PosixException e) {
      mailbox.warn("mails have come, but their UIDs cannot be noted: " + e.file(), e);
    } catch (Failure e) {
      mailbox.warn("mails have come, but without UIDs: " + e.getMessage());
    }
  }

  /** Notes what a mail that has come counts here, and no more where it was. */
  private void note(Staged mail) {
    if (mailbox.quota().notes(mailbox.name())) {
      notedBytes += mail.bytes();
      notedMails++;
    }
    MaildirMailbox left = mail.file() == null ? mail.source().mailbox() : null;
    if (left != null && left.quota().notes(left.name())) {
      if (left.quota() == mailbox.quota()) {
        notedBytes -= mail.bytes();
        notedMails--;
      } else {
        left.quota().changed(-mail.bytes(), -1);
      }
    }
  }

  /**
   * Whether UIDs have to be noted now. If not, the next program that looks gives them, in the same
   * order, and sees that the mails are recent.
   */
  private static boolean needsNumbers(List<Target> targets) {
    String last = null;
    for (Target target : targets) {
      boolean ordered = last == null || MaildirName.UID_ORDER.compare(last, target.base()) < 0;
      if (!ordered || !target.keepsIdentity() || target.mail().uid() != 0) {
        return true;
      }
      last = target.base();
    }
    return false;
  }

  /**
   * Chooses names that are free, also among those of mails that are gone.
   *
   * @param wanted the identities; those that the UID list knows have a UID
   */
  private List<Target> targets(MailTable present, MailTable wanted) {
    Set<String> taken = new HashSet<>();
    List<Target> targets = new ArrayList<>();
    for (Staged mail : staged) {
      String identity = mail.identity();
      boolean known = present.find(identity) >= 0 || wanted.uid(wanted.find(identity)) != 0;
      boolean free = !identity.isEmpty() && !known && taken.add(identity);
      if (free || identity.isEmpty()) {
        targets.add(new Target(mail, free ? identity : NewFileName.next(), true));
      } else {
        targets.add(new Target(mail, NewFileName.next() + MaildirName.sizes(identity), false));
      }
    }
    return targets;
  }

  /** Makes one mail visible. False when it was expunged at its source meanwhile. */
  private boolean place(Target target, Keywords keywords) throws Failure, PosixException {
    Staged mail = target.mail();
    String letters = MaildirName.letters(mail.flags(), keywords);
    boolean isNew = letters.isEmpty();
    Directory to = mailbox.listing().made(isNew);
    String name = isNew ? target.base() : target.base() + ":2," + letters;
    try {
      if (mail.file() != null) {
        tmp.directory().rename(mail.file(), to, name);
        if (mail.source() != null) {
          expungeSource(mail.source(), to, name);
        }
      } else {
        if (!fits(mail.source())) {
          mail.source().adopt(here());
        }
        mail.source().moveTo(to, name);
      }
      return true;
    } catch (MailGoneException e) {
      return mail.file() != null; // then it has come, and another program has removed the original
    }
  }

  /**
   * Removes the originals of copies. If one cannot be removed its copy is, so that there is one.
   */
  private static void expungeSource(MaildirMail source, Directory to, String name)
      throws Failure, PosixException {
    try {
      source.expunge();
    } catch (MailGoneException e) {
      throw e;
    } catch (Failure e) {
      to.unlink(name);
      throw e;
    }
  }

  /** Removes mails that were not committed. */
  @Override
  public void close() {
    for (Staged mail : staged) {
      if (mail.file() != null) {
        tmp.remove(mail.file());
      }
    }
    tmp.close();
  }
}
