package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileName;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.MailStore.PathType;
import org.doveadmsshd.storage.Oddity.Kind;

/**
 * Looks through a user's mail for what is not as it should be, mailbox by mailbox, wherever the
 * location has the parts of it. Files of other programs, as of Sieve, are left out: what they
 * should be like is not known here.
 */
final class TreeCheck {
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private final MailRoots roots;
  private final MailboxPaths paths;
  private final UnaryOperator<String> shown;
  private final Findings findings;
  private final KeptFiles files;

  /** What a tree of directories has. */
  private static final class Found implements FsTree.Finder {
    private final List<String> mailboxes = new ArrayList<>();
    private final List<LeftOut> leftOut = new ArrayList<>();

    private record LeftOut(String path, FsTree.Reason reason) {}

    @Override
    public void found(String name, boolean isMailbox) {
      if (isMailbox && !name.equals(MailStore.INBOX)) { // whose place is known
        mailboxes.add(name);
      }
    }

    @Override
    public void leftOut(String path, FsTree.Reason reason) {
      leftOut.add(new LeftOut(path, reason));
    }
  }

  /**
   * @param roots whose access times stay as they are
   * @param shown makes the name that people see of one that the tree has
   */
  TreeCheck(MailRoots roots, UnaryOperator<String> shown, Findings findings) {
    this.roots = roots;
    this.paths = roots.paths();
    this.shown = shown;
    this.findings = findings;
    this.files = new KeptFiles(findings);
  }

  void run() throws Failure, IOException {
    inbox();
    lists();
    if (roots.mail() == null) {
      return;
    }
    if (paths.isFs()) {
      directories();
    } else {
      entries();
    }
  }

  private void inbox() throws Failure, IOException {
    Findings.Spot spot = spot(MailStore.INBOX, PathType.MAILBOX);
    if (roots.mail() != null && !roots.inboxIsRoot()) {
      findings.directory(new Findings.Spot("", ""), roots.mail().status());
    }
    try (Directory inbox = roots.inboxMail().orElse(null)) {
      if (inbox != null) {
        findings.directory(spot, inbox.status());
        if (roots.isMailbox(inbox)) { // that of a namespace need not be a mailbox
          mailbox(MailStore.INBOX, inbox, spot);
        }
      }
    } catch (PosixException e) {
      closed(spot, e);
    }
  }

  /** Where the mail of a mailbox, or what lies apart from it, is. */
  private Findings.Spot spot(String name, PathType type) throws Failure {
    String root = FileName.of(roots.mailPath().toString());
    String path = FileName.of(roots.path(name, type).toString());
    String below =
        path.equals(root)
            ? ""
            : path.startsWith(root + "/") ? path.substring(root.length() + 1) : path;
    return new Findings.Spot(shown.apply(name), below);
  }

  /** Says why a directory could not be opened, if it is there. */
  private void closed(Findings.Spot spot, PosixException e) throws Failure, IOException {
    if (e.isDenied()) {
      findings.add(Kind.UNREADABLE, spot, e.reason(), "chmod u+rwx");
    } else if (e.isLink() || e.isNotDirectory()) {
      findings.add(Kind.MISPLACED, spot, "a file or a link where a directory should be", "rm");
    } else if (!e.isMissing()) {
      throw e;
    }
  }

  /** The lists of all mailboxes. */
  private void lists() throws Failure, IOException {
    Directory directory = roots.control();
    if (directory == null) {
      return;
    }
    Optional<String> apart = roots.controlPath().map(path -> FileName.of(path.toString()));
    Findings.Spot spot = new Findings.Spot("", apart.orElse(""));
    if (apart.isPresent()) {
      findings.directory(spot, directory.status());
    }
    if (apart.isPresent() || !roots.inboxIsRoot()) {
      files.look(directory, spot);
    }
    String name = paths.layout().subscriptions();
    try {
      Subscriptions subscriptions = new Subscriptions(directory, name, paths.separator());
      findings.lines(spot.in(name), subscriptions.malformed(paths), "lines that name no mailbox");
    } catch (PosixException e) {
      MailboxCheck.passOver(e);
    }
  }

  /** A tree of directories. Those that are only parents may be as they like. */
  private void directories() throws Failure, IOException {
    Found found = new Found();
    new FsTree(roots).list(found);
    for (String name : found.mailboxes) {
      findings.checkpoint();
      Findings.Spot spot = spot(name, PathType.MAILBOX);
      List<String> levels = paths.mail(paths.directory(name));
      try (Directory directory = Descent.open(roots.mail(), levels)) {
        findings.directory(spot, directory.status());
        mailbox(name, directory, spot);
      } catch (PosixException e) {
        closed(spot, e);
      }
    }
    for (Found.LeftOut each : found.leftOut) {
      leftOut(each);
    }
  }

  private void leftOut(Found.LeftOut each) throws Failure, IOException {
    String path = each.path();
    Findings.Spot spot = new Findings.Spot(paths.subscribed(path).map(shown).orElse(""), path);
    int file = path.lastIndexOf('/') + 1;
    String valid = validName(path.substring(file));
    switch (each.reason()) {
      case LINK -> findings.add(Kind.LINK, spot, "it is not followed", "rm");
      case NO_NAME -> rename(Kind.NO_MAILBOX_NAME, spot, "", path.substring(0, file) + valid);
      case TOO_DEEP -> rename(Kind.MISPLACED, spot, "too deep in the tree", valid);
    }
  }

  private void rename(Kind kind, Findings.Spot spot, String detail, String path)
      throws Failure, IOException {
    String moved = findings.move(spot, new Findings.Spot("", path));
    findings.add(kind, spot, detail, Findings.system(moved));
  }

  /** A Maildir++ tree, also what is in it beside the mailboxes. */
  private void entries() throws Failure, IOException {
    for (String file : roots.mail().list()) {
      findings.checkpoint();
      if (file.length() > 1 && file.charAt(0) == '.') {
        try {
          entry(file, roots.mail().status(file));
        } catch (PosixException e) {
          if (!e.isMissing()) {
            throw e;
          }
        }
      }
    }
  }

  /** An entry whose name begins with a dot, as mailboxes' do. */
  private void entry(String file, FileStatus status) throws Failure, IOException {
    Optional<String> name = paths.name(file.substring(1));
    Findings.Spot spot = new Findings.Spot(name.map(shown).orElse(""), file);
    if (file.startsWith(MailboxTree.TRASHED)) {
      if (status.isDirectory() && findings.age(status.changedNanos()) > HOUR_NANOS) {
        findings.add(Kind.LEFT_MAILBOX, spot, "", "rm -r");
      }
    } else if (status.isLink()) {
      if (roots.mail().leadsToDirectory(file)) {
        findings.directory(spot, status);
      }
    } else if (status.isDirectory()) {
      findings.directory(spot, status);
      directory(file, name, spot);
    }
  }

  private void directory(String file, Optional<String> name, Findings.Spot spot)
      throws Failure, IOException {
    try (Directory directory = roots.mail().directory(file)) {
      if (!roots.isMailbox(directory)) {
        findings.add(Kind.NO_MAILBOX, spot, "neither cur, new nor " + UidList.FILE, "rmdir");
      } else if (name.isEmpty()) {
        rename(Kind.NO_MAILBOX_NAME, spot, "", "." + validName(file));
      } else {
        mailbox(name.get(), directory, spot);
      }
    } catch (PosixException e) {
      closed(spot, e);
    }
  }

  /** A mailbox, with what lies apart from its mail. */
  private void mailbox(String name, Directory mail, Findings.Spot spot)
      throws Failure, IOException {
    MailboxCheck.Place place = new MailboxCheck.Place(mail, spot);
    files.look(mail, spot);
    if (roots.isApart(PathType.INDEX)) {
      Findings.Spot index = spot(name, PathType.INDEX);
      apart(name, PathType.INDEX, index).ifPresent(Directory::close);
    }
    if (!roots.isApart(PathType.CONTROL)) {
      new MailboxCheck(place, Optional.of(place), spot, findings).run();
      return;
    }
    Findings.Spot lists = spot(name, PathType.CONTROL);
    try (Directory control = apart(name, PathType.CONTROL, lists).orElse(null)) {
      Optional<MailboxCheck.Place> there =
          Optional.ofNullable(control).map(each -> new MailboxCheck.Place(each, lists));
      new MailboxCheck(place, there, lists, findings).run();
    }
  }

  /** A directory apart from the mail, looked at; nothing where it cannot be opened. */
  private Optional<Directory> apart(String name, PathType type, Findings.Spot spot)
      throws Failure, IOException {
    Optional<Directory> opened = Optional.empty();
    try {
      opened = roots.apartIfThere(paths.directory(name), type);
    } catch (PosixException e) {
      closed(spot, e);
    }
    boolean complete = opened.isEmpty();
    try {
      if (!complete) {
        findings.directory(spot, opened.get().status());
        files.look(opened.get(), spot);
        complete = true;
      }
      return opened;
    } finally {
      if (!complete) {
        opened.get().close();
      }
    }
  }

  /** A name that a mailbox can have, and which tells what it was. */
  private static String validName(String file) {
    String plain = file.replaceAll("[^A-Za-z0-9_-]+", "_");
    return (plain.startsWith("_") ? plain.substring(1) : plain) + "-renamed";
  }
}
