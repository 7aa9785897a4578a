package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Life;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.format.FormatterFactory;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.brain.progress.TerminalStatus;
import org.doveadmsshd.keys.Grant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code ssh admin@host doveadm …}: one command line on a channel. */
final class ExecCommand extends ChannelCommand {
  private static final Logger LOG = LoggerFactory.getLogger(ExecCommand.class);
  private static final String PROGRAM = "doveadm";
  private static final int NOT_FOUND = 127;
  private static final byte CONTROL_C = 3;

  /** At the end of a key's command: any words may follow. */
  private static final String ANYTHING = "*";

  /** What may be typed ahead. */
  private static final long TERMINAL_WINDOW = 32 * 1024;

  private final Sessions sessions;
  private final String line;
  private final ChannelInput input;
  private final ChannelOutput output;
  private volatile Execution execution;
  private final Life<Phase> life = new Life<>(Phase.OPEN);
  private OutputStream out;
  private OutputStream error;

  /** What has become of the channel. */
  private enum Phase {
    OPEN,
    /** The client wants the command to stop. */
    CANCELLED,
    /** The channel is closed. */
    GONE
  }

  ExecCommand(Sessions sessions, ChannelSession channel, String line) {
    this.sessions = sessions;
    this.line = line;
    this.input = new ChannelInput(channel, sessions.setting().clients().inputTimeout());
    this.output = new ChannelOutput(channel);
    out = output.out();
    error = output.error();
    channel.setDataReceiver(input);
  }

  /** On a thread of the transport: only hands over. */
  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    environment.addSignalListener((from, signal) -> cancel(), Signal.INT, Signal.TERM, Signal.HUP);
    boolean terminal = environment.getEnv().containsKey(Environment.ENV_TERM);
    InputStream in = input;
    if (terminal) {
      out = new PtyOutput(out);
      error = new PtyOutput(error);
      channel.setDataReceiver(new ControlKeys());
      in = InputStream.nullInputStream(); // names are not typed: use ssh -T for -F -
      channel.getLocalWindow().release(TERMINAL_WINDOW);
    }
    Console console = console(in, terminal, environment);
    try {
      sessions.executor().execute(() -> run(channel, console));
    } catch (RejectedExecutionException e) {
      exit(Outcome.TEMPORARY_FAILURE.exitCode());
    }
  }

  /**
   * A program such as ansible asks for a terminal but has none: the terminal has no size, or is
   * dumb. No person watches progress there, and it would mix with the output that the program
   * reads.
   */
  private Console console(InputStream in, boolean terminal, Environment environment) {
    Map<String, String> variables = environment.getEnv();
    boolean dumb = variables.getOrDefault(Environment.ENV_TERM, "").equals("dumb");
    int columns = number(variables, Environment.ENV_COLUMNS);
    int width = columns > 0 ? columns : Console.DEFAULT_WIDTH;
    boolean person = terminal && columns > 0 && !dumb;
    FormatterFactory formatters = person ? Formatters.fitting(width) : Formatters.plain(width);
    StatusLines status =
        person ? new TerminalStatus(error, () -> size(variables), true) : StatusLines.NONE;
    return new Console(in, out, error, status, terminal, formatters);
  }

  /** As the client says; it may change at any time. */
  private static StatusLines.Size size(Map<String, String> variables) {
    return new StatusLines.Size(
        number(variables, Environment.ENV_COLUMNS), number(variables, Environment.ENV_LINES));
  }

  /** A number of lines or columns; 0 when there is none. */
  private static int number(Map<String, String> variables, String name) {
    String text = variables.getOrDefault(name, "");
    return text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : 0;
  }

  /** What a person types while a command runs: only Ctrl-C means something. */
  private final class ControlKeys implements org.apache.sshd.server.channel.ChannelDataReceiver {
    @Override
    public int data(ChannelSession channel, byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        if (bytes[i] == CONTROL_C) {
          cancel();
        }
      }
      return length;
    }

    @Override
    public void close() {}
  }

  private void run(ChannelSession channel, Console console) {
    int code = Outcome.TEMPORARY_FAILURE.exitCode();
    try {
      code = execute(channel, console);
      out.flush();
      error.flush();
    } catch (IOException e) {
      LOG.debug("The client of a command is gone", e);
    } catch (RuntimeException | Error e) {
      LOG.error("A command failed by a fault of the program", e);
      complain("The server failed to carry this out; its log says more");
    } finally {
      exit(code);
    }
  }

  private int execute(ChannelSession channel, Console console) throws IOException {
    ServerSession session = channel.getServerSession();
    List<String> asked;
    try {
      asked = withoutPath(CommandLine.split(line));
    } catch (Failure e) {
      return refuse(session, CommandAccount.UNREADABLE, e.outcome(), "a line that is none", e);
    }
    List<String> words;
    try {
      words = allowed(asked, KeyAuthentication.grantOf(session));
    } catch (Failure e) {
      return refuse(session, behindProgram(asked), e.outcome(), "not allowed with this key", e);
    }
    if (!isDoveadm(words)) {
      complain("Only doveadm commands can be run here; try: doveadm help");
      account(session, words).ended(NOT_FOUND, "no doveadm command");
      return NOT_FOUND;
    }
    Execution.Client client = new Execution.Client(session, output, Optional.of(input));
    Execution started = sessions.begin(client, words);
    execution = started;
    if (life.hasReached(Phase.CANCELLED)) {
      started.cancel();
    }
    try {
      return started.run(console);
    } finally {
      if (life.hasReached(Phase.GONE)) {
        started.closed(); // destroy() may have come too early for it
      }
    }
  }

  /** Ends a line that nothing is done for; accounts for it all the same. */
  private int refuse(
      ServerSession session, List<String> words, Outcome outcome, String why, Failure failure) {
    boolean accounted = account(session, words).ended(outcome.exitCode(), why);
    complain(failure.getMessage());
    return accounted ? outcome.exitCode() : Outcome.TEMPORARY_FAILURE.exitCode();
  }

  private CommandAccount account(ServerSession session, List<String> words) {
    return new CommandAccount(sessions.audit(), session, words, System.nanoTime());
  }

  private static boolean isDoveadm(List<String> words) {
    return !words.isEmpty() && words.get(0).equals(PROGRAM);
  }

  private static List<String> behindProgram(List<String> words) {
    return isDoveadm(words) ? words.subList(1, words.size()) : words;
  }

  /** With {@code /usr/bin/doveadm}, as lines of crontabs have it, taken for {@code doveadm}. */
  private static List<String> withoutPath(List<String> words) {
    boolean path =
        !words.isEmpty() && words.get(0).startsWith("/") && words.get(0).endsWith("/" + PROGRAM);
    if (!path) {
      return words;
    }
    List<String> plain = new ArrayList<>(words);
    plain.set(0, PROGRAM);
    return plain;
  }

  /** The words that were asked for, or those of the line that the key is for. */
  private static List<String> allowed(List<String> asked, Optional<Grant> key) throws Failure {
    Optional<String> command = key.flatMap(Grant::command);
    if (command.isEmpty()) {
      return asked;
    }
    List<String> only = withoutPath(CommandLine.split(command.get()));
    if (only.isEmpty() || !only.get(only.size() - 1).equals(ANYTHING)) {
      return only;
    }
    List<String> prefix = only.subList(0, only.size() - 1);
    if (asked.size() < prefix.size() || !asked.subList(0, prefix.size()).equals(prefix)) {
      throw new Failure(
          Outcome.NO_PERMISSION, "This key is for commands that begin with: " + command.get());
    }
    return asked;
  }

  private void complain(String text) {
    try {
      new Console(input, out, error, false, Console.DEFAULT_WIDTH).complain(text);
    } catch (IOException e) {
      LOG.debug("The client of a command is gone", e);
    }
  }

  private void cancel() {
    life.moveTo(Phase.CANCELLED);
    Execution running = execution;
    if (running != null) {
      running.cancel();
    }
  }

  /** The channel is closed: the client has gone, or everything is done. */
  @Override
  public void destroy(ChannelSession channel) {
    life.moveTo(Phase.GONE);
    cancel();
    input.destroy();
    Execution ended = execution;
    if (ended != null) {
      ended.closed();
    }
  }
}
