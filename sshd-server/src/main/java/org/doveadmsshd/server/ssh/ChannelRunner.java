package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.console.CommandRunner;
import org.doveadmsshd.server.local.LocalServer;
import org.doveadmsshd.worker.Workers;

/**
 * Carries out the lines of a shell or script, each as an {@link Execution} of its own: with the
 * rights that the master has when it begins.
 */
final class ChannelRunner implements CommandRunner {
  private static final String PROGRAM = "doveadm";

  private final Sessions sessions;
  private final ServerSession session;
  private final MemoryBudget.Share memory;
  private final Supplier<ChannelOutput> outputs;
  private final Consumer<String> whenEnded;

  /**
   * @param memory draws what the shell or script keeps
   * @param outputs makes what the next command's waits for the client are told to
   * @param whenEnded told why when others than its client have ended a command
   */
  ChannelRunner(
      Sessions sessions,
      ServerSession session,
      MemoryBudget.Share memory,
      Supplier<ChannelOutput> outputs,
      Consumer<String> whenEnded) {
    this.sessions = sessions;
    this.session = session;
    this.memory = memory;
    this.outputs = outputs;
    this.whenEnded = whenEnded;
  }

  @Override
  public String master() {
    return session.getUsername();
  }

  @Override
  public int run(
      List<String> words, List<String> servers, Console console, Consumer<Running> started)
      throws IOException {
    List<String> line = new ArrayList<>(List.of(PROGRAM));
    line.addAll(words);
    Execution execution =
        sessions.begin(new Execution.Client(session, outputs.get(), Optional.empty()), line);
    started.accept(execution);
    try {
      return execution.run(console);
    } finally {
      execution.closed();
      execution.ended().ifPresent(whenEnded);
    }
  }

  @Override
  public MemoryBudget.Share memory() {
    return memory;
  }

  /** A server's own brain works on that server only. */
  @Override
  public List<String> servers() {
    return List.of();
  }

  @Override
  public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
    Master master =
        sessions
            .master(session)
            .orElseThrow(
                () ->
                    new Failure(
                        Outcome.NO_PERMISSION,
                        "You are not a master user of this server any more"));
    Sessions.SessionSettings setting = sessions.setting();
    try (Workers.Use use = sessions.workers().use()) {
      new LocalServer(use.worker(), master, setting.lanes(), setting.executor())
          .listUsers(mask, taker);
    }
  }
}
