package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Spool;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.FrameEncoder;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;

/** The request of a run to the workers, the same for each user. */
final class CommandRequest {
  private final Invocation invocation;
  private final Instant now;
  private final Optional<Spool> input;
  private final boolean repeatable;
  private final String formatter;
  private final List<Column> columns;
  private final boolean ownUser;

  /**
   * @param now what dates in the command count from
   * @param input what the command reads
   * @throws Failure when it is more than a worker takes
   */
  CommandRequest(Invocation invocation, Task task, Instant now, Optional<Spool> input)
      throws Failure {
    this.invocation = invocation;
    this.now = now;
    this.input = input;
    repeatable = task.isRepeatable();
    formatter = invocation.formatter().orElse(task.defaultFormatter());
    ownUser = has(task, "user");
    columns = columns(task);
    checkLength();
  }

  private static boolean has(Task task, String key) {
    return task.columns().stream().anyMatch(column -> column.key().equals(key));
  }

  private List<Column> columns(Task task) {
    if (!isStructured() || has(task, "mailbox") || task.columns().isEmpty()) {
      return task.columns();
    }
    List<Column> all = new ArrayList<>();
    all.add(new Column("mailbox", Column.CONTEXT));
    all.addAll(task.columns());
    return all;
  }

  private void checkLength() throws Failure {
    try {
      String longest = "€".repeat(UserName.MAX_LENGTH); // no character has more bytes
      new FrameEncoder().encode(run(0, longest, OptionalLong.of(0)));
    } catch (ProtocolException e) {
      throw Failure.usage("The command line is longer than a worker takes: " + e.getMessage());
    }
  }

  /** Whether each row names user and mailbox, in a format for programs. */
  private boolean isStructured() {
    return formatter.equals(Formatters.NDJSON) && invocation.command().manual().isPerUser();
  }

  /** What dates in the command count from. */
  Instant now() {
    return now;
  }

  /** The command line that asks for it. */
  Invocation invocation() {
    return invocation;
  }

  String formatter() {
    return formatter;
  }

  /** Whether rows must name the user, and the command does not do that itself. */
  boolean namesUser() {
    return isStructured() ? !ownUser : invocation.users().isSeveral();
  }

  /** What is printed. */
  List<Column> shownColumns() {
    List<Column> shown = new ArrayList<>(columns);
    if (namesUser() && !columns.isEmpty()) {
      shown.add(
          0,
          isStructured()
              ? new Column("user")
              : new Column("username", "Username", Column.HIDE_TITLE));
    }
    return shown;
  }

  /**
   * The request for one user.
   *
   * @param term of his placement, where it knows one
   */
  Message.Run run(int requestId, String user, OptionalLong term) {
    return new Message.Run(
        requestId,
        user,
        invocation.command().name(),
        invocation.words().forwarded(invocation.command().manual().options()),
        now.toEpochMilli(),
        invocation.deadline().toMillis(),
        columns.stream().anyMatch(column -> column.has(Column.CONTEXT)),
        term);
  }

  /** How long it may take for one user, in milliseconds; 0 for no limit. */
  long deadlineMillis() {
    return invocation.deadline().toMillis();
  }

  /**
   * How the rows that a worker sends fit what is printed.
   *
   * @throws ProtocolException when they do not at all
   */
  ColumnMatch match(Message.Columns theirs) throws ProtocolException {
    return new ColumnMatch(columns, theirs.columns());
  }

  /** What a worker sends, before the user is put in front. */
  List<Column> columns() {
    return columns;
  }

  /** Whether it may be carried out twice. */
  boolean isRepeatable() {
    return repeatable;
  }

  /** What the command reads, from its beginning; the caller closes it. */
  InputStream openInput() throws IOException {
    return input.isPresent() ? input.get().open() : InputStream.nullInputStream();
  }
}
