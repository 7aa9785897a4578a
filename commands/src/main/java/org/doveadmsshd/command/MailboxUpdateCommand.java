package org.doveadmsshd.command;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.Mailbox;

/** {@code doveadm mailbox update}: changes what identifies a mailbox. */
final class MailboxUpdateCommand implements Command {
  private static final List<String> OF_INDEX =
      List.of("min-first-recent-uid", "min-highest-modseq", "min-highest-pvt-modseq");

  @Override
  public Manual manual() {
    return new Manual(
        "mailbox update",
        Arguments.MAILBOX,
        "change what identifies a mailbox and its UIDs",
        """
        Another UIDVALIDITY makes mail clients forget all they know of the mailbox and load it
        anew. The options about recent mails and modification sequences concern Dovecot's index,
        which is not written here; they are refused.
        """,
        List.of(
            Option.of("mailbox-guid", Kind.GUID.named("guid"), "32 hexadecimal digits"),
            Option.of("uid-validity", Kind.NUMBER.named("number"), "the UIDVALIDITY"),
            Option.of(
                "min-next-uid", Kind.NUMBER.named("uid"), "the next mail gets at least this UID"),
            Option.of("min-first-recent-uid", Kind.NUMBER.named("uid"), "not possible here"),
            Option.of("min-highest-modseq", Kind.NUMBER.named("number"), "not possible here"),
            Option.of("min-highest-pvt-modseq", Kind.NUMBER.named("number"), "not possible here")),
        true,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words, "[options] ");
    for (String option : OF_INDEX) {
      if (words.has(option)) {
        throw new Failure(
            Outcome.DATA_ERROR,
            "--" + option + " is kept in Dovecot's index alone, which is not written here");
      }
    }
    Mailbox.Update update =
        new Mailbox.Update(
            MailboxCreateCommand.guid("mailbox-guid", words),
            words.number("uid-validity"),
            words.number("min-next-uid"));
    return MailboxEdit.each(
        words.positionals(),
        "update",
        "mailboxes updated",
        (store, name) -> {
          try (Mailbox mailbox = Mailboxes.open(store, name)) {
            mailbox.update(update);
          }
        });
  }
}
