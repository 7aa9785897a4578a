package org.doveadmsshd.console;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;

/** {@code explain}: how a query would be carried out for the users that are chosen. */
record ExplainStatement() implements Statement {
  private static final String SEARCH = "search";

  @Override
  public Manual manual() {
    return new Manual(
        "explain",
        Kind.QUERY.named("query"),
        "show how a query would be carried out, and search nothing",
        """
        The same as search --explain: what is asked of each mail, the cheapest first, and what
        has to be opened for it.

        Example: explain mailbox INBOX savedbefore 30d body invoice
        """,
        CommandLineOptions.SELECTION,
        false,
        Access.READ);
  }

  @Override
  public void check(Words words, Session session) throws Failure {
    Command search = CommandCatalog.find(SEARCH).orElseThrow();
    search.prepare(
        new Words(Map.of(), words.positionals()),
        new Command.Time(Instant.now(), ZoneId::systemDefault));
  }

  @Override
  public int run(Words words, Session session) throws Failure, IOException {
    List<String> line = new ArrayList<>(List.of(SEARCH, "--explain"));
    line.addAll(words.forwarded(CommandLineOptions.SELECTION));
    return session.carryOut(line);
  }
}
