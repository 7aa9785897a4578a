package org.doveadmsshd.command;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;

/** {@code doveadm import}: copies mails from another place, mailbox by mailbox. */
final class ImportCommand implements Command {
  @Override
  public Manual manual() {
    return new Manual(
        "import",
        Syntax.of(
            Kind.LOCATION.named("source location"),
            Kind.NEW_MAILBOX.named("destination parent mailbox"),
            Arguments.QUERY),
        "copy mails from another place, making mailboxes as needed",
        """
        The source is a location such as maildir:~/old, where ~ is the user's home, or that of the
        source user. Mail elsewhere on the server can be named only by who may work on all users.
        Every mailbox with matching mails is made below the destination parent, or with its own
        name when that is empty (''). Source mails stay as they are. Importing twice gives mails
        twice; doveadm deduplicate removes them. doveadm help search explains queries.
        """,
        List.of(
            Option.of(
                'U',
                "source-user",
                Kind.USER.named("user"),
                "whose home ~ is in the source location"),
            Option.flag('s', "subscribe", "subscribe to the mailboxes that are made")),
        true,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    List<String> all = words.positionals();
    checkNumber(words);
    MailSearch search =
        new MailSearch(MailSearch.query(this, all.subList(2, all.size()), time), false);
    return new ImportTask(
        all.get(0), all.get(1), words.value("source-user"), words.has("subscribe"), search);
  }

  private record ImportTask(
      String location,
      String parent,
      Optional<String> sourceUser,
      boolean subscribes,
      MailSearch search)
      implements Task.OfUser {
    @Override
    public boolean isRepeatable() {
      return false;
    }

    @Override
    public List<String> commands() {
      return subscribes ? List.of(MailboxSubscribeCommand.SUBSCRIBE) : List.of();
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      String user = sourceUser.orElse(context.user());
      try (MailStore source = context.others().open(user, location);
          Importing importing = new Importing(context, source)) {
        search.forEach(source, context.output(), true, importing);
      }
    }

    /** Copies each source mailbox to one of its own. */
    private final class Importing implements MailSearch.Visitor, Closeable {
      private final UserContext context;
      private final MailStore from;
      private Mailbox source;
      private Mailbox target;
      private CopyCommand.Copying copying;

      Importing(UserContext context, MailStore from) {
        this.from = from;
        this.context = context;
      }

      @Override
      public void visit(Mailbox mailbox, Candidate candidate) throws Failure {
        if (source != mailbox) {
          close();
          source = mailbox;
          target = target(mailbox.name());
          copying = new CopyCommand.Copying(target, false, context.output());
        }
        copying.visit(mailbox, candidate);
      }

      /** Levels are those of the destination. */
      private String below(String parent, String name) {
        char separator = context.store().named(parent).separator();
        return parent + separator + name.replace(from.named(name).separator(), separator);
      }

      private Mailbox target(String name) throws Failure {
        String full = parent.isEmpty() ? name : below(parent, name);
        Optional<Mailbox> found = context.store().find(full);
        if (found.isPresent()) {
          return found.get();
        }
        context.store().create(full, Optional.empty());
        if (subscribes) {
          context.store().subscribe(List.of(full), true);
        }
        return context
            .store()
            .find(full)
            .orElseThrow(() -> CopyCommand.missing(context.store(), full));
      }

      @Override
      public void end(Mailbox mailbox) throws Failure {
        if (copying != null) {
          copying.end(mailbox);
          close();
        }
      }

      @Override
      public void close() {
        if (copying != null) {
          copying.close();
          target.close();
          copying = null;
          source = null;
        }
      }
    }
  }
}
