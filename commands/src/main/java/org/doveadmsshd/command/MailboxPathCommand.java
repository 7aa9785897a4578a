package org.doveadmsshd.command;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.MailStore.PathType;

/** {@code doveadm mailbox path}: where a mailbox lies on the server. */
final class MailboxPathCommand implements Command {
  /** A kind of path that Maildir has not is printed as an empty line. */
  private static final Map<String, Optional<PathType>> TYPES = new LinkedHashMap<>();

  static {
    TYPES.put("dir", Optional.of(PathType.DIRECTORY));
    TYPES.put("alt-dir", Optional.empty());
    TYPES.put("mailbox", Optional.of(PathType.MAILBOX));
    TYPES.put("alt-mailbox", Optional.empty());
    TYPES.put("control", Optional.of(PathType.CONTROL));
    TYPES.put("index", Optional.of(PathType.INDEX));
    TYPES.put("index-private", Optional.empty());
  }

  @Override
  public Manual manual() {
    List<String> types = List.copyOf(TYPES.keySet());
    return new Manual(
        "mailbox path",
        Arguments.MAILBOX,
        "show where a mailbox lies on the server",
        """
        Whether the mailbox exists is not looked at. Maildir has no alternative storage and no
        private index; nothing is printed for alt-dir, alt-mailbox and index-private.
        """,
        List.of(Option.of('t', "type", Argument.choice("type", types), String.join(", ", types))),
        true,
        Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    Optional<PathType> type = TYPES.get(words.value("type").orElse("index"));
    if (!manual().synopsis().takes(words.positionals().size()) || type == null) {
      throw misused("[-t <type>] ");
    }
    return new PathTask(words.positionals().get(0), type);
  }

  private record PathTask(String mailbox, Optional<PathType> type) implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return List.of(new Column("path", Column.HIDE_TITLE));
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      if (type.isPresent()) {
        String path = context.store().path(mailbox, type.get());
        context.output().row(mailbox, List.of(Value.of(path)));
      }
    }
  }
}
