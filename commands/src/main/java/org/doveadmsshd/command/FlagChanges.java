package org.doveadmsshd.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;

/**
 * Changes the flags of what it is shown, some mails at a time, for a mailbox is locked meanwhile.
 */
final class FlagChanges implements MailSearch.Visitor {
  private static final int AT_A_TIME = 500;

  private final Output output;
  private final Chooser chooser;
  private final Map<Mail, Flags> waiting = new LinkedHashMap<>();
  private Mailbox mailbox;

  /** Says which flags a mail shall have. */
  @FunctionalInterface
  interface Chooser {
    Flags flags(Candidate mail) throws Failure;
  }

  FlagChanges(Output output, Chooser chooser) {
    this.output = output;
    this.chooser = chooser;
  }

  @Override
  public void visit(Mailbox of, Candidate candidate) throws Failure {
    if (of != mailbox) {
      waiting.clear(); // those of a mailbox that failed
      mailbox = of;
    }
    Flags now = candidate.flags();
    Flags next = chooser.flags(candidate);
    if (!next.equals(now)) {
      waiting.put(candidate.mail(), next);
    }
    output.count("matched", 1);
    if (waiting.size() == AT_A_TIME) {
      end(of);
    }
  }

  @Override
  public void end(Mailbox of) throws Failure {
    of.setFlags(waiting);
    waiting.clear();
  }
}
