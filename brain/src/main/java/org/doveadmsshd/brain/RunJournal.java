package org.doveadmsshd.brain;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.brain.journal.EarlierRun;
import org.doveadmsshd.brain.journal.InputDigest;
import org.doveadmsshd.brain.journal.JournalHeader;
import org.doveadmsshd.brain.journal.JournalWriter;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.journal.UserEnd;
import org.doveadmsshd.command.Secrets;
import org.doveadmsshd.protocol.Message;

/**
 * What is written down of a run, and the earlier run that it goes on with.
 *
 * <p>Every run over several users is written down from its first user on. At its end the journal is
 * removed again if it was small and the command only reads, unless it was asked for. Safe for
 * several threads.
 */
final class RunJournal implements RunListener, Closeable {
  /** A run that only reads is kept when it was for more users. */
  private static final long SMALL = 1000;

  private final Invocation invocation;
  private final Optional<Journals> journals;
  private final Optional<EarlierRun> earlier;
  private final Optional<InputDigest> input;
  private final String program;
  private final boolean goesOnWithLimit;

  private volatile Run run;
  private volatile Reporter reporter;
  private volatile JournalWriter writer;

  private RunJournal(
      Invocation invocation,
      Optional<Journals> journals,
      Optional<EarlierRun> earlier,
      Optional<InputDigest> input,
      String program)
      throws Failure {
    this.invocation = invocation;
    this.journals = journals;
    this.earlier = earlier;
    this.input = input;
    this.program = program;
    goesOnWithLimit =
        earlier.isPresent()
            && invocation.flow().limit().isPresent()
            && limit(earlier.get().header()).equals(invocation.flow().limit());
  }

  private static OptionalLong limit(JournalHeader header) throws Failure {
    return Invocation.parse(header.arguments()).flow().limit();
  }

  /**
   * Opens the journal of the run that is to be gone on with, if one is.
   *
   * @param input what the command has read
   * @param program name and version
   * @throws Failure when that cannot be, or is a run of another command or with another input
   */
  static RunJournal of(
      Invocation invocation,
      boolean repeatable,
      Optional<InputDigest> input,
      Brain.Resources resources,
      String program)
      throws Failure {
    JournalOptions options = invocation.journal();
    Optional<Journals> journals = resources.journals();
    boolean asked = options.file().isPresent() || options.resumed().isPresent();
    if (asked && journals.isEmpty()) {
      throw Failure.usage("Runs are not written down here");
    }
    if (options.file().isPresent()) {
      journals.orElseThrow().named(options.file().get());
    }
    Optional<EarlierRun> earlier = Optional.empty();
    if (options.resumed().isPresent()) {
      Path file = journals.orElseThrow().find(options.resumed().get());
      JournalHeader header = journals.get().header(file);
      checkSame(invocation, header, file);
      checkSame(input, header, file);
      earlier = Optional.of(journals.get().resume(file, options.only(), repeatable));
    }
    return new RunJournal(invocation, journals, earlier, input, program);
  }

  private static void checkSame(Invocation invocation, JournalHeader header, Path file)
      throws Failure {
    if (!Invocation.parse(header.arguments()).isSameAs(invocation)) {
      throw Failure.usage(
          "The journal %s is of another command: %s"
              .formatted(file, String.join(" ", header.arguments())));
    }
  }

  /** Of a journal that an older program has written it is not known. */
  private static void checkSame(Optional<InputDigest> input, JournalHeader header, Path file)
      throws Failure {
    Optional<InputDigest> first = header.input();
    if (first.isPresent() && input.isPresent() && !first.equals(input)) {
      throw Failure.usage(
          "The run of the journal %s has read another input (%s) than this (%s); nothing was done"
              .formatted(file, first.get(), input.get()));
    }
  }

  /** The moment that dates count from: of the first run, when that is gone on with. */
  static Optional<Instant> firstNow(Invocation invocation, Brain.Resources resources)
      throws Failure {
    Optional<Journals> journals = resources.journals();
    Optional<String> resumed = invocation.journal().resumed();
    return resumed.isPresent() && journals.isPresent()
        ? Optional.of(journals.get().header(journals.get().find(resumed.get())).now())
        : Optional.empty();
  }

  /** Says whom the run is for, as it goes once through all users; nobody is counted for that. */
  Census.Filter filter() {
    if (earlier.isEmpty()) {
      return (user, server) -> true;
    }
    if (!goesOnWithLimit) {
      return earlier.get()::isFor;
    }
    AtomicLong room = new AtomicLong(invocation.flow().limit().orElseThrow() - counted());
    return (user, server) ->
        earlier.get().isFor(user, server)
            && (isCounted(user, server) || room.getAndDecrement() > 0);
  }

  /** Whether the run works on a user, and does not leave him as the earlier one has. */
  boolean wants(String user, String server) {
    return earlier.isEmpty() || earlier.get().wants(user, server);
  }

  /** Whether the limit of this run has counted a user already. */
  boolean isCounted(String user, String server) {
    return goesOnWithLimit && earlier.orElseThrow().knows(user, server);
  }

  /**
   * How many users the limit of this run has counted already. That of the run that is gone on with
   * counts on; another one is for this run alone.
   */
  long counted() {
    return goesOnWithLimit ? earlier.orElseThrow().users() : 0;
  }

  /** How many users have been left as they are. */
  long left() {
    return earlier.map(EarlierRun::left).orElse(0L);
  }

  /**
   * Begins to write down, before the first user is touched.
   *
   * @throws Failure when that must be, and cannot
   */
  void begin(Run itsRun, Reporter itsReporter, Begun begun, Executor executor)
      throws Failure, IOException {
    run = itsRun;
    reporter = itsReporter;
    if (!isWrittenDown()) {
      return;
    }
    try {
      JournalWriter made = earlier.isPresent() ? goOn() : make(begun);
      made.start(executor);
      writer = made;
    } catch (Failure e) {
      boolean must =
          isAskedFor() || changes() && journals.orElseThrow().directory().stopsWhenFull();
      if (must) {
        throw e;
      }
      if (changes()) {
        warn(e.getMessage() + "; the run goes on, but nothing of it is written down");
      }
    }
  }

  /**
   * What the first line of a journal says of a run.
   *
   * @param eachServer whether a user who is on two servers is two users
   */
  record Begun(Instant started, Instant now, String placement, boolean eachServer) {}

  private boolean isWrittenDown() {
    boolean several = invocation.users().isSeveral();
    return journals.isPresent() && !invocation.journal().isRefused() && (several || isAskedFor());
  }

  private boolean isAskedFor() {
    return invocation.journal().file().isPresent() || earlier.isPresent();
  }

  private boolean changes() {
    return invocation.changes();
  }

  private JournalWriter goOn() throws Failure {
    Journals own = journals.orElseThrow();
    return own.directory()
        .goOn(earlier.orElseThrow(), program, own.master(), run::cancel, this::trouble);
  }

  private JournalWriter make(Begun begun) throws Failure {
    Journals own = journals.orElseThrow();
    Optional<String> file = invocation.journal().file();
    Optional<Path> named = file.isPresent() ? Optional.of(own.named(file.get())) : Optional.empty();
    JournalHeader header =
        new JournalHeader(
            "",
            program,
            invocation.command().name(),
            Secrets.masked(invocation.line()),
            own.master(),
            "",
            0,
            begun.started(),
            begun.now(),
            begun.placement(),
            changes(),
            begun.eachServer(),
            Secrets.isOpen(invocation.command().name()) ? input : Optional.empty());
    return own.directory().begin(header, named, run::cancel, this::trouble);
  }

  /** Nothing more can be written down. */
  private void trouble(IOException e) {
    boolean stops = journals.orElseThrow().directory().stopsWhenFull();
    String what = "The journal %s cannot be written: %s".formatted(writer.path(), Reason.of(e));
    try {
      if (stops) {
        reporter.failed(Outcome.TEMPORARY_FAILURE, what + "; the run stops (journal_full = stop)");
      } else {
        warn(what + "; the run goes on, --resume repeats what is missing there");
      }
    } catch (IOException gone) {
      run.broken(gone);
    } finally {
      if (stops) {
        run.cancel();
      }
    }
  }

  private void warn(String text) throws IOException {
    reporter.log("", Message.Log.Level.WARNING, text);
  }

  @Override
  public void ended(UserEnd end) {
    JournalWriter to = writer;
    if (to != null) {
      to.add(end);
    }
  }

  /** Writes down that the run is over. */
  void end(int exitCode) {
    JournalWriter to = writer;
    if (to == null) {
      return;
    }
    if (!isAskedFor() && !changes() && to.users() <= SMALL) {
      to.discard();
    } else {
      to.end(exitCode);
    }
    writer = null;
  }

  @Override
  public void close() {
    end(Outcome.TEMPORARY_FAILURE.exitCode());
    earlier.ifPresent(EarlierRun::close);
  }
}
