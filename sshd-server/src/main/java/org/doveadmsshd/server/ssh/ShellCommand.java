package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.console.HistoryFile;
import org.doveadmsshd.console.Shell;
import org.doveadmsshd.console.terminal.RemoteTerminal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code ssh -t admin@host}: the interactive shell on a channel that has a terminal. */
final class ShellCommand extends ChannelCommand implements OpenSession {
  private static final Logger LOG = LoggerFactory.getLogger(ShellCommand.class);

  /** About what an idle shell holds. */
  private static final long MEMORY = 256 * 1024;

  /** And what may be typed ahead. */
  private static final long TYPED_AHEAD = 1024 * 1024;

  /** Results of one shell may take this fraction of the connection's memory that is free. */
  static final int SHARERS = 16;

  /** What a client may send before the shell has taken in anything. */
  private static final long WINDOW = 32 * 1024;

  /** How long before an idle shell ends it says so. */
  private static final Duration WARNING = Duration.ofMinutes(1);

  private static final byte[] CONTROL_C = {3};

  private final Sessions sessions;
  private final ServerSession session;
  private final ChannelOutput output;
  private final MemoryBudget.Share memory;

  /** Draws the last result, and what the pager has. */
  private final MemoryBudget.Share results;

  private final long id;
  private final long begun = System.nanoTime();

  /** Through which a command writes now, so that its waits are its own. */
  private volatile ChannelOutput current;

  private volatile RemoteTerminal terminal;
  private volatile Shell shell;

  ShellCommand(Sessions sessions, ChannelSession channel) {
    this.sessions = sessions;
    this.session = channel.getServerSession();
    this.output = new ChannelOutput(channel);
    this.current = output;
    this.id = sessions.nextId();
    this.memory =
        CoalescingSession.of(session).memory().share(MEMORY + TYPED_AHEAD).named("shell " + id);
    this.results =
        CoalescingSession.of(session).memory().oneOf(SHARERS).named("results of shell " + id);
  }

  /** On a thread of the transport: only hands over. */
  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    String term = environment.getEnv().getOrDefault(Environment.ENV_TERM, "");
    terminal = new RemoteTerminal(term, new Screen(), memory, size -> release(channel, size));
    resize(environment);
    channel.setDataReceiver(new Keys());
    environment.addSignalListener((from, signal) -> resize(environment), Signal.WINCH);
    environment.addSignalListener(
        (from, signal) -> terminal.received(CONTROL_C, 0, CONTROL_C.length), Signal.INT);
    environment.addSignalListener(
        (from, signal) -> end("Ended by a signal", true), Signal.TERM, Signal.HUP);
    if (!memory.tryTake(MEMORY)) {
      refuse("The server has no memory for a further shell; try again later");
      return;
    }
    channel.getLocalWindow().release(WINDOW);
    try {
      sessions.executor().execute(this::run);
    } catch (RejectedExecutionException e) {
      refuse("The server is stopping");
    }
  }

  private void refuse(String why) throws IOException {
    new PtyOutput(output.out())
        .write(("doveadm: Error: " + why + "\n").getBytes(StandardCharsets.UTF_8));
    exit(Outcome.TEMPORARY_FAILURE.exitCode());
  }

  private static void release(ChannelSession channel, int size) {
    try {
      if (size > 0 && channel.getLocalWindow().isOpen()) {
        channel.getLocalWindow().release(size);
      }
    } catch (IOException e) {
      LOG.debug("The client of a shell is gone", e);
    }
  }

  private void resize(Environment environment) {
    terminal.resized(
        number(environment.getEnv().get(Environment.ENV_COLUMNS)),
        number(environment.getEnv().get(Environment.ENV_LINES)));
  }

  private static int number(String text) {
    return text != null && text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }

  /** What the terminal shows. */
  private final class Screen extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      current.out().write(bytes, offset, length);
    }
  }

  /** What is typed. */
  private final class Keys implements ChannelDataReceiver {
    @Override
    public int data(ChannelSession channel, byte[] bytes, int offset, int length) {
      terminal.received(bytes, offset, length);
      return 0; // the terminal opens the window
    }

    @Override
    public void close() {
      terminal.inputEnded();
    }
  }

  private void run() {
    int code = Outcome.TEMPORARY_FAILURE.exitCode();
    try {
      shell =
          new Shell(
              terminal,
              new ChannelRunner(sessions, session, results, this::forCommand, why -> {}),
              sessions.executor(),
              history());
      watchIdle();
      if (sessions.opened(this)) {
        code = shell.run();
      } else {
        refuse("The server is stopping");
      }
    } catch (IOException e) {
      LOG.debug("The client of a shell is gone", e);
    } catch (RuntimeException | Error e) {
      LOG.error("A shell failed by a fault of the program", e);
    } finally {
      sessions.closed(this);
      exit(code);
      LOG.info(
          "{} from {}: shell (exit {}, {} s)",
          session.getUsername(),
          Sessions.address(session),
          code,
          seconds());
    }
  }

  private Optional<HistoryFile> history() {
    return sessions
        .setting()
        .clients()
        .shellHistory()
        .filter(directory -> Files.isDirectory(directory.toAbsolutePath().getParent()))
        .flatMap(directory -> HistoryFile.of(directory, session.getUsername()));
  }

  private void watchIdle() {
    Duration limit = sessions.setting().clients().shellIdleTimeout();
    if (!limit.isZero()) {
      Duration half = limit.dividedBy(2);
      Duration ahead = half.compareTo(WARNING) < 0 ? half : WARNING;
      terminal.whenIdle(
          limit,
          ahead,
          () -> shell.say("This shell ends in " + ahead.toSeconds() + " s unless a key is pressed"),
          () -> end("Nothing was typed for a long time (shell_idle_timeout)", false));
    }
  }

  private ChannelOutput forCommand() {
    current = output.forCommand();
    return current;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String kind() {
    return "shell";
  }

  @Override
  public ServerSession client() {
    return session;
  }

  @Override
  public long seconds() {
    return (System.nanoTime() - begun) / 1_000_000_000L;
  }

  @Override
  public String doing() {
    return "";
  }

  @Override
  public void end(String why, boolean now) {
    Shell running = shell;
    if (running != null) {
      running.end(why, now);
    }
    terminal.inputEnded();
  }

  /** The channel is closed: the client has gone, or everything is done. */
  @Override
  public void destroy(ChannelSession channel) {
    end("The client has gone", true);
    memory.close();
    results.close();
  }
}
