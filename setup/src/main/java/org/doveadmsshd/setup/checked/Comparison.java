package org.doveadmsshd.setup.checked;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.setup.dovecot.DovecotPrograms;

/**
 * Opens users' mail, and compares what is seen with what the installed doveadm sees. A doveadm that
 * does not answer is not asked again. For one thread.
 */
public final class Comparison {
  /** What both say at once; the UIDs of a mailbox show that it is the same one. */
  private static final String FIELDS = "messages unseen uidvalidity uidnext";

  /** Without doveadm, which gives UIDs to new mails before we look, only what takes no UIDs. */
  private static final String ALONE = "messages unseen";

  private final Mail mail;
  private final Settings settings;
  private final Userdb users;
  private Optional<DovecotPrograms> doveadm;

  /**
   * @param doveadm nothing where it is elsewhere
   */
  public Comparison(Mail mail, Settings settings, Userdb users, Optional<DovecotPrograms> doveadm) {
    this.mail = mail;
    this.settings = settings;
    this.users = users;
    this.doveadm = doveadm;
  }

  /**
   * What was seen of a user.
   *
   * @param verdict for people: whether doveadm sees the same
   * @param details what is not the same, or why nothing was seen
   */
  public record Row(
      String user,
      int mailboxes,
      long messages,
      long unseen,
      Verdict verdict,
      List<String> details) {}

  /** How it has come out. */
  public enum Verdict {
    SAME,
    DIFFERENT,
    /** There is no doveadm to compare with. */
    ALONE,
    FAILED
  }

  /** A row for each user. */
  public List<Row> of(List<String> names) {
    return names.stream().map(this::row).toList();
  }

  private Row row(String user) {
    List<String> details = new ArrayList<>();
    Optional<StatusTable> theirs = theirs(user, details);
    try {
      String fields = theirs.isPresent() ? FIELDS : ALONE;
      StatusTable ours =
          StatusTable.parse(
              mail.run(
                  settings,
                  users,
                  List.of("-f", "tab", "mailbox", "status", "-u", user, fields, "*")));
      theirs.ifPresent(table -> details.addAll(ours.differences(table)));
      Verdict verdict =
          theirs.isEmpty()
              ? details.isEmpty() ? Verdict.ALONE : Verdict.FAILED
              : details.isEmpty() ? Verdict.SAME : Verdict.DIFFERENT;
      return new Row(
          user,
          ours.mailboxes().size(),
          ours.sum("messages"),
          ours.sum("unseen"),
          verdict,
          List.copyOf(details));
    } catch (Failure e) {
      details.add(e.getMessage());
      return new Row(user, 0, 0, 0, Verdict.FAILED, List.copyOf(details));
    }
  }

  private Optional<StatusTable> theirs(String user, List<String> details) {
    if (doveadm.isEmpty()) {
      return Optional.empty();
    }
    try {
      DovecotPrograms.Result result =
          doveadm.get().doveadm("-f", "tab", "mailbox", "status", "-u", user, FIELDS, "*");
      if (result.code() == 0) {
        return Optional.of(StatusTable.parse(result.out()));
      }
      details.add(
          "doveadm ends with exit code %d: %s"
              .formatted(result.code(), DovecotPrograms.lastLine(result.error())));
    } catch (IOException e) {
      return Optional.empty(); // it is not installed
    } catch (Failure e) {
      details.add(e.getMessage());
      doveadm = Optional.empty(); // who waits for one user would wait for each
    }
    return Optional.empty();
  }
}
