package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm search}: lists matching mails by mailbox GUID and UID. */
final class SearchCommand implements Command {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("mailbox-guid", Column.HIDE_TITLE),
          new Column("uid", Column.HIDE_TITLE | Column.NUMBER));

  @Override
  public Manual manual() {
    return new Manual(
        "search",
        Arguments.QUERY,
        "list matching mails by mailbox GUID and UID",
        """
        Prints a line for every mail that matches: the GUID of its mailbox and its UID.

        A query is a list of keys that must all hold: mailbox INBOX unseen since 1week.
        Between keys, OR makes alternatives; NOT before a key turns it round; parentheses
        are words of their own. AND and OR are mixed with parentheses only. Keys may be written
        in any case.

        Mailboxes    MAILBOX <name or mask>  MAILBOX-GUID <guid>  X-MAILBOX <mask in mUTF-7>
                     without any, all mailboxes are searched; * is anything, % within a level
        Mails        ALL  UID <set>  <set> (of sequence numbers)  GUID <guid>  X-REAL-UID <set>
                     a set is 1,5:9,12:*
        Flags        ANSWERED DELETED DRAFT FLAGGED SEEN and UNANSWERED ...; RECENT NEW OLD
                     KEYWORD <keyword>  UNKEYWORD <keyword>
        Dates        BEFORE ON SINCE <date> when it was received; SENTBEFORE ... what its Date
                     says; SAVEDBEFORE ... when it came into the mailbox (file's change time)
                     OLDER <seconds>  YOUNGER <seconds>
                     a date is 30d, 2weeks, 2026-01-31, 31-Jan-2026 or a unix time
        Sizes        LARGER <size>  SMALLER <size>; a size is 500k or 2M
        Header       FROM TO CC BCC SUBJECT <text>  HEADER <name> <text>
        Content      BODY <text>  TEXT <text> (header, too)
                     case does not matter, accents do; encodings and charsets are undone
        Threads      INTHREAD REFERENCES|REFS <key>: in a thread in which a mail matches
        Parts        MIMEPART <key> or ( <keys> ): a part of the mail matches
                     TYPE SUBTYPE ENCODING ID LANGUAGE LOCATION MD5 DESCRIPTION <text>
                     PARAM <name> <text>  DISPOSITION TYPE <type>|PARAM <name> <text>
                     FILENAME IS|CONTAINS|BEGINS|ENDS <name>  SIZE [LARGER|SMALLER] <size>
                     DEPTH [MIN|MAX] <n>  INDEX <n>  PARENT EXISTS|<key>  CHILD EXISTS|<key>
                     HEADER <name> <text>  FROM TO CC BCC SENDER REPLY-TO SUBJECT <text>
                     MESSAGE-ID IN-REPLY-TO <id>  SENTBEFORE ... <date>  BODY TEXT <text>
        Others       MODSEQ <n>: 1 matches all, more is known to Dovecot's index alone
                     FUZZY <key>: as the key; OLDESTONLY SAVEDATESUPPORTED: match all; $: none

        Cheap keys are asked first, and nothing is opened that they have ruled out; --explain
        shows how.
        """,
        List.of(Option.flag("explain", "search nothing; show how it would be done")),
        true,
        Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    MailSearch search = new MailSearch(MailSearch.query(this, words.positionals(), time), true);
    return words.has("explain") ? new ExplainTask(search) : new SearchTask(search);
  }

  private record ExplainTask(MailSearch search) implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return List.of(new Column("plan", Column.HIDE_TITLE));
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      for (String line : search.explain(context.store())) {
        context.output().row(null, List.of(Value.of(line)));
      }
    }
  }

  private record SearchTask(MailSearch search) implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return COLUMNS;
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      search.forEach(
          context,
          true,
          (mailbox, candidate) -> {
            Value guid = Value.of(mailbox.identity().guid());
            context.output().row(mailbox.name(), List.of(guid, Value.of(candidate.mail().uid())));
            context.output().count("matched", 1);
          });
    }
  }
}
