package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.MailStore;

/** {@code doveadm mailbox delete}: removes mailboxes and their mails. */
final class MailboxDeleteCommand implements Command {
  static final String NAME = "mailbox delete";

  @Override
  public Manual manual() {
    return new Manual(
        NAME,
        Arguments.MAILBOXES,
        "remove mailboxes with all their mails",
        """
        Children of a mailbox stay, unless -r is given; with -r an empty name ('') stands for all
        mailboxes but INBOX, which cannot be removed. When new mails arrive while a mailbox is
        being removed it is kept, unless -Z is given.
        """,
        List.of(
            Option.flag('e', "require-empty", "only when there are no mails in it"),
            Option.flag('r', "recursive", "its children, too"),
            Option.flag('s', "subscriptions", "unsubscribe from them"),
            Option.flag('Z', "unsafe", "do not look for mails that arrive meanwhile")),
        true,
        Access.DELETE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words, "[-e] [-r] [-s] [-Z] ");
    boolean recursive = words.has("recursive");
    if (!recursive && words.positionals().contains("")) {
      throw Failure.usage("Can't delete mailbox '': it stands for all of them, with -r");
    }
    return MailboxEdit.each(
            words.positionals(),
            "delete",
            "mailboxes deleted",
            (store, mailbox) -> {
              for (String name : recursive ? withChildren(store, mailbox) : List.of(mailbox)) {
                store.delete(name, words.has("require-empty"), words.has("unsafe"));
                if (words.has("subscriptions")) {
                  store.subscribe(List.of(name), false);
                }
              }
            })
        .with(words.has("subscriptions"), MailboxSubscribeCommand.UNSUBSCRIBE);
  }

  /** Children before parents. */
  private static List<String> withChildren(MailStore store, String mailbox) throws Failure {
    List<String> names = new ArrayList<>();
    for (MailStore.ListedName entry : store.list()) {
      boolean inside =
          mailbox.isEmpty()
              ? !entry.name().equals(MailStore.INBOX)
              : entry.name().startsWith(mailbox + MailStore.SEPARATOR)
                  || entry.name().equals(mailbox);
      if (inside && entry.selectable()) {
        names.add(entry.name());
      }
    }
    if (names.isEmpty() && !mailbox.isEmpty()) {
      names.add(mailbox); // fails, and says why
    }
    names.sort(Comparator.reverseOrder());
    return names;
  }
}
