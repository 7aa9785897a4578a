package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.testing.MemoryMailStore;
import org.doveadmsshd.testing.StoredMail;

/** Where commands are carried out for a user whose mail is in memory: Jane's. */
final class Stage implements Output, LocalOutput {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
  static final Flags SEEN = Flags.of(List.of(Flag.SEEN), List.of());
  static final Flags FLAGGED = Flags.of(List.of(Flag.FLAGGED), List.of());

  final MemoryMailStore store;
  final Map<String, MemoryMailStore> others = new HashMap<>();

  /** What was asked of other places. */
  final List<String> opened = new ArrayList<>();

  /** The others whose mail has been opened. */
  private final Set<String> asked = new HashSet<>();

  final List<List<String>> rows = new ArrayList<>();
  final Map<String, Long> counts = new HashMap<>();
  final List<Failure> failures = new ArrayList<>();
  final List<String> doubts = new ArrayList<>();
  String input = "";
  List<Column> columns = List.of();

  /** Checkpoints that are passed before the command is told to stop. */
  int patience = Integer.MAX_VALUE;

  /** How often it was told. */
  int refused;

  Stage() {
    this(new MemoryMailStore());
  }

  Stage(MemoryMailStore store) {
    this.store = store;
  }

  /** Puts a mail of today into a mailbox. */
  StoredMail mail(String mailbox, String subject, Flags flags) {
    return mail(mailbox, subject, flags, 0);
  }

  /** Puts a mail of some days ago into a mailbox. */
  StoredMail mail(String mailbox, String subject, Flags flags, int daysAgo) {
    String text =
        "From: joe@example.org\nSubject: %s\nMessage-ID: <%s@x>\n\nBody of %s\n"
            .formatted(subject, subject, subject);
    return store.add(mailbox, text, flags, NOW.getEpochSecond() - daysAgo * 86_400L - 60);
  }

  /** The subjects of a mailbox by UID. */
  List<String> subjects(String mailbox) {
    return store.mails(mailbox).stream()
        .map(mail -> mail.text().replaceAll("(?s).*?Subject: (\\S+)\n.*", "$1"))
        .toList();
  }

  /** The words of a line, some of them in single quotes. */
  static String[] words(String line) {
    return WORD.matcher(line)
        .results()
        .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
        .toArray(String[]::new);
  }

  static Task prepare(List<String> line, List<String> doubts) throws Failure {
    Command command = CommandCatalog.findAtStart(line).orElseThrow();
    List<String> rest = line.subList(command.name().split(" ").length, line.size());
    Words words =
        command.permutesOptions()
            ? Words.parse(command.name(), command.manual().options(), rest)
            : Words.parseUntilPositional(command.name(), command.manual().options(), rest);
    return command.prepare(words, new Command.Time(NOW, () -> ZoneOffset.UTC, doubts::add));
  }

  /** Carries a command out; the outcome is that of the first failure. */
  Outcome run(String... line) {
    rows.clear();
    counts.clear();
    failures.clear();
    doubts.clear();
    try {
      Task.OfUser task = (Task.OfUser) prepare(List.of(line), doubts);
      columns = task.columns();
      UserContext.Input bytes =
          () -> new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
      task.run(new UserContext("jane", store, new Others(), bytes, this));
    } catch (Failure e) {
      failures.add(0, e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(store.openMailboxes()).as("mailboxes left open").isZero();
    asked.forEach(user -> assertThat(others.get(user).isClosed()).as("closed").isTrue());
    for (List<String> row : rows) {
      assertThat(row).hasSameSizeAs(columns);
    }
    return failures.isEmpty() ? Outcome.OK : failures.get(0).outcome();
  }

  /** What the first failure says. */
  String error() {
    return failures.get(0).getMessage();
  }

  /** The values of a column. */
  List<String> column(int at) {
    return rows.stream().map(row -> row.get(at)).toList();
  }

  private final class Others implements UserContext.Others {
    @Override
    public MailStore open(String user) throws Failure {
      return open(user, "");
    }

    @Override
    public MailStore open(String user, String location) throws Failure {
      opened.add((user + " " + location).strip());
      if (!others.containsKey(user)) {
        throw new Failure(Outcome.NO_USER, "User doesn't exist: " + user);
      }
      asked.add(user);
      return others.get(user);
    }
  }

  @Override
  public void row(List<Value> values) throws IOException {
    row(null, values, List.of());
  }

  @Override
  public void row(String mailbox, List<Value> values, List<InputStream> streams)
      throws IOException {
    List<String> row = new ArrayList<>();
    int stream = 0;
    for (Value value : values) {
      row.add(
          value == Value.CHUNKED
              ? new String(streams.get(stream++).readAllBytes(), StandardCharsets.UTF_8)
              : value.toString());
    }
    assertThat(streams).hasSize(stream);
    rows.add(row);
  }

  @Override
  public void count(String what, long number) {
    counts.merge(what, number, Long::sum);
  }

  @Override
  public void progress(long done, long total) {
    assertThat(done).isBetween(0L, total);
  }

  @Override
  public void log(Message.Log.Level level, String text) {
    doubts.add(text);
  }

  @Override
  public void failed(Failure failure) {
    failures.add(failure);
  }

  @Override
  public boolean hasFailed() {
    return !failures.isEmpty();
  }

  @Override
  public void checkpoint() throws Failure {
    if (patience-- <= 0) {
      refused++;
      throw new Failure(Outcome.CANCELLED, "Cancelled");
    }
  }
}
