package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.maildir.ModifiedUtf7;

/** {@code doveadm mailbox mutf7}: converts names between UTF-8 and modified UTF-7. */
final class MailboxMutf7Command implements Command {
  @Override
  public Manual manual() {
    return new Manual(
        "mailbox mutf7",
        Syntax.several(Kind.TEXT.named("name")),
        "convert mailbox names between UTF-8 and modified UTF-7",
        """
        Modified UTF-7 is how IMAP spells mailbox names, and how they are spelled on disk.
        """,
        List.of(
            Option.flag('7', "from-mutf7", "the names are modified UTF-7: print UTF-8"),
            Option.flag('8', "to-mutf7", "the names are UTF-8 (this is the default)")),
        false,
        Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words, "[-7|-8] ");
    return new ConvertTask(words.positionals(), words.has("from-mutf7"));
  }

  private record ConvertTask(List<String> names, boolean fromMutf7) implements Task.Local {
    @Override
    public List<Column> columns() {
      return List.of(new Column("name", Column.HIDE_TITLE));
    }

    @Override
    public void run(LocalContext context) throws Failure, IOException {
      for (String name : names) {
        String converted = fromMutf7 ? decode(name) : ModifiedUtf7.encode(name);
        context.output().row(List.of(Value.of(converted)));
      }
    }

    private static String decode(String name) throws Failure {
      return ModifiedUtf7.decode(name)
          .orElseThrow(
              () -> new Failure(Outcome.DATA_ERROR, "Mailbox name not valid mUTF-7: " + name));
    }
  }
}
