package org.doveadmsshd.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;

/** Flags that wait to be changed, some mails at a time, for a mailbox is locked meanwhile. */
final class FlagChanges {
  private static final int AT_A_TIME = 500;

  private final Output output;
  private final Map<Mail, Flags> waiting = new LinkedHashMap<>();
  private Mailbox mailbox;

  FlagChanges(Output output) {
    this.output = output;
  }

  /** Counts a mail that matched; notes the change if the flags are not those it has. */
  void add(Mailbox of, Candidate candidate, Flags next) throws Failure {
    if (of != mailbox) {
      waiting.clear(); // those of a mailbox that failed
      mailbox = of;
    }
    if (!next.equals(candidate.flags())) {
      waiting.put(candidate.mail(), next);
    }
    output.count("matched", 1);
    if (waiting.size() == AT_A_TIME) {
      carryOut(of);
    }
  }

  /** Makes the changes that were added; called when a mailbox is done. */
  void carryOut(Mailbox of) throws Failure {
    try {
      of.setFlags(waiting);
    } finally {
      waiting.clear(); // what could be done has been
    }
  }
}
