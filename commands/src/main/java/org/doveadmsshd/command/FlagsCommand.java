package org.doveadmsshd.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;

/** {@code doveadm flags add|remove|replace}: changes flags and keywords of matching mails. */
final class FlagsCommand implements Command {
  private final Change change;

  /** Whether the named flags are added, removed, or replace the others. */
  enum Change {
    ADD("set flags of matching mails") {
      @Override
      Flags apply(Flags old, Flags named) {
        return old.plus(named);
      }
    },
    REMOVE("take flags off matching mails") {
      @Override
      Flags apply(Flags old, Flags named) {
        return old.minus(named);
      }
    },
    REPLACE("give matching mails these flags and no others") {
      @Override
      Flags apply(Flags old, Flags named) {
        return named;
      }
    };

    private final String summary;

    Change(String summary) {
      this.summary = summary;
    }

    abstract Flags apply(Flags old, Flags named);
  }

  FlagsCommand(Change change) {
    this.change = change;
  }

  @Override
  public Manual manual() {
    return new Manual(
        "flags " + change.name().toLowerCase(Locale.ROOT),
        Syntax.of(Kind.FLAGS.named("flags"), Arguments.QUERY),
        change.summary,
        """
        Flags are one word, separated by spaces: '\\Seen \\Flagged'. With a backslash there are
        \\Answered \\Flagged \\Deleted \\Seen \\Draft, in any case; every other word is a keyword,
        such as $Forwarded. A mailbox has room for 26 keywords.
        doveadm help search explains queries.
        """,
        List.of(DryRun.OPTION),
        true,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words);
    Flags named = flags(words.positionals().get(0), time);
    List<String> rest = words.positionals().subList(1, words.positionals().size());
    MailSearch search = new MailSearch(MailSearch.query(this, rest, time), true);
    return words.has(DryRun.NAME) ? new DryRun(search) : new FlagsTask(change, named, search);
  }

  private static Flags flags(String words, Time time) throws Failure {
    List<Flag> flags = new ArrayList<>();
    List<String> keywords = new ArrayList<>();
    for (String word : words.strip().split("\\s+")) {
      if (word.startsWith("\\")) {
        flags.add(systemFlag(word));
      } else if (!word.isEmpty()) {
        checkKeyword(word);
        doubtKeyword(word, time);
        keywords.add(word);
      }
    }
    return Flags.of(flags, keywords);
  }

  /** A shell has taken the backslash, and over ssh a second one would take another. */
  private static void doubtKeyword(String word, Time time) {
    for (Flag flag : Flag.values()) {
      if (flag.text().equalsIgnoreCase("\\" + word)) {
        time.doubts()
            .accept(
                ("%s is a keyword of that name, and not the flag %s: its backslash is missing; over"
                        + " ssh, quote it twice: ssh … \"doveadm flags … '%s' …\"")
                    .formatted(word, flag.text(), flag.text()));
      }
    }
  }

  private static Flag systemFlag(String word) throws Failure {
    for (Flag flag : Flag.values()) {
      if (flag.text().equalsIgnoreCase(word)) {
        return flag;
      }
    }
    throw new Failure(
        Outcome.TEMPORARY_FAILURE,
        "Invalid system flag: "
            + word
            + " (there are \\Answered \\Flagged \\Deleted \\Seen \\Draft)");
  }

  /** A keyword is an atom (RFC 3501 section 9). */
  private static void checkKeyword(String word) throws Failure {
    if (!word.matches("[!#$&'+,./0-9:;<=>?@A-Z\\[^_`a-z|}~-]+")) {
      throw new Failure(Outcome.DATA_ERROR, "Invalid characters in keyword: " + word);
    }
  }

  private record FlagsTask(Change change, Flags named, MailSearch search) implements Task.OfUser {
    @Override
    public void run(UserContext context) throws Failure, IOException {
      FlagChanges changes = new FlagChanges(context.output());
      search.forEach(
          context,
          false,
          new MailSearch.Visitor() {
            @Override
            public void visit(Mailbox mailbox, Candidate candidate) throws Failure {
              changes.add(mailbox, candidate, change.apply(candidate.flags(), named));
            }

            @Override
            public void end(Mailbox mailbox) throws Failure {
              changes.carryOut(mailbox);
            }
          });
    }
  }
}
