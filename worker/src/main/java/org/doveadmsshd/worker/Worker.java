package org.doveadmsshd.worker;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Output;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.doveadmsshd.worker.term.Terms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out requests on the caller's thread. Safe for several threads.
 *
 * <p>Every request is checked against the master's scope here, also if it has been checked before.
 */
public final class Worker {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final Userdb userdb;
  private final UserWork work;
  private final ServerContexts contexts;
  private final Audit audit;
  private final Terms terms;
  private volatile Prepared lastPrepared;

  /** A command that has been prepared before: the next users of a run ask for the same. */
  private record Prepared(String command, List<String> words, long now, Task task) {}

  /** Makes what a command about the server as a whole works with. */
  @FunctionalInterface
  public interface ServerContexts {
    /**
     * @throws Failure where no such command is carried out
     */
    ServerContext of(Master master, UserContext.Input input, Output output) throws Failure;
  }

  /**
   * @param userdb names users
   * @param work carries out requests for one user
   * @param contexts for requests about the server as a whole
   * @param terms the users' that were seen, by whichever worker of this server
   */
  public Worker(Userdb userdb, UserWork work, ServerContexts contexts, Audit audit, Terms terms) {
    this.audit = audit;
    this.terms = terms;
    this.userdb = userdb;
    this.work = work;
    this.contexts = contexts;
  }

  /** One that keeps no terms. */
  public Worker(Userdb userdb, UserWork work, ServerContexts contexts, Audit audit) {
    this(userdb, work, contexts, audit, Terms.NONE);
  }

  /**
   * A request for a user, or about the server as a whole.
   *
   * @param control lets others stop it
   * @param input what the command reads, if it does
   * @param sink takes everything, the DONE at the end included
   */
  public record Request(
      Message.Run run, RequestControl control, UserContext.Input input, MessageSink sink) {}

  /** Whether a request may have a term. */
  boolean keepsTerms() {
    return terms.areKept();
  }

  /** The largest number of requests that is useful to give at once. */
  public int together() {
    return work.together();
  }

  /**
   * Carries out requests, one after another in their order.
   *
   * @param requests with ids and controls of their own
   * @throws IOException when a sink takes no more; all have stopped then
   */
  public void run(Master asking, List<Request> requests) throws IOException {
    Accounting accounting = new Accounting(asking.at(Instant.now()), audit);
    for (Request request : requests) {
      prepare(accounting, request);
    }
    accounting.carryOut(work);
  }

  /**
   * Checks a request. What is about the server as a whole is carried out then, when those before it
   * have ended: a brain may rely on their order.
   */
  private void prepare(Accounting accounting, Request request) throws IOException {
    accounting.begin(request.run(), request.control());
    Preparation preparation = new Preparation(accounting, request);
    Optional<Failure> failure = attempt(preparation, preparation::run);
    if (failure.isEmpty() && preparation.isForServer()) {
      accounting.carryOut(work);
      accounting.begin(request.run(), request.control());
      failure = attempt(preparation, preparation::carryOut);
    }
    if (failure.isPresent()) {
      accounting.carryOut(work); // whose DONEs come first
      accounting.end(request.run(), request.sink(), Map.of(), failure.get());
    } else {
      preparation.done();
    }
  }

  private static Optional<Failure> attempt(Preparation preparation, FaultBarrier.Work step)
      throws IOException {
    return FaultBarrier.run(
        preparation::text, preparation.request.control(), preparation::isBroken, step);
  }

  /** A request on its way to an order, or to its end if it is about the server as a whole. */
  private final class Preparation {
    private final Accounting accounting;
    private final Request request;
    private Task task;
    private RequestOutput output;

    Preparation(Accounting accounting, Request request) {
      this.accounting = accounting;
      this.request = request;
    }

    String text() {
      return accounting.text(request.run());
    }

    boolean isForServer() {
      return task instanceof Task.OfServer;
    }

    boolean isBroken() {
      return output != null && output.isBroken();
    }

    void run() throws Failure, IOException {
      Message.Run run = request.run();
      task = task(accounting.master(), request);
      output =
          new RequestOutput(
              run.requestId(), task.columns(), run.context(), request.control(), request.sink());
      if (task instanceof Task.OfUser) {
        UserName.check(run.user());
        checkTerm(accounting.master(), run);
      } else if (!isForServer()) {
        throw Failure.usage(run.command() + " is carried out where it is typed");
      }
    }

    void carryOut() throws Failure, IOException {
      request.control().check();
      ((Task.OfServer) task).run(contexts.of(accounting.master(), request.input(), output));
    }

    void done() throws IOException {
      Message.Run run = request.run();
      if (task instanceof Task.OfServer) {
        accounting.end(run, request.sink(), output.counts(), output.firstFailure());
        return;
      }
      List<String> commands = new ArrayList<>(task.commands());
      commands.add(run.command());
      accounting.open(
          new UserWork.Order(
              accounting.master(),
              commands,
              run,
              (Task.OfUser) task,
              request.control(),
              request.input(),
              output));
    }
  }

  /** The task, as far as the master may have it carried out. */
  private Task task(Master master, Request request) throws Failure {
    audit.check();
    request.control().check();
    master.scope().checkCommand(request.run().command());
    Task task = task(request.run());
    for (String further : task.commands()) {
      checkFurther(master, further, request.run().command());
    }
    return task;
  }

  /** Before the user is touched. Nobody is to set terms for users that are not in his scope. */
  private void checkTerm(Master master, Message.Run run) throws Failure {
    if (run.term().isPresent()) {
      master.scope().checkUser(run.user(), run.command());
      terms.check(run.user(), run.term().getAsLong());
    }
  }

  /** Commands that options and batches carry out besides must be in scope, too. */
  private static void checkFurther(Master master, String further, String command) throws Failure {
    try {
      master.scope().checkCommand(further);
    } catch (Failure e) {
      throw new Failure(
          e.outcome(), e.getMessage() + ", which this %s needs as well".formatted(command));
    }
  }

  /** Accounts for a login on a lane. */
  void noteLogin(String user, Login login, Outcome outcome) {
    try {
      audit.note(AuditEvent.login(user, login, outcome));
    } catch (Failure e) {
      LOG.error("A login could not be accounted for: {}", Reason.full(e));
    }
  }

  /** Carries out a LIST, as {@link #run}. */
  public void list(
      Master asking, Message.ListUsers request, RequestControl control, MessageSink sink)
      throws IOException {
    Master master = asking.at(Instant.now());
    List<Column> columns = List.of(new Column("user"));
    RequestOutput output = new RequestOutput(request.requestId(), columns, false, control, sink);
    long begun = System.nanoTime();
    AtomicLong listed = new AtomicLong();
    UserMask mask = new UserMask(request.mask());
    Optional<Failure> failure =
        FaultBarrier.run(
            () -> "The list of users for " + master.name(),
            control,
            output::isBroken,
            () -> {
              audit.check();
              userdb.forEach(
                  name -> {
                    control.check();
                    if (mask.matches(name) && master.scope().hasUser(name)) {
                      output.row(null, List.of(Value.of(name)));
                      listed.incrementAndGet();
                    }
                  });
            });
    Accounting.end(
        done -> audit.note(AuditEvent.list(master, request, listed.get(), done)),
        () -> "the list of users for " + master.name(),
        problem -> Accounting.done(request.requestId(), problem, Map.of(), begun),
        failure.orElse(null),
        sink);
  }

  private Task task(Message.Run request) throws Failure {
    Prepared last = lastPrepared;
    if (last != null
        && last.now == request.nowMillis()
        && last.command.equals(request.command())
        && last.words.equals(request.arguments())) {
      return last.task;
    }
    Command command =
        CommandCatalog.find(request.command())
            .orElseThrow(
                () -> Failure.usage("This server does not know the command " + request.command()));
    Words words = Words.parse(command.name(), command.manual().options(), request.arguments());
    Command.Time time =
        new Command.Time(Instant.ofEpochMilli(request.nowMillis()), ZoneId::systemDefault);
    Task task = command.prepare(words, time);
    lastPrepared = new Prepared(request.command(), request.arguments(), request.nowMillis(), task);
    return task;
  }
}
