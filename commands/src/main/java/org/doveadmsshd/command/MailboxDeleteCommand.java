package org.doveadmsshd.command;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.MailStore;

/** {@code doveadm mailbox delete}: removes mailboxes and their mails. */
final class MailboxDeleteCommand implements Command {
  static final String NAME = "mailbox delete";

  /** What is counted. */
  static final String DELETED = "mailboxes deleted";

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
            Option.flag('Z', "unsafe", "do not look for mails that arrive meanwhile"),
            DryRun.OPTION),
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
    List<String> named = words.positionals();
    MailboxEdit.Names mailboxes = recursive ? store -> withChildren(store, named) : store -> named;
    boolean onlyEmpty = words.has("require-empty");
    if (words.has(DryRun.NAME)) {
      return new MailboxDryRun(mailboxes, onlyEmpty);
    }
    return MailboxEdit.each(
            mailboxes,
            "delete",
            DELETED,
            (store, mailbox) -> {
              store.delete(mailbox, onlyEmpty, words.has("unsafe"));
              if (words.has("subscriptions")) {
                store.subscribe(List.of(mailbox), false);
              }
            })
        .with(words.has("subscriptions"), MailboxSubscribeCommand.UNSUBSCRIBE);
  }

  /** Each once, children before parents. */
  private static Set<String> withChildren(MailStore store, List<String> mailboxes) throws Failure {
    Set<String> names = new TreeSet<>(Comparator.reverseOrder());
    for (String mailbox : mailboxes) {
      List<String> found =
          tree(store, mailbox).stream()
              .filter(entry -> entry.selectable() && isIn(mailbox, entry))
              .map(MailStore.ListedName::name)
              .toList();
      boolean fails = found.isEmpty() && !mailbox.isEmpty(); // and says why
      names.addAll(fails ? List.of(mailbox) : found);
    }
    return names;
  }

  /** A name may have characters of a mask in it: more is listed then than is meant. */
  private static List<MailStore.ListedName> tree(MailStore store, String mailbox) throws Failure {
    return mailbox.isEmpty()
        ? store.list(List.of("*"))
        : store.list(List.of(mailbox, mailbox + store.named(mailbox).separator() + "*"));
  }

  private static boolean isIn(String mailbox, MailStore.ListedName entry) {
    return mailbox.isEmpty() ? !entry.name().equals(MailStore.INBOX) : entry.isIn(mailbox);
  }
}
