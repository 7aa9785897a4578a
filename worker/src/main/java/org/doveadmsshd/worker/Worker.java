package org.doveadmsshd.worker;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.auth.Login;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.auth.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Output;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.command.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out requests on the caller's thread. Safe for several threads.
 *
 * <p>Every request is checked against the master's scope here, whoever has checked it before.
 */
public final class Worker {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final int MAX_TEXT = 1000;

  private final Userdb userdb;
  private final UserWork work;
  private final ServerContexts contexts;
  private final Audit audit;
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
   * @param work carries out what is for one of them
   * @param contexts for what is about the server as a whole
   */
  public Worker(Userdb userdb, UserWork work, ServerContexts contexts, Audit audit) {
    this.audit = audit;
    this.userdb = userdb;
    this.work = work;
    this.contexts = contexts;
  }

  /**
   * What is asked for a user.
   *
   * @param control lets others stop it
   * @param input what the command reads, if it does
   * @param sink takes everything, the DONE at the end included
   */
  public record Request(
      Message.Run run, RequestControl control, UserContext.Input input, MessageSink sink) {}

  /** So many requests are best given at once, if there are as many. */
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
    Accounts accounts = new Accounts(asking.at(Instant.now()));
    for (Request request : requests) {
      accounts.begin(request.run(), request.control());
      Optional<Failure> failure = attempt(() -> prepare(accounts, request));
      if (failure.isPresent()) {
        accounts.end(request.run(), request.sink(), Map.of(), failure.get());
      }
    }
    List<UserWork.Order> orders = List.copyOf(accounts.open);
    Optional<Failure> fault = attempt(() -> work.run(orders, accounts));
    while (fault.isPresent() && !accounts.open.isEmpty()) {
      accounts.end(accounts.open.element(), fault.get());
    }
  }

  /** Checks a request; what is about the server as a whole is carried out then. */
  private void prepare(Accounts accounts, Request request) throws Failure, IOException {
    Master master = accounts.master;
    RequestControl control = request.control();
    Message.Run run = request.run();
    audit.check();
    control.check();
    master.scope().checkCommand(run.command());
    Task task = task(run);
    List<String> commands = new ArrayList<>(task.commands());
    for (String further : commands) {
      master.scope().checkCommand(further);
    }
    commands.add(run.command());
    RequestOutput output =
        new RequestOutput(run.requestId(), task.columns(), run.context(), control, request.sink());
    if (task instanceof Task.OfServer) {
      ((Task.OfServer) task).run(contexts.of(master, request.input(), output));
      accounts.end(run, request.sink(), output.counts(), output.firstFailure());
    } else if (task instanceof Task.OfUser) {
      Task.OfUser ofUser = (Task.OfUser) task;
      accounts.open.add(
          new UserWork.Order(master, commands, run, ofUser, control, request.input(), output));
    } else {
      throw Failure.usage(run.command() + " is carried out where it is typed");
    }
  }

  /** Users' requests that have not ended, and how each ends: accounted for, with one DONE. */
  private final class Accounts implements UserWork.Course {
    private final Master master;
    private final ArrayDeque<UserWork.Order> open = new ArrayDeque<>();
    private long begun;

    Accounts(Master master) {
      this.master = master;
    }

    void begin(Message.Run run, RequestControl control) {
      begun = System.nanoTime();
      control.begin(run.deadlineMillis());
    }

    @Override
    public void begin(UserWork.Order order) {
      begin(order.request(), order.control());
    }

    @Override
    public void end(UserWork.Order order, Failure failure) throws IOException {
      open.remove(); // each is worked on in its turn
      RequestOutput output = order.output();
      if (failure == null) {
        end(order.request(), output.sink(), output.counts(), output.firstFailure());
      } else {
        end(order.request(), output.sink(), Map.of(), failure);
      }
    }

    void end(Message.Run run, MessageSink sink, Map<String, Long> counts, Failure failure)
        throws IOException {
      if (failure != null && failure.getCause() != null) {
        LOG.info("{}: {}", failure.getMessage(), failure.getCause().toString());
      }
      Message.Done done = done(run.requestId(), failure, counts, begun);
      try {
        audit.note(AuditEvent.user(master, run, done));
      } catch (Failure e) {
        done = done(run.requestId(), failure == null ? e : failure, counts, begun);
      }
      sink.send(done);
    }
  }

  /** Accounts for a login on a lane. */
  void noteLogin(String user, Login login, Outcome outcome) {
    try {
      audit.note(AuditEvent.login(user, login, outcome));
    } catch (Failure e) {
      LOG.error("A login could not be accounted for: {}", e.getMessage());
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
    Optional<Failure> failure =
        attempt(
            () -> {
              UserMask mask = new UserMask(request.mask());
              userdb.forEach(
                  name -> {
                    control.check();
                    if (mask.matches(name) && master.scope().hasUser(name)) {
                      output.row(null, List.of(Value.of(name)));
                    }
                  });
            });
    sink.send(done(request.requestId(), failure.orElse(null), Map.of(), begun));
  }

  /** A step of a request. */
  @FunctionalInterface
  private interface Step {
    void run() throws Failure, IOException;
  }

  /** Says how it has failed, also by a fault of the program; nothing when it has not. */
  private static Optional<Failure> attempt(Step step) throws IOException {
    try {
      step.run();
      return Optional.empty();
    } catch (Failure e) {
      return Optional.of(e);
    } catch (RuntimeException e) {
      LOG.error("A request failed by a fault of the program", e);
      return Optional.of(
          Failure.temporary("The server failed to carry this out; its log says more", e));
    }
  }

  private static Message.Done done(
      int requestId, Failure failure, Map<String, Long> counts, long begun) {
    return new Message.Done(
        requestId,
        failure == null ? Outcome.OK : failure.outcome(),
        failure == null ? "" : shortened(failure.getMessage()),
        counts,
        (System.nanoTime() - begun) / 1000);
  }

  /** What somebody has asked for, and is told back, may be as long as a frame. */
  private static String shortened(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
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
