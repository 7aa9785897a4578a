package org.doveadmsshd.brain;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Spool;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;

/** One command line on its way through all its users. */
public final class Run {
  private static final int MAX_NAME = 1024;
  private static final int ATTEMPTS = 2;
  private static final long TICK_MILLIS = 100;
  private static final int TICKS_PER_LINE = 10;

  private final Invocation invocation;
  private final Console console;
  private final List<Server> servers;
  private final Executor executor;
  private final Instant now;
  private final List<Column> columns;
  private final Printer printer;
  private final Reporter reporter;
  private final Map<Server, UserQueue> queues = new HashMap<>();
  private final AtomicLong assigned = new AtomicLong();

  /** Assignments that have not ended, and one more while somebody may still add users. */
  private final AtomicLong outstanding = new AtomicLong(1);

  private final Optional<Spool> input;
  private final boolean repeatable;

  private volatile boolean cancelled;
  private volatile IOException broken;

  /**
   * Opens the output.
   *
   * @param now what dates in the command count from
   * @param input what the command reads
   * @throws Failure when the output cannot be had in that form; no user has been touched then
   */
  Run(
      Invocation invocation,
      Task task,
      Console console,
      List<Server> servers,
      Executor executor,
      Instant now,
      Optional<Spool> input)
      throws Failure, IOException {
    this.input = input;
    this.repeatable = task.isRepeatable();
    this.invocation = invocation;
    this.console = console;
    this.servers = List.copyOf(servers);
    this.executor = executor;
    this.now = now;
    String formatter = invocation.formatter().orElse(task.defaultFormatter());
    boolean structured =
        formatter.equals(Formatters.NDJSON) && invocation.command().manual().isPerUser();
    columns = columns(task, structured);
    boolean namesUser = namesUser(task, structured);
    boolean titles = !invocation.hideTitles();
    reporter =
        new Reporter(
            console.error(),
            console.isTerminal(),
            invocation.verbose(),
            invocation.command().name());
    List<Column> shown = new ArrayList<>(columns);
    if (namesUser && !columns.isEmpty()) {
      shown.add(
          0,
          structured ? new Column("user") : new Column("username", "Username", Column.HIDE_TITLE));
    }
    printer = new Printer(console.out(), formatter, shown, namesUser, titles, console.width());
    servers.forEach(server -> queues.put(server, new UserQueue()));
  }

  private boolean namesUser(Task task, boolean structured) {
    boolean ownColumn = task.columns().stream().anyMatch(column -> column.key().equals("user"));
    return structured ? !ownColumn : invocation.users().isSeveral();
  }

  /** What the workers will send. */
  private static List<Column> columns(Task task, boolean structured) {
    boolean ownColumn = task.columns().stream().anyMatch(column -> column.key().equals("mailbox"));
    if (!structured || ownColumn || task.columns().isEmpty()) {
      return task.columns();
    }
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("mailbox", Column.CONTEXT));
    columns.addAll(task.columns());
    return columns;
  }

  /** Works until all is done. Returns the exit code. */
  int execute() throws IOException {
    CountDownLatch working = new CountDownLatch(servers.size());
    for (Server server : servers) {
      executor.execute(() -> work(server, working));
    }
    executor.execute(this::feedAll);
    try {
      await(working);
    } catch (InterruptedException e) {
      cancel();
    }
    if (broken != null) {
      throw broken;
    }
    printer.end();
    if (cancelled) {
      reporter.failed(Outcome.CANCELLED, "Stopped; users that were not reached are unchanged");
    }
    if (invocation.users().isSeveral()) {
      reporter.summary();
    }
    return reporter.exitCode();
  }

  private void await(CountDownLatch working) throws InterruptedException, IOException {
    if (invocation.users().isSeveral() && console.isTerminal()) {
      reporter.progress();
    }
    for (int tick = 1; !working.await(TICK_MILLIS, TimeUnit.MILLISECONDS); tick++) {
      printer.tick();
      if (invocation.users().isSeveral() && (console.isTerminal() || tick % TICKS_PER_LINE == 0)) {
        reporter.progress();
      }
    }
  }

  /** Stops: users under way end at their next checkpoint, others are not begun. */
  public void cancel() {
    cancelled = true;
    queues.values().forEach(UserQueue::close);
    queues.values().forEach(UserQueue::drain);
    servers.forEach(Server::cancel);
  }

  /** Whether users should not be begun any more, and those under way should stop. */
  public boolean isCancelled() {
    return cancelled;
  }

  /** For {@code who}: users done and failed so far. */
  public long done() {
    return reporter.done();
  }

  public long failed() {
    return reporter.failedUsers();
  }

  Reporter reporter() {
    return reporter;
  }

  Printer printer() {
    return printer;
  }

  Message.Run request(int requestId, String user) {
    return new Message.Run(
        requestId,
        user,
        invocation.command().name(),
        invocation.words().forwarded(invocation.command().manual().options()),
        now.toEpochMilli(),
        invocation.deadline().toMillis(),
        columns.stream().anyMatch(column -> column.has(Column.CONTEXT)));
  }

  void checkColumns(Message.Columns message) throws ProtocolException {
    if (!message.columns().equals(columns)) {
      throw new ProtocolException("the worker's columns differ: it runs another version");
    }
  }

  /** Tries the next server when this one does not know the user. Says whether there is one. */
  boolean goesElsewhere(Assignment assignment, Message.Done result) {
    List<Server> further = assignment.furtherCandidates();
    if (result.outcome() != Outcome.NO_USER || further.isEmpty() || cancelled) {
      return false;
    }
    queues
        .get(further.get(0))
        .add(new Assignment(this, assignment.sequence(), assignment.user(), further));
    return true;
  }

  /** Called by an assignment at its end, once for each user. */
  void ended(Assignment assignment, Message.Done result) throws IOException {
    try {
      if (result.outcome() == Outcome.NO_USER && invocation.users().isSeveral()) {
        reporter.skipped(assignment.user());
      } else if (result.outcome() != Outcome.CANCELLED) {
        reporter.ended(assignment.user(), result);
      }
    } finally {
      endOne();
    }
  }

  private void endOne() {
    if (outstanding.decrementAndGet() == 0) {
      queues.values().forEach(UserQueue::close);
    }
  }

  /** A lane is lost: what it had not finished is tried on another one, or fails. */
  void lost(Assignment assignment, String why) throws IOException {
    if (repeatable && assignment.isRepeatable() && assignment.attempts() < ATTEMPTS && !cancelled) {
      queues.get(assignment.server()).add(assignment);
    } else {
      String doubt = repeatable ? "" : "; it may have been done all the same";
      assignment.fail(Outcome.TEMPORARY_FAILURE, why + doubt);
    }
  }

  InputStream openInput() throws IOException {
    return input.isPresent() ? input.get().open() : InputStream.nullInputStream();
  }

  /** The output is gone; nothing more can be delivered. */
  void broken(IOException e) {
    broken = e;
    cancel();
  }

  private void work(Server server, CountDownLatch working) {
    UserQueue queue = queues.get(server);
    try {
      server.work(queue, invocation.users().isSeveral() ? invocation.lanes() : 1);
    } catch (Failure e) {
      failServer(server, queue, e);
    } finally {
      working.countDown();
    }
  }

  /** Fails whoever is meant for a server that cannot be reached, now and later. */
  private void failServer(Server server, UserQueue queue, Failure failure) {
    try {
      reporter.failed(failure.outcome(), failure.getMessage());
      for (Assignment next; (next = queue.take()) != null; ) {
        String text = "Server " + server.name() + " is not available";
        next.fail(Outcome.TEMPORARY_FAILURE, next.user().isEmpty() ? failure.getMessage() : text);
      }
    } catch (IOException e) {
      broken(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Puts every user into the queue of a server; on a thread of its own. */
  private void feedAll() {
    try {
      feed();
    } catch (IOException e) {
      broken(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
    } finally {
      endOne();
    }
  }

  private void feed() throws InterruptedException, IOException {
    UserSelection users = invocation.users();
    if (users instanceof UserSelection.Single) {
      assign(((UserSelection.Single) users).name());
    } else if (users instanceof UserSelection.Listed) {
      feedListed(((UserSelection.Listed) users).file());
    } else if (users instanceof UserSelection.Matching) {
      feedMatching(((UserSelection.Matching) users).mask());
    } else {
      for (Server server : servers) {
        assign("", List.of(server));
      }
    }
    boolean none = assigned.get() == 0 && users.isSeveral() && reporter.exitCode() == 0;
    if (none && !invocation.allowEmpty() && !cancelled) {
      reporter.failed(
          Outcome.NO_USER, "No user matches; nothing was done (--allow-empty makes that no error)");
    }
  }

  private void feedListed(String file) throws InterruptedException, IOException {
    if (!file.equals("-")) {
      try (InputStream in = java.nio.file.Files.newInputStream(java.nio.file.Path.of(file))) {
        feedLines(in);
      } catch (java.nio.file.NoSuchFileException | java.nio.file.AccessDeniedException e) {
        reporter.failed(Outcome.USAGE, "Cannot read the file of users: " + file);
      }
    } else {
      feedLines(console.in());
    }
  }

  private void feedLines(InputStream in) throws InterruptedException, IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    StringBuilder name = new StringBuilder();
    int c;
    while ((c = lines.read()) >= 0 && !cancelled) {
      if (c != '\n') {
        name.append((char) c);
        if (name.length() > MAX_NAME) {
          reporter.failed(Outcome.DATA_ERROR, "A user name on standard input is too long");
          return;
        }
      } else {
        assignLine(name);
      }
    }
    assignLine(name);
  }

  private void assignLine(StringBuilder line) throws InterruptedException, IOException {
    String name = line.toString().strip();
    line.setLength(0);
    if (!name.isEmpty() && !cancelled) {
      assign(name);
    }
  }

  private void assign(String user) throws InterruptedException, IOException {
    List<Server> candidates = servers.stream().filter(server -> server.mayHave(user)).toList();
    if (candidates.isEmpty()) {
      printer.finished(assigned.getAndIncrement(), user, List.of(), 0);
      reporter.ended(
          user,
          new Message.Done(0, Outcome.NO_USER, "No server is meant for this user", Map.of(), 0));
      return;
    }
    assign(user, candidates);
  }

  private void assign(String user, List<Server> candidates) throws InterruptedException {
    long sequence = assigned.getAndIncrement();
    outstanding.incrementAndGet();
    queues.get(candidates.get(0)).put(new Assignment(this, sequence, user, candidates));
    if (cancelled) {
      queues.values().forEach(UserQueue::drain);
    }
  }

  /** Lists every server's users, all servers at once. */
  private void feedMatching(UserMask mask) throws InterruptedException {
    CountDownLatch listing = new CountDownLatch(servers.size());
    for (Server server : servers) {
      executor.execute(
          () -> {
            try {
              list(server, mask);
            } finally {
              listing.countDown();
            }
          });
    }
    listing.await();
  }

  private void list(Server server, UserMask mask) {
    try {
      server.listUsers(mask, user -> assignListed(server, user));
    } catch (Failure e) {
      listingFailed(e);
    } catch (UncheckedIOException e) {
      broken(e.getCause());
    }
  }

  private void listingFailed(Failure failure) {
    try {
      if (!cancelled) { // else it was us who stopped it
        reporter.failed(failure.outcome(), failure.getMessage());
      }
    } catch (IOException gone) {
      broken(gone);
    }
  }

  private void assignListed(Server server, String user) {
    try {
      if (!cancelled) {
        assign(user, List.of(server));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
    }
  }
}
