package org.doveadmsshd.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;

/** {@code doveadm batch}: several commands for each user. */
final class BatchCommand implements Command {
  private static final Syntax PART =
      Syntax.of(Kind.TEXT.named("separator"), Kind.COMMAND.named("command"));

  @Override
  public Manual manual() {
    return new Manual(
        "batch",
        Syntax.of(PART, Syntax.maybe(Syntax.several(PART))),
        "several commands for each user",
        """
        The separator is any word that the commands do not have, such as a colon:
        batch -A : expunge mailbox Trash all : quota recalc. The first command that fails ends the
        batch for its user. Commands that print must print the same columns.
        """,
        List.of(),
        true,
        Access.READ);
  }

  @Override
  public boolean permutesOptions() {
    return false; // those behind the first command are the commands' own
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words);
    String separator = words.positionals().get(0);
    List<String> names = new ArrayList<>();
    List<Task.OfUser> tasks = new ArrayList<>();
    List<String> line = new ArrayList<>();
    for (String word : words.positionals().subList(1, words.positionals().size())) {
      if (word.equals(separator)) {
        add(line, time, names, tasks);
        line.clear();
      } else {
        line.add(word);
      }
    }
    add(line, time, names, tasks);
    return new BatchTask(names, tasks, columns(tasks));
  }

  private static void add(List<String> line, Time time, List<String> names, List<Task.OfUser> tasks)
      throws Failure {
    Command command =
        CommandCatalog.findAtStart(line)
            .orElseThrow(
                () ->
                    Failure.usage(
                        "batch: '%s' mail command doesn't exist"
                            .formatted(line.isEmpty() ? "" : line.get(0))));
    int length = command.name().split(" ").length;
    Words words =
        Words.parse(command.name(), command.manual().options(), line.subList(length, line.size()));
    Task task = command.prepare(words, time);
    if (!(task instanceof Task.OfUser) || task.input().isPresent() || task instanceof BatchTask) {
      throw Failure.usage("batch: " + command.name() + " can't be one of several commands");
    }
    names.add(command.name());
    tasks.add((Task.OfUser) task);
  }

  private static List<Column> columns(List<Task.OfUser> tasks) throws Failure {
    List<Column> columns = List.of();
    for (Task.OfUser task : tasks) {
      if (!task.columns().isEmpty()) {
        if (!columns.isEmpty() && !columns.equals(task.columns())) {
          throw Failure.usage("batch: commands that print must print the same columns");
        }
        columns = task.columns();
      }
    }
    return columns;
  }

  private record BatchTask(List<String> names, List<Task.OfUser> tasks, List<Column> columns)
      implements Task.OfUser {
    @Override
    public String defaultFormatter() {
      return tasks.stream()
          .filter(task -> !task.columns().isEmpty())
          .map(Task::defaultFormatter)
          .findFirst()
          .orElse("flow");
    }

    @Override
    public boolean isRepeatable() {
      return false;
    }

    @Override
    public List<String> commands() {
      Set<String> all = new LinkedHashSet<>(names);
      tasks.forEach(task -> all.addAll(task.commands()));
      return List.copyOf(all);
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      for (Task.OfUser task : tasks) {
        task.run(context);
        if (context.output().hasFailed()) {
          return;
        }
      }
    }
  }
}
