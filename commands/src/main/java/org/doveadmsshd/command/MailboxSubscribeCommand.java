package org.doveadmsshd.command;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;

/** {@code doveadm mailbox subscribe} and {@code unsubscribe}. */
final class MailboxSubscribeCommand implements Command {
  static final String SUBSCRIBE = "mailbox subscribe";
  static final String UNSUBSCRIBE = "mailbox unsubscribe";

  private final boolean subscribes;

  MailboxSubscribeCommand(boolean subscribes) {
    this.subscribes = subscribes;
  }

  @Override
  public Manual manual() {
    return new Manual(
        subscribes ? SUBSCRIBE : UNSUBSCRIBE,
        Syntax.several(Arguments.NEW_MAILBOX),
        subscribes ? "subscribe to mailboxes" : "end subscriptions to mailboxes",
        """
        The mailboxes need not exist, and it is no error when nothing changes by it.
        """,
        List.of(),
        true,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    List<String> names = words.positionals();
    checkNumber(words);
    return new MailboxEdit(
        (store, output) -> {
          int unchanged = store.subscribe(names, subscribes).size();
          output.count(subscribes ? "subscribed" : "unsubscribed", names.size() - (long) unchanged);
        });
  }
}
