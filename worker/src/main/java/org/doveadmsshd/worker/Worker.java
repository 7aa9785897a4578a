package org.doveadmsshd.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.auth.MailUser;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.auth.UserMask;
import org.doveadmsshd.auth.Userdb;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
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
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.maildir.MaildirStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out requests on the caller's thread. Safe for several threads.
 *
 * <p>Every request is checked against the master's scope here, whoever has checked it before.
 */
public final class Worker {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final Userdb userdb;
  private final String mailLocation;
  private final Duration lockPatience;
  private final ServerContext.Activity activity;
  private volatile Prepared lastPrepared;

  /** A command that has been prepared before: the next users of a run ask for the same. */
  private record Prepared(String command, List<String> words, long now, Task task) {}

  /**
   * @param mailLocation template for users whose userdb entry names none
   * @param lockPatience how long to wait for a mailbox that another program has locked
   */
  public Worker(
      Userdb userdb, String mailLocation, Duration lockPatience, ServerContext.Activity activity) {
    this.userdb = userdb;
    this.mailLocation = mailLocation;
    this.lockPatience = lockPatience;
    this.activity = activity;
  }

  /**
   * Carries out a RUN. Everything, the DONE at the end included, goes to the sink.
   *
   * @throws IOException when the sink takes no more; the request has stopped then
   */
  public void run(Master master, Message.Run request, RequestControl control, MessageSink sink)
      throws IOException {
    finish(
        request.requestId(),
        sink,
        () -> {
          control.begin(request.deadlineMillis());
          control.check();
          master.scope().checkCommand(request.command());
          Task task = task(request);
          RequestOutput output =
              new RequestOutput(
                  request.requestId(), task.columns(), request.context(), control, sink);
          if (task instanceof Task.OfServer) {
            ((Task.OfServer) task)
                .run(new ServerContext(master, userdb, mailLocation, activity, output));
          } else {
            runForUser((Task.OfUser) task, master, request.user(), output, control);
          }
          return output;
        });
  }

  /** Carries out a LIST, as {@link #run}. */
  public void list(
      Master master, Message.ListUsers request, RequestControl control, MessageSink sink)
      throws IOException {
    finish(
        request.requestId(),
        sink,
        () -> {
          UserMask mask = new UserMask(request.mask());
          List<Column> columns = List.of(new Column("user"));
          RequestOutput output =
              new RequestOutput(request.requestId(), columns, false, control, sink);
          Iterator<String> names = userdb.list();
          while (names.hasNext()) {
            String name = names.next();
            control.check();
            if (mask.matches(name) && master.scope().hasUser(name)) {
              output.row(null, List.of(Value.of(name)));
            }
          }
          return output;
        });
  }

  /** The work of one request. */
  @FunctionalInterface
  private interface Work {
    RequestOutput run() throws Failure, IOException;
  }

  /** The top of every request: whatever happens, it ends with one DONE. */
  private static void finish(int requestId, MessageSink sink, Work work) throws IOException {
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
    sink.send(
        new Message.Done(
            requestId,
            failure == null ? Outcome.OK : failure.outcome(),
            failure == null ? "" : failure.getMessage(),
            counts,
            (System.nanoTime() - begun) / 1000));
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
        new Command.Time(Instant.ofEpochMilli(request.nowMillis()), ZoneId.systemDefault());
    Task task = command.prepare(words, time);
    lastPrepared = new Prepared(request.command(), request.arguments(), request.nowMillis(), task);
    return task;
  }

  private void runForUser(
      Task.OfUser task, Master master, String name, RequestOutput output, RequestControl control)
      throws Failure, IOException {
    master.scope().checkUser(name);
    MailUser user =
        userdb
            .find(name)
            .orElseThrow(() -> new Failure(Outcome.NO_USER, "User doesn't exist: " + name));
    MailLocation location = MailLocation.of(user, mailLocation);
    MaildirStore.Context context =
        new MaildirStore.Context(lockPatience, control::check, warnings(output), QuotaRules.NONE);
    try (MailStore store = MaildirStore.open(location.trusted(), location.below(), context)) {
      task.run(new UserContext(user.name(), store, output));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** A warning that cannot be delivered ends the request as any other message would. */
  private static java.util.function.Consumer<String> warnings(RequestOutput output) {
    return text -> {
      try {
        output.log(Message.Log.Level.WARNING, text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
