package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Oddity.Kind;

/**
 * Looks through a user's tree for what is not as it should be, mailbox by mailbox. Files of other
 * programs, as of Sieve, are left out: what they should be like is not known here.
 */
final class TreeCheck {
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private final Directory root;
  private final UnaryOperator<String> shown;
  private final Findings findings;

  /**
   * @param root the mail directory, whose access times stay as they are
   * @param shown makes the name that people see of one that the tree has
   */
  TreeCheck(Directory root, UnaryOperator<String> shown, Findings findings) {
    this.root = root;
    this.shown = shown;
    this.findings = findings;
  }

  void run() throws Failure, IOException {
    Findings.Spot inbox = new Findings.Spot(shown.apply(MailStore.INBOX), "");
    boolean isDirectory = findings.directory(inbox, root.status());
    if (isDirectory && MaildirStore.isThere(root)) { // that of a namespace need not be a mailbox
      new MailboxCheck(root, inbox, findings).run();
    }
    subscriptions();
    for (String file : root.list()) {
      findings.checkpoint();
      if (file.charAt(0) == '.') {
        try {
          entry(file, root.status(file));
        } catch (PosixException e) {
          if (!e.isMissing()) {
            throw e;
          }
        }
      }
    }
  }

  private void subscriptions() throws Failure, IOException {
    Findings.Spot spot = new Findings.Spot("", Subscriptions.FILE);
    try {
      findings.lines(spot, Subscriptions.malformed(root), "lines that name no mailbox");
    } catch (PosixException e) {
      if (!e.isDenied() && !e.isLink() && !e.isMissing()) {
        throw e;
      }
    }
  }

  /** An entry whose name begins with a dot, as mailboxes' do. */
  private void entry(String file, FileStatus status) throws Failure, IOException {
    Optional<String> name = nameOf(file);
    Findings.Spot spot = new Findings.Spot(name.map(shown).orElse(""), file);
    if (file.startsWith(MailboxTree.TRASHED)) {
      if (status.isDirectory() && findings.age(status.changedNanos()) > HOUR_NANOS) {
        findings.add(Kind.LEFT_MAILBOX, spot, "", "rm -r");
      }
    } else if (status.isLink()) {
      if (root.leadsToDirectory(file)) {
        findings.directory(spot, status);
      }
    } else if (status.isDirectory()) {
      mailbox(file, status, spot);
    }
  }

  private void mailbox(String file, FileStatus status, Findings.Spot spot)
      throws Failure, IOException {
    findings.directory(spot, status);
    try (Directory directory = root.directory(file)) {
      if (!MaildirStore.isThere(directory)) {
        findings.add(Kind.NO_MAILBOX, spot, "neither cur, new nor " + UidList.FILE, "rmdir");
      } else if (spot.mailbox().isEmpty()) {
        Findings.Spot valid = new Findings.Spot("", validName(file));
        findings.add(Kind.NO_MAILBOX_NAME, spot, "", Findings.system(findings.move(spot, valid)));
      } else {
        new MailboxCheck(directory, spot, findings).run();
      }
    } catch (PosixException e) {
      if (e.isDenied()) {
        findings.add(Kind.UNREADABLE, spot, e.reason(), "chmod u+rwx");
      } else if (!e.isMissing()) {
        throw e;
      }
    }
  }

  private static Optional<String> nameOf(String file) {
    return ModifiedUtf7.decode(file.substring(1))
        .filter(name -> !MaildirStore.hasEmptyComponent(name));
  }

  /** A name that a mailbox can have, and which tells what it was. */
  private static String validName(String file) {
    String plain = file.replaceAll("[^A-Za-z0-9_-]+", "_");
    return "." + (plain.startsWith("_") ? plain.substring(1) : plain) + "-renamed";
  }
}
