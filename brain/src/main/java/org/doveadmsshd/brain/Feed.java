package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.NameTable;
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

  private final Invocation invocation;
  private final InputStream standardInput;
  private final Fleet fleet;
  private final Dispatch dispatch;
  private final Reporter reporter;
  private final Executor executor;
  private final List<Server> servers;

  /** Where users wait whose order is to be one of chance; null when it is that of the list. */
  private Shuffle shuffle;

  /** Who has a place of his own is handed on once, however often he is listed. */
  private final NameTable handedOn = new NameTable();

  /** Whether no further user can be named. */
  private volatile boolean isNamingFailed;

  /** Whether users were left out that would have been named, had the run not been stopped. */
  private volatile boolean isCutShort;

  private volatile boolean hasEnded;

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
      handedOn.close();
      hasEnded = true;
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
      if (!isNamingFailed) {
        dispatch.setListAtHand();
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
        isNamingFailed = true;
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
    if (dispatch.isStopped()) {
      dispatch.leave(name);
      return;
    }
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
    NamesInFile names = new NamesInFile(in);
    for (String name; (name = names.next()) != null && !isOver(); ) {
      if (isPossible(name)) {
        name(name, Shuffle.NAMED);
      }
    }
  }

  /** Whether no further user is wanted. */
  private boolean isOver() {
    boolean stopped = dispatch.isFed() && !dispatch.isFull();
    if (stopped) {
      isCutShort = true;
    }
    return stopped || dispatch.isFull() || isNamingFailed;
  }

  /** Whether all users that are meant have been named; those beyond a limit are not. */
  boolean hasNamedAll() {
    return dispatch.isFull() || hasEnded && !isCutShort;
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
    if (fleet.isAnyones()) {
      dispatch.assign(user, Route.to(server, user));
      return;
    }
    Route route;
    try {
      route = fleet.route(user);
    } catch (Failure e) {
      if (isFirst(user)) {
        dispatch.refuse(user, e);
      }
      return;
    }
    Route used = dispatch.used(route);
    if (route.isNowhere() || (used.isNowhere() ? route : used).first() != server) {
      reporter.addMisplaced();
    } else if (isFirst(user)) {
      dispatch.assign(user, route);
    }
  }

  /**
   * Whether a listed user has not been handed on before. The placement may have said something else
   * then, or nothing.
   */
  private boolean isFirst(String user) throws IOException {
    try {
      return handedOn.put(1, user) == 0;
    } catch (IOException e) {
      if (!isNamingFailed) {
        isNamingFailed = true;
        reporter.failed(
            Outcome.TEMPORARY_FAILURE,
            "Users who are listed cannot be kept in a temporary file (%s); no further"
                    .formatted(Reason.of(e))
                + " user is begun");
      }
      return false;
    }
  }
}
