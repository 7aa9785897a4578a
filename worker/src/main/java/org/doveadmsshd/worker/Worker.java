package org.doveadmsshd.worker;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.auth.Login;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.auth.UserMask;
import org.doveadmsshd.auth.Userdb;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Output;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.command.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.Outcome;
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
   * Carries out a RUN. Everything, the DONE at the end included, goes to the sink.
   *
   * @param input what the command reads, if it does
   * @throws IOException when the sink takes no more; the request has stopped then
   */
  public void run(
      Master asking,
      Message.Run request,
      RequestControl control,
      UserContext.Input input,
      MessageSink sink)
      throws IOException {
    Master master = asking.at(Instant.now());
    finish(
        request.requestId(),
        done -> audit.note(AuditEvent.user(master, request, done)),
        sink,
        () -> {
          audit.check();
          control.begin(request.deadlineMillis());
          control.check();
          master.scope().checkCommand(request.command());
          Task task = task(request);
          List<String> commands = new ArrayList<>(task.commands());
          for (String further : commands) {
            master.scope().checkCommand(further);
          }
          commands.add(request.command());
          RequestOutput output =
              new RequestOutput(
                  request.requestId(), task.columns(), request.context(), control, sink);
          if (task instanceof Task.OfServer) {
            ((Task.OfServer) task).run(contexts.of(master, input, output));
          } else if (task instanceof Task.OfUser) {
            Task.OfUser ofUser = (Task.OfUser) task;
            work.run(new UserWork.Order(master, commands, request, ofUser, control, input), output);
          } else {
            throw Failure.usage(request.command() + " is carried out where it is typed");
          }
          return output;
        });
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
    finish(
        request.requestId(),
        done -> {},
        sink,
        () -> {
          UserMask mask = new UserMask(request.mask());
          List<Column> columns = List.of(new Column("user"));
          RequestOutput output =
              new RequestOutput(request.requestId(), columns, false, control, sink);
          userdb.forEach(
              name -> {
                control.check();
                if (mask.matches(name) && master.scope().hasUser(name)) {
                  output.row(null, List.of(Value.of(name)));
                }
              });
          return output;
        });
  }

  /** The work of one request. */
  @FunctionalInterface
  private interface Work {
    RequestOutput run() throws Failure, IOException;
  }

  /** The top of every request: whatever happens, it ends with one DONE. */
  private static void finish(int requestId, Note note, MessageSink sink, Work work)
      throws IOException {
    long begun = System.nanoTime();
    Map<String, Long> counts = Map.of();
    Failure failure = null;
    try {
      RequestOutput output = work.run();
      counts = output.counts();
      failure = output.firstFailure();
    } catch (Failure e) {
      failure = e;
    } catch (RuntimeException e) {
      LOG.error("A request failed by a fault of the program", e);
      failure = Failure.temporary("The server failed to carry this out; its log says more", e);
    }
    if (failure != null && failure.getCause() != null) {
      LOG.info("{}: {}", failure.getMessage(), failure.getCause().toString());
    }
    Message.Done done = done(requestId, failure, counts, begun);
    try {
      note.done(done);
    } catch (Failure e) {
      done = done(requestId, failure == null ? e : failure, counts, begun);
    }
    sink.send(done);
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

  /** Accounts for a request before its end is told. */
  @FunctionalInterface
  private interface Note {
    void done(Message.Done done) throws Failure;
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
