package org.doveadmsshd.brain;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.protocol.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the users of a run, from wherever they are chosen; each goes to the dispatch. */
final class Feed {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  /** Longer lines are no names; the rest of such a line is skipped. */
  private static final int MAX_LINE = 1024;

  private final Invocation invocation;
  private final InputStream standardInput;
  private final Fleet fleet;
  private final Dispatch dispatch;
  private final Reporter reporter;
  private final Executor executor;
  private final List<Server> servers;

  /** Where users wait whose order is to be one of chance; null when it is that of the list. */
  private Shuffle shuffle;

  private volatile boolean shuffleFailed;

  Feed(
      Invocation invocation,
      InputStream standardInput,
      Fleet fleet,
      Dispatch dispatch,
      Executor executor) {
    this.invocation = invocation;
    this.standardInput = standardInput;
    this.fleet = fleet;
    this.dispatch = dispatch;
    this.reporter = dispatch.reporter();
    this.executor = executor;
    this.servers = fleet.servers();
  }

  /** Names all of them; blocks until the last has found a place in a queue. */
  void run() {
    try {
      feed();
    } catch (IOException e) {
      dispatch.broken(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      dispatch.cancel();
    } catch (Throwable e) { // the top of a thread: else the run would wait for ever
      LOG.error("The users of a run cannot be named by a fault of the program", e);
      dispatch.broken(null, new IOException("a fault of the program", e));
    } finally {
      dispatch.fed();
    }
  }

  private void feed() throws InterruptedException, IOException {
    UserSelection users = invocation.users();
    OptionalLong seed = invocation.flow().shuffle();
    if (seed.isPresent()) {
      feedShuffled(seed.getAsLong());
    } else {
      users.accept(new Naming());
    }
    boolean named = dispatch.assigned() > 0 || dispatch.hasLeftAny();
    boolean none = !named && users.isSeveral() && reporter.exitCode() == 0;
    if (none && !invocation.allowEmpty() && !dispatch.isCancelled()) {
      reporter.failed(
          Outcome.NO_USER,
          (reporter.misplaced() > 0 ? "No user is placed where he is listed" : "No user matches")
              + "; nothing was done (--allow-empty makes that no error)");
    }
  }

  private void feedShuffled(long seed) throws InterruptedException, IOException {
    reporter.log("", Message.Log.Level.DEBUG, "Users are shuffled by --shuffle=" + seed);
    try (Shuffle order = new Shuffle(seed, dispatch.printer().memory())) {
      shuffle = order;
      invocation.users().accept(new Naming());
      shuffle = null;
      if (!shuffleFailed) {
        order.forEach(this::hand);
      }
    }
  }

  /** Hands a user on, or has him wait until all have been named. */
  private void name(String user, int server) throws InterruptedException, IOException {
    Shuffle order = shuffle;
    if (order == null) {
      hand(user, server);
      return;
    }
    synchronized (order) {
      try {
        order.add(user, server);
      } catch (IOException e) {
        shuffleFailed = true;
        reporter.failed(Outcome.TEMPORARY_FAILURE, "The users cannot be shuffled: " + Reason.of(e));
      }
    }
  }

  /** Hands a user on; says whether further ones are wanted. */
  private boolean hand(String user, int server) throws InterruptedException, IOException {
    if (server == Shuffle.NAMED) {
      assign(user);
    } else {
      assignFrom(servers.get(server), user);
    }
    return !isOver();
  }

  /** Hands on whom a selection means. */
  private final class Naming implements UserSelection.Visitor {
    @Override
    public void single(String name) throws InterruptedException, IOException {
      assign(name);
    }

    @Override
    public void matching(UserMask mask) throws InterruptedException, IOException {
      feedMatching(mask);
    }

    @Override
    public void listed(String file) throws InterruptedException, IOException {
      feedListed(file);
    }

    @Override
    public void none() throws InterruptedException, IOException {
      for (Server server : fleet.servers()) {
        dispatch.assign("", Route.to(server, ""));
      }
    }
  }

  /** A user who is named goes where the placement says. */
  private void assign(String name) throws InterruptedException, IOException {
    Route route;
    try {
      route = fleet.route(name);
    } catch (Failure e) {
      dispatch.refuse(name, e);
      return;
    }
    dispatch.assign(name, route);
  }

  private void feedListed(String file) throws InterruptedException, IOException {
    if (file.equals("-")) {
      feedLines(standardInput);
      return;
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      feedLines(in);
    } catch (NoSuchFileException e) {
      reporter.failed(Outcome.USAGE, "There is no file of users " + file);
    } catch (AccessDeniedException e) {
      reporter.failed(Outcome.USAGE, "The file of users " + file + " may not be read");
    }
  }

  private void feedLines(InputStream in) throws InterruptedException, IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    StringBuilder name = new StringBuilder();
    int c;
    while ((c = lines.read()) >= 0 && !isOver()) {
      if (c == '\n') {
        assignLine(name);
      } else if (name.length() <= MAX_LINE) {
        name.append((char) c);
      }
    }
    assignLine(name);
  }

  private void assignLine(StringBuilder line) throws InterruptedException, IOException {
    String name = line.toString().strip();
    line.setLength(0);
    if (!name.isEmpty() && !isOver() && isPossible(name)) {
      name(name, Shuffle.NAMED);
    }
  }

  /** Whether no further user is wanted. */
  private boolean isOver() {
    return dispatch.isCancelled() || dispatch.isFull() || shuffleFailed;
  }

  /** An impossible name fails alone, and is sent to no server. */
  private boolean isPossible(String name) throws IOException {
    if (!UserName.isPossible(name)) {
      reporter.impossible(name);
      return false;
    }
    return true;
  }

  /** Lists every server's users, all servers at once. */
  private void feedMatching(UserMask mask) throws InterruptedException {
    CountDownLatch listing = new CountDownLatch(fleet.servers().size());
    for (Server server : fleet.servers()) {
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
    ServerState state = server.state();
    if (!state.isConnectedTo()) {
      String why = state.explanation(server.name()) + "; its users are not listed";
      failed(new Failure(Outcome.UNREACHABLE, why));
      return;
    }
    try {
      server.listUsers(mask, user -> assignListed(server, user));
    } catch (Failure e) {
      failed(e);
    } catch (UncheckedIOException e) {
      dispatch.broken(null, e.getCause());
    } catch (Throwable e) { // the top of a thread
      LOG.error("The users of {} cannot be listed by a fault of the program", server.name(), e);
      failed(Failure.temporary("Server " + server.name() + " cannot list its users", e));
    }
  }

  private void failed(Failure failure) {
    try {
      if (!isOver()) { // else it was stopped here
        reporter.failed(failure.outcome(), failure.getMessage());
      }
    } catch (IOException gone) {
      dispatch.broken(null, gone);
    }
  }

  private void assignListed(Server server, String user) {
    try {
      if (!isOver() && isPossible(user)) {
        name(user, servers.indexOf(server));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      dispatch.cancel();
    }
  }

  /** A user who is listed is worked on only where he is placed, so that nobody does it twice. */
  private void assignFrom(Server server, String user) throws InterruptedException, IOException {
    Route route;
    try {
      route = fleet.isAnyones() ? Route.to(server, user) : fleet.route(user);
    } catch (Failure e) {
      dispatch.refuse(user, e);
      return;
    }
    Route used = dispatch.used(route);
    if (route.isNowhere() || (used.isNowhere() ? route : used).first() != server) {
      reporter.addMisplaced();
    } else {
      dispatch.assign(user, route);
    }
  }
}
