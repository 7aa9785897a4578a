package org.doveadmsshd.system.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.MailLocation;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Output;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.posix.SystemCalls;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.storage.maildir.MaildirStore;

/** Carries out commands of ours, as a worker does. */
final class Ours {
  private final MailLocation location;
  private final MemoryTurns memory;
  private final Optional<Duration> settled;

  /** What each thread's calls that change the disk meet with; there is one observer for all. */
  private static final ThreadLocal<SystemCalls.Observer> MEETING = new ThreadLocal<>();

  private static final ThreadLocal<List<String>> WARNINGS = ThreadLocal.withInitial(ArrayList::new);

  /** Stands for kill -9: nothing that comes after it reaches the disk. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
      super("killed", null, false, false);
    }
  }

  Ours(Path root, Optional<Duration> settled) {
    this(root, settled, MemoryTurns.unlimited());
  }

  Ours(Path root, Optional<Duration> settled, MemoryTurns memory) {
    this.memory = memory;
    this.location = location(root);
    this.settled = settled;
  }

  private static MailLocation location(Path root) {
    try {
      String home = root.getParent().toString();
      return MailLocation.of(new MailUser("user", Map.of("home", home)), Layout.LOCATION);
    } catch (Failure e) {
      throw new IllegalStateException(e);
    }
  }

  /** To be called before the first command, once for all threads. */
  static void observe() {
    SystemCalls.observe(
        (call, name) -> {
          SystemCalls.Observer own = MEETING.get();
          return own == null ? 0 : own.before(call, name);
        });
  }

  static void stopObserving() {
    SystemCalls.observe(null);
  }

  /**
   * How a command ended.
   *
   * @param code the exit code; -1 when it was killed
   */
  record Result(int code, List<String> messages, List<List<Value>> rows) {
    boolean isDone() {
      return code == 0;
    }

    /** Whether it has done all that it was to do, and has not said of a mail that it is hidden. */
    boolean isComplete() {
      return isDone()
          && messages.stream().noneMatch(text -> text.contains("of which one is shown"));
    }
  }

  MailStore open() throws Failure {
    return MaildirStore.open(
        location,
        new MaildirStore.Context(
            Duration.ZERO,
            () -> {},
            WARNINGS.get()::add,
            QuotaRules.NONE,
            CompressionRules.NONE,
            settled,
            memory.holder()));
  }

  Result run(List<String> words, String input) throws Exception {
    return run(words, input, null);
  }

  /**
   * Carries out a command.
   *
   * @param meeting what its system calls meet with; null for nothing special
   */
  Result run(List<String> words, String input, SystemCalls.Observer meeting) throws Exception {
    Optional<Command> oneWord = CommandCatalog.find(words.get(0));
    Command command = oneWord.or(() -> CommandCatalog.findAtStart(words)).orElseThrow();
    List<String> rest = words.subList(oneWord.isPresent() ? 1 : 2, words.size());
    Printed printed = new Printed();
    MEETING.set(meeting);
    WARNINGS.get().clear();
    try {
      Words parsed = Words.parse(command.name(), command.manual().options(), rest);
      Task.OfUser task =
          (Task.OfUser)
              command.prepare(parsed, new Command.Time(Instant.now(), () -> ZoneOffset.UTC));
      byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
      try (MailStore store = open()) {
        task.run(
            new UserContext("user", store, null, () -> new ByteArrayInputStream(bytes), printed));
      }
    } catch (Failure e) {
      printed.failed(e);
    } catch (Killed e) {
      return new Result(-1, printed.messages, printed.rows);
    } finally {
      MEETING.remove();
    }
    printed.messages.addAll(WARNINGS.get());
    int code = printed.outcome == null ? 0 : printed.outcome.exitCode();
    return new Result(code, printed.messages, printed.rows);
  }

  /** Keeps what is printed. */
  private static final class Printed implements Output {
    private final List<String> messages = new ArrayList<>();
    private final List<List<Value>> rows = new ArrayList<>();
    private Outcome outcome;

    @Override
    public void row(String mailbox, List<Value> values, List<InputStream> streams)
        throws IOException {
      for (InputStream stream : streams) {
        stream.readAllBytes();
      }
      rows.add(List.copyOf(values));
    }

    @Override
    public void count(String what, long number) {}

    @Override
    public void progress(long done, long total) {}

    @Override
    public void log(Message.Log.Level level, String text) {
      messages.add(text);
    }

    @Override
    public void failed(Failure failure) {
      outcome = outcome == null ? failure.outcome() : outcome;
      messages.add(failure.outcome() + ": " + failure.getMessage());
    }

    @Override
    public boolean hasFailed() {
      return outcome != null;
    }

    @Override
    public void checkpoint() {}
  }
}
