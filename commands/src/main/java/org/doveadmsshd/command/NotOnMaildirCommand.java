package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;

/**
 * A command that has no meaning without Dovecot's index, or with Maildir. It says so, with the exit
 * code that Dovecot gives.
 *
 * @param failure exit code and words; nothing where Dovecot, too, does nothing and succeeds
 */
record NotOnMaildirCommand(Manual manual, Optional<Outcome> failure) implements Command {
  private static final Argument KEY = Kind.KEY.named("key");

  private static final String KEYS = "/private|/shared";

  /** All of them. */
  static List<Command> all() {
    return List.of(
        none(
            "purge",
            Syntax.NOTHING,
            "remove mails of no references from dbox files",
            "Maildir has no such files: there is nothing to do, and the command succeeds."),
        none(
            "altmove",
            Arguments.QUERY,
            "move mails to alternative storage",
            "Maildir has no alternative storage: mails stay, and the command succeeds.",
            Option.flag('r', "reverse", "back to primary storage")),
        refused("mailbox cache remove", Arguments.QUERY, "drop mails from Dovecot's cache"),
        refused(
            "mailbox cache decision",
            Arguments.MAILBOXES,
            "show what Dovecot caches",
            Option.flag('a', "all", "all fields"),
            Option.of("fields", Kind.FIELDS.named("fields"), "these fields"),
            Option.of("last-used", Kind.DATE.named("time"), "set when they were last used"),
            Option.of(
                "decision",
                Argument.choice("decision", List.of("yes", "temp", "no")),
                "yes, temp or no")),
        attributes(
            "mailbox metadata get", Syntax.of(Arguments.MAILBOX, KEY), "show a mailbox attribute"),
        attributes(
            "mailbox metadata list",
            Syntax.of(Arguments.MAILBOX, Syntax.maybe(Kind.KEY.named("prefix"))),
            "list mailbox attributes",
            Option.flag('p', "prepend-prefix", "whole keys")),
        attributes(
            "mailbox metadata set",
            Syntax.of(Arguments.MAILBOX, KEY, Kind.TEXT.named("value")),
            "set a mailbox attribute"),
        attributes(
            "mailbox metadata unset",
            Syntax.of(Arguments.MAILBOX, KEY),
            "remove a mailbox attribute"),
        elsewhere("backup"),
        elsewhere("sync"));
  }

  private static Command none(
      String name, Syntax synopsis, String summary, String why, Option... options) {
    Manual manual =
        new Manual(name, synopsis, summary, why + "\n", List.of(options), true, Access.WRITE);
    return new NotOnMaildirCommand(manual, Optional.empty());
  }

  private static Command refused(String name, Syntax synopsis, String summary, Option... options) {
    String why = "Not applicable here: Dovecot's cache is read and written by Dovecot alone.\n";
    Manual manual = new Manual(name, synopsis, summary, why, List.of(options), true, Access.WRITE);
    return new NotOnMaildirCommand(manual, Optional.of(Outcome.DATA_ERROR));
  }

  private static Command attributes(
      String name, Syntax synopsis, String summary, Option... options) {
    List<Option> all = new ArrayList<>(List.of(options));
    all.add(Option.flag('s', "allow-empty-mailbox-name", "attributes of the server"));
    String why =
        "Mailbox attributes not enabled: Maildir has no place for them, and Dovecot keeps them\n"
            + "where mail_attribute_dict says. As with Dovecot without it, the exit code is 65.\n";
    return new NotOnMaildirCommand(
        new Manual(name, synopsis, summary, why, all, true, Access.WRITE),
        Optional.of(Outcome.DATA_ERROR));
  }

  private static Command elsewhere(String name) {
    String why =
        "Not implemented: mailboxes are not synchronized between servers yet. Use doveadm\n"
            + "import to copy mails from another place on the same server.\n";
    Manual manual =
        new Manual(
            name,
            Kind.LOCATION.named("destination"),
            "not implemented: synchronize mailboxes",
            why,
            List.of(),
            true,
            Access.WRITE);
    return new NotOnMaildirCommand(manual, Optional.of(Outcome.TEMPORARY_FAILURE));
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    if (words.positionals().size() < manual.synopsis().least()) {
      throw misused();
    }
    if (manual.synopsis().has(Kind.QUERY)) {
      MailSearch.query(this, words.positionals(), time);
    }
    if (name().matches("mailbox metadata (get|set|unset)")) {
      checkKey(words.positionals().get(1));
    }
    if (failure.isPresent()) {
      String sentence = manual.description().strip().replace('\n', ' ');
      throw new Failure(failure.get(), name() + ": " + sentence);
    }
    return new MailboxEdit((store, output) -> output.checkpoint());
  }

  private static void checkKey(String key) throws Failure {
    if (!key.toLowerCase(Locale.ROOT).matches("(" + KEYS + ")/.+")) {
      throw Failure.usage(
          "Invalid metadata key '%s': Must begin with /private or /shared".formatted(key));
    }
  }
}
