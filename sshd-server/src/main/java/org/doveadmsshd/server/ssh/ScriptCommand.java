package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.console.ScriptSession;
import org.doveadmsshd.console.safety.Caution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code ssh -T admin@host < script}: commands that come on standard input. */
final class ScriptCommand extends ChannelCommand implements OpenSession {
  private static final Logger LOG = LoggerFactory.getLogger(ScriptCommand.class);

  /** About what a script holds beside long lines and here-documents. */
  private static final long MEMORY = 64 * 1024;

  private final Sessions sessions;
  private final ServerSession session;
  private final ChannelInput input;
  private final ChannelOutput output;
  private final MemoryBudget.Share memory;
  private final long id;
  private final long begun = System.nanoTime();
  private final Console console;
  private final ScriptSession script;

  /** Through which a command writes now, so that its waits are its own. */
  private volatile ChannelOutput current;

  /** Why it has been ended before its end; null when it has not. */
  private volatile String ended;

  ScriptCommand(Sessions sessions, ChannelSession channel) {
    this.sessions = sessions;
    this.session = channel.getServerSession();
    this.input = new ChannelInput(channel, sessions.setting().clients().inputTimeout());
    this.output = new ChannelOutput(channel);
    this.current = output;
    this.id = sessions.nextId();
    MemoryBudget.Share connection = CoalescingSession.of(session).memory();
    this.memory = connection.share(connection.most()).named("script " + id);
    this.console =
        new Console(
            InputStream.nullInputStream(),
            new Current(false),
            new Current(true),
            false,
            Console.DEFAULT_WIDTH);
    this.script =
        new ScriptSession(
            new ChannelRunner(
                sessions,
                session,
                memory.oneOf(ShellCommand.SHARERS),
                this::forCommand,
                why -> end(why, true)),
            console,
            sessions.setting().clients().scriptsAsk() ? Caution.WANTS_YES : Caution.NONE);
    channel.setDataReceiver(input);
  }

  /** On a thread of the transport: only hands over. */
  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    environment.addSignalListener(
        (from, signal) -> end("Ended by a signal", true), Signal.INT, Signal.TERM, Signal.HUP);
    try {
      sessions.executor().execute(this::run);
    } catch (RejectedExecutionException e) {
      exit(Outcome.TEMPORARY_FAILURE.exitCode());
    }
  }

  /** Standard output or error of the command that is carried out. */
  private final class Current extends OutputStream {
    private final boolean isError;

    Current(boolean isError) {
      this.isError = isError;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ChannelOutput to = current;
      (isError ? to.error() : to.out()).write(bytes, offset, length);
    }
  }

  private ChannelOutput forCommand() {
    current = output.forCommand();
    return current;
  }

  private void run() {
    int code = Outcome.TEMPORARY_FAILURE.exitCode();
    try {
      code = carryOut();
    } catch (IOException e) {
      LOG.debug("The client of a script is gone", e);
    } catch (RuntimeException | Error e) {
      LOG.error("A script failed by a fault of the program", e);
      complain("The server failed to carry this out; its log says more");
    } finally {
      sessions.closed(this);
      exit(code);
      LOG.info(
          "{} from {}: script (exit {}, {} lines, {} s)",
          session.getUsername(),
          Sessions.address(session),
          code,
          script.line(),
          seconds());
    }
  }

  private int carryOut() throws IOException {
    if (!memory.tryTake(MEMORY)) {
      console.complain("The server has no memory for a further script; try again later");
    } else if (!sessions.opened(this)) {
      console.complain("The server is stopping");
    } else {
      try {
        int code = script.run(input, memory);
        if (ended == null) {
          return code;
        }
        sayThatItEnds(ended);
      } catch (ChannelInput.StoppedException e) {
        sayThatItEnds(e.getMessage());
      }
    }
    return Outcome.TEMPORARY_FAILURE.exitCode();
  }

  private void sayThatItEnds(String why) throws IOException {
    console.complain("The script ends behind line " + script.line() + ": " + why);
  }

  private void complain(String text) {
    try {
      console.complain(text);
    } catch (IOException e) {
      LOG.debug("The client of a script is gone", e);
    }
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String kind() {
    return "script";
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
    return "line " + script.line();
  }

  @Override
  public void end(String why, boolean now) {
    ended = ended == null ? why : ended;
    script.end(now);
    input.stop(why);
  }

  /** The channel is closed: the client has gone, or everything is done. */
  @Override
  public void destroy(ChannelSession channel) {
    end("The client has gone", true);
    input.destroy();
    memory.close();
  }
}
