package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.MailStore;

/** {@code doveadm mailbox rename}: gives a mailbox and its children another name. */
final class MailboxRenameCommand implements Command {
  @Override
  public Manual manual() {
    return new Manual(
        "mailbox rename",
        Syntax.of(Kind.MAILBOX.named("old name"), Kind.NEW_MAILBOX.named("new name")),
        "rename a mailbox with its children",
        """
        Mails, UIDs and identity stay as they are. Children are renamed before their parent, each
        in one step; if the server is interrupted in between, the same command does the rest.
        """,
        List.of(Option.flag('s', "subscriptions", "rename subscriptions, too")),
        true,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words, "[-s] ");
    String from = words.positionals().get(0);
    String to = words.positionals().get(1);
    return MailboxEdit.each(
            List.of(from),
            "rename",
            "mailboxes renamed",
            (store, mailbox) -> {
              store.rename(from, to);
              if (words.has("subscriptions")) {
                renameSubscriptions(store, from, to);
              }
            })
        .with(
            words.has("subscriptions"),
            MailboxSubscribeCommand.SUBSCRIBE,
            MailboxSubscribeCommand.UNSUBSCRIBE);
  }

  private static void renameSubscriptions(MailStore store, String from, String to) throws Failure {
    List<String> old = new ArrayList<>();
    List<String> renamed = new ArrayList<>();
    for (String name : store.subscriptions()) {
      if (store.named(name).isIn(from)) {
        old.add(name);
        renamed.add(to + name.substring(from.length()));
      }
    }
    store.subscribe(renamed, true);
    store.subscribe(old, false);
  }
}
