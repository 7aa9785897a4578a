package org.doveadmsshd.command;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;

/** {@code doveadm mailbox create}: makes mailboxes. */
final class MailboxCreateCommand implements Command {
  @Override
  public Manual manual() {
    return new Manual(
        "mailbox create",
        Syntax.several(Arguments.NEW_MAILBOX),
        "make mailboxes",
        """
        Levels of the hierarchy have a dot between them, or what a namespace says; parents need
        not exist. A mailbox that exists already is an error with exit code 65.
        """,
        List.of(
            Option.flag('s', "subscriptions", "subscribe to them"),
            Option.of(
                'g',
                "guid",
                Kind.GUID.named("guid"),
                "identity of the mailbox, 32 hexadecimal digits")),
        true,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words, "[-s] [-g <guid>] ");
    boolean subscribes = words.has("subscriptions");
    Optional<String> guid = guid("guid", words);
    if (guid.isPresent() && words.positionals().size() > 1) {
      throw Failure.usage("mailbox create: -g is for one mailbox");
    }
    return MailboxEdit.each(
            words.positionals(),
            "create",
            "mailboxes created",
            (store, mailbox) -> {
              boolean directory =
                  mailbox.length() > 1 && mailbox.endsWith("" + store.named(mailbox).separator());
              String name = directory ? mailbox.substring(0, mailbox.length() - 1) : mailbox;
              store.create(name, guid);
              if (subscribes) {
                store.subscribe(List.of(name), true);
              }
            })
        .with(subscribes, MailboxSubscribeCommand.SUBSCRIBE);
  }

  /** A GUID that an option has, in lower case. */
  static Optional<String> guid(String option, Words words) throws Failure {
    Optional<String> guid = words.value(option).map(text -> text.toLowerCase(Locale.ROOT));
    if (guid.isPresent() && !guid.get().matches("[0-9a-f]{32}")) {
      throw Failure.usage("Invalid --" + option + ": 32 hexadecimal digits are expected");
    }
    return guid;
  }
}
