package org.doveadmsshd.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.DateArgument;

/** {@code doveadm save}: puts a new mail into a mailbox. */
final class SaveCommand implements Command {
  @Override
  public Manual manual() {
    return new Manual(
        "save",
        Syntax.maybe(Kind.FILE.named("file")),
        "put a mail from standard input or a file into a mailbox",
        """
        The mail is read to its end before any user gets it: ssh admin@host doveadm save -u user
        < mail. With several users everyone gets a copy. A file is one of your own machine, so it
        can be named to doveadm-ssh only. The mailbox must exist. When the command has ended well
        the mail is safely on disk.
        """,
        List.of(
            Option.of(
                'm',
                "mailbox",
                Kind.MAILBOX.named("mailbox"),
                "where to put it; INBOX when not given"),
            Option.of(
                'U',
                "uid",
                Kind.NUMBER.named("uid"),
                "its UID, if that has not been given away yet"),
            Option.of('g', "guid", Kind.GUID.named("guid"), "its identity"),
            Option.of(
                'r',
                "received-date",
                Kind.DATE.named("date"),
                "when it was received; now when not given")),
        true,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    if (words.positionals().size() > 1) {
      throw Failure.usage("Extraneous arguments found: " + words.positionals().get(1));
    }
    OptionalLong received =
        words.has("received-date")
            ? OptionalLong.of(
                DateArgument.parse(
                        words.value("received-date").get(), time.now(), time.zone().get())
                    .seconds())
            : OptionalLong.empty();
    Optional<String> guid = words.value("guid");
    if (guid.isPresent() && !guid.get().matches("[!-9;-~&&[^/]]{1,200}")) {
      throw Failure.usage("Invalid --guid: printable ASCII without spaces, : and /");
    }
    String mailbox = words.value("mailbox").orElse(MailStore.INBOX);
    String file = words.positionals().isEmpty() ? "-" : words.positionals().get(0);
    OptionalLong uid = words.number("uid");
    return new SaveTask(mailbox, file, new Delivery.About(Flags.NONE, received, guid, uid));
  }

  private record SaveTask(String mailbox, String file, Delivery.About about)
      implements Task.OfUser {
    @Override
    public boolean isRepeatable() {
      return false;
    }

    @Override
    public Optional<String> input() {
      return Optional.of(file);
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      try (Mailbox target =
              context.store().find(mailbox).orElseThrow(() -> missing(context.store()));
          Delivery delivery = target.deliver()) {
        try (InputStream mail = context.input().open()) {
          delivery.save(mail, about);
        }
        context.output().checkpoint();
        context.output().count("saved", delivery.commit());
      }
    }

    private Failure missing(MailStore store) {
      return Mailboxes.missing(store, "Failed to open mailbox " + mailbox, mailbox);
    }
  }
}
