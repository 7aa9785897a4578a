package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.MailLocation;
import org.doveadmsshd.accounts.UserDirectory;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.MailStore;

/**
 * The directories that a user's location names, open. What is missing of them is made when
 * something is put there.
 */
final class MailRoots implements Closeable {
  private static final List<String> PARTS = List.of("tmp", "new", "cur");

  private final MailLocation location;
  private final MailboxPaths paths;
  private final Optional<UserDirectory> controlPlace;
  private final Optional<UserDirectory> indexPlace;
  private final Optional<UserDirectory> inboxPlace;

  private boolean hasInbox = true;

  /** Null while it is missing. */
  private Directory mail;

  /** Null while it is missing, and where control files do not lie apart. */
  private Directory control;

  /** Null while it is missing, and where INBOX has no directory of its own. */
  private Directory inbox;

  private MailRoots(MailLocation location) {
    this.location = location;
    this.paths = new MailboxPaths(location.layout());
    this.controlPlace = apart(location.control());
    this.indexPlace = apart(location.index()).filter(place -> !isSame(place, controlPlace));
    this.inboxPlace = apart(location.inbox());
  }

  /** A place, unless it is that of the mail. */
  private Optional<UserDirectory> apart(Optional<UserDirectory> place) {
    return place.filter(each -> !isSame(each, Optional.of(location.root())));
  }

  private static boolean isSame(UserDirectory place, Optional<UserDirectory> other) {
    return other
        .map(UserDirectory::path)
        .map(Path::normalize)
        .equals(Optional.of(place.path().normalize()));
  }

  /** Opens those that are there. */
  static MailRoots open(MailLocation location) throws PosixException {
    MailRoots roots = new MailRoots(location);
    boolean complete = false;
    try {
      roots.mail = openIfThere(location.root());
      roots.control = roots.controlPlace.isPresent() ? openIfThere(roots.controlPlace.get()) : null;
      roots.inbox = roots.inboxPlace.isPresent() ? openIfThere(roots.inboxPlace.get()) : null;
      complete = true;
      return roots;
    } finally {
      if (!complete) {
        roots.close();
      }
    }
  }

  private static Directory openIfThere(UserDirectory place) throws PosixException {
    try {
      return Descent.open(place);
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return null;
      }
      throw e;
    }
  }

  /**
   * The same directories, opened once more: nothing that is opened through them changes its time of
   * access; see {@link Directory#unnoticed}. To be closed.
   */
  MailRoots unnoticed() throws PosixException {
    MailRoots roots = new MailRoots(location);
    boolean complete = false;
    try {
      roots.mail = mail == null ? null : mail.unnoticed();
      roots.control = control == null ? null : control.unnoticed();
      roots.inbox = inbox == null ? null : inbox.unnoticed();
      complete = true;
      return roots;
    } finally {
      if (!complete) {
        roots.close();
      }
    }
  }

  MailboxPaths paths() {
    return paths;
  }

  /** Whether a parent that is no mailbox goes with its last child. */
  boolean dropsParents() {
    return location.layout().dropsParents();
  }

  /** The root of the mail; null while it is missing. */
  Directory mail() {
    return mail;
  }

  /** Its path, whether it is there or not. */
  Path mailPath() {
    return location.root().path();
  }

  /** The status of a root, of which one is there. */
  FileStatus status() throws PosixException {
    return mail == null ? inbox.status() : mail.status();
  }

  /** Whether the user has any mail directory. */
  boolean isThere() {
    return mail != null || inbox != null;
  }

  /** Where subscriptions, quota and UIDVALIDITY values are kept; null while it is missing. */
  Directory control() {
    return controlPlace.isPresent() ? control : mail;
  }

  /** As {@link #control}, made if need be. */
  Directory madeControl() throws PosixException {
    made();
    if (controlPlace.isPresent() && control == null) {
      control = Descent.make(controlPlace.get(), mail.status());
    }
    return control();
  }

  /** The root of the mail, made if need be with an empty INBOX in it. */
  Directory made() throws PosixException {
    if (mail == null) {
      Directory made;
      try (Directory trusted = Directory.open(location.root().trusted())) {
        made = Descent.make(location.root(), trusted.status());
      }
      mail = made;
      if (hasInbox && inboxIsRoot()) {
        makeParts(mail);
      }
    }
    return mail;
  }

  private static void makeParts(Directory mailbox) throws PosixException {
    for (String part : PARTS) {
      MaildirDelivery.subdirectory(mailbox, part).close();
    }
  }

  /** Leaves INBOX out where the root of the mail has to be made. */
  void leaveInboxOut() {
    hasInbox = false;
  }

  /** Whether the root of the mail is the mailbox INBOX. */
  boolean inboxIsRoot() {
    return inboxPlace.isEmpty() && location.layout().directoryName().isEmpty();
  }

  /** The open directories of INBOX; nothing while they are missing. */
  Optional<MailboxFiles> inbox() throws PosixException {
    if (inboxPlace.isEmpty() && !inboxIsRoot()) {
      return mail == null ? Optional.empty() : findIfThere(inboxDirectory());
    }
    Directory own = inboxPlace.isPresent() ? inbox : mail;
    return own == null ? Optional.empty() : Optional.of(files(own, inboxDirectory()));
  }

  /** The directory of INBOX's mail, to be closed; nothing while it is missing. */
  Optional<Directory> inboxMail() throws PosixException {
    if (inboxPlace.isEmpty() && !inboxIsRoot()) {
      return mail == null
          ? Optional.empty()
          : Descent.openIfThere(mail, paths.mail(inboxDirectory()));
    }
    Directory own = inboxPlace.isPresent() ? inbox : mail;
    return own == null ? Optional.empty() : Optional.of(own.unnoticed());
  }

  private Optional<MailboxFiles> findIfThere(List<String> directory) throws PosixException {
    try {
      return find(directory);
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The open directories of INBOX, made if need be. */
  MailboxFiles madeInbox() throws PosixException {
    FileStatus model = made().status();
    if (inboxPlace.isEmpty() && !inboxIsRoot()) {
      try (Directory box = Descent.make(mail, paths.mail(inboxDirectory()), model)) {
        makeParts(box);
      }
    } else if (inboxPlace.isPresent() && inbox == null) {
      inbox = Descent.make(inboxPlace.get(), model);
      makeParts(inbox);
    }
    return inbox().orElseThrow();
  }

  private List<String> inboxDirectory() {
    return paths.find(MailStore.INBOX).orElseThrow();
  }

  /**
   * The open directories of a mailbox; nothing when that is not there.
   *
   * @param directory of a mailbox other than INBOX, below the root of the mail
   */
  Optional<MailboxFiles> find(List<String> directory) throws PosixException {
    Directory box = Descent.open(mail, paths.mail(directory));
    boolean complete = false;
    try {
      if (!isMailbox(box)) {
        return Optional.empty();
      }
      MailboxFiles files = files(box, directory);
      complete = true;
      return Optional.of(files);
    } finally {
      if (!complete) {
        box.close();
      }
    }
  }

  /**
   * Whether a directory is a mailbox. What makes copies of files alone, as git and object stores
   * do, leaves empty directories out: each of them may be missing. In a tree of directories a UID
   * list makes no mailbox: it may be left of one that had children.
   */
  boolean isMailbox(Directory box) throws PosixException {
    return box.has("cur") || box.has("new") || !paths.isFs() && box.has(UidList.FILE);
  }

  private MailboxFiles files(Directory box, List<String> directory) throws PosixException {
    Set<Directory> shared =
        inbox == null ? Set.of(mail()) : mail == null ? Set.of(inbox) : Set.of(mail, inbox);
    if (controlPlace.isEmpty()) {
      return new MailboxFiles(box, box, mail == null ? made() : mail, shared);
    }
    Directory own = controlOf(box, directory).orElseThrow();
    return new MailboxFiles(box, own, control, shared);
  }

  /**
   * The directory of the control files of a mailbox, made if need be; nothing where they do not lie
   * apart.
   */
  Optional<Directory> controlOf(Directory box, List<String> directory) throws PosixException {
    return controlPlace.isEmpty()
        ? Optional.empty()
        : Optional.of(Descent.make(madeControl(), paths.apart(directory), box.status()));
  }

  /** Whether files of mailboxes lie apart from the mail. */
  boolean isApart(MailStore.PathType type) {
    return apartPlace(type).isPresent();
  }

  private Optional<UserDirectory> apartPlace(MailStore.PathType type) {
    return switch (type) {
      case CONTROL -> controlPlace;
      case INDEX -> indexPlace;
      default -> Optional.empty();
    };
  }

  /** The path of the control files, which lie apart. */
  Optional<Path> controlPath() {
    return controlPlace.map(UserDirectory::path);
  }

  /**
   * The directory of files of a mailbox that lie apart from its mail, to be closed; nothing while
   * it is missing. Opening what is in it changes no times of access.
   *
   * @param directory of the mailbox, below the root of the mail
   */
  Optional<Directory> apartIfThere(List<String> directory, MailStore.PathType type)
      throws PosixException {
    try (Directory root = openIfThere(apartPlace(type).orElseThrow())) {
      if (root == null) {
        return Optional.empty();
      }
      try (Directory unnoticed = root.unnoticed()) {
        return Descent.openIfThere(unnoticed, paths.apart(directory));
      }
    }
  }

  /** What lies apart from the mail, and is there: control files and indexes. To be closed. */
  List<ApartFiles> apart() throws PosixException {
    List<ApartFiles> apart = new ArrayList<>();
    if (controlPlace.isPresent() && control != null) {
      apart.add(new ApartFiles(control, false));
    }
    Directory index = indexPlace.isPresent() ? openIfThere(indexPlace.get()) : null;
    if (index != null) {
      apart.add(new ApartFiles(index, true));
    }
    return apart;
  }

  /** The path of a mailbox's files, whether they are there or not. */
  Path path(String name, MailStore.PathType type) throws Failure {
    List<String> directory = paths.directory(MailboxPaths.isInbox(name) ? MailStore.INBOX : name);
    Optional<UserDirectory> apart =
        switch (type) {
          case CONTROL -> controlPlace;
          case INDEX -> apart(location.index());
          default -> Optional.empty();
        };
    if (apart.isPresent()) {
      return resolve(apart.get().path(), paths.apart(directory));
    }
    if (MailboxPaths.isInbox(name) && (inboxPlace.isPresent() || inboxIsRoot())) {
      return inboxPlace.orElse(location.root()).path();
    }
    boolean whole = type == MailStore.PathType.DIRECTORY;
    return resolve(location.root().path(), whole ? directory : paths.mail(directory));
  }

  private static Path resolve(Path root, List<String> levels) {
    Path path = root;
    for (String level : levels) {
      byte[] bytes = level.getBytes(StandardCharsets.ISO_8859_1);
      path = path.resolve(new String(bytes, StandardCharsets.UTF_8));
    }
    return path;
  }

  @Override
  public void close() {
    for (Directory each : new Directory[] {mail, control, inbox}) {
      if (each != null) {
        each.close();
      }
    }
  }
}
