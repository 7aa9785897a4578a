package org.doveadmsshd.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Future;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.console.ScriptSession;
import org.doveadmsshd.console.safety.Caution;
import org.doveadmsshd.console.safety.Removal;
import org.doveadmsshd.protocol.Limits;

/** {@code doveadm-ssh run}: carries a script out, or checks it. */
final class ScriptProgram {
  static final String NAME = "run";

  /** Stands for standard input. */
  static final String STANDARD_INPUT = "-";

  static final String CHECK = "check";

  private static final Program PROGRAM = OwnCommands.program(OwnCommands.RUN);

  private final ClientRunner runner;
  private final ConfiguredServers servers;
  private final Console console;
  private volatile boolean stopped;

  /**
   * @param console its input is the script that stands on standard input
   */
  ScriptProgram(ClientRunner runner, ConfiguredServers servers, Console console) {
    this.runner = runner;
    this.servers = servers;
    this.console = console;
  }

  /**
   * Carries out what the words behind {@code run} say.
   *
   * @param exitCode for a signal that comes meanwhile; it is completed after this has returned
   */
  int run(List<String> arguments, Future<Integer> exitCode) throws Failure, IOException {
    Words words = PROGRAM.parse(arguments);
    if (PROGRAM.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (words.positionals().size() != 1) {
      return PROGRAM.explain();
    }
    ScriptSession session = new ScriptSession(runner, console, caution());
    try (InputStream in = open(words.positionals().get(0))) {
      if (words.has(CHECK)) {
        return session.check(in, runner.memory());
      }
      StopSignal.calls(() -> stop(session), exitCode);
      int code = session.run(in, runner.memory());
      if (stopped) {
        console.complain("The script ends behind line " + session.line() + ": Stopped");
      }
      return code;
    }
  }

  private boolean stop(ScriptSession session) {
    stopped = true;
    return session.end(true);
  }

  private Caution caution() {
    return new Caution() {
      @Override
      public void check(Removal removal) throws Failure {
        configured().check(removal);
      }

      @Override
      public OptionalInt before(Removal removal, Console at, Lines lines) throws IOException {
        return configured().before(removal, at, lines);
      }
    };
  }

  private Caution configured() {
    return wantsYes() ? Caution.WANTS_YES : Caution.NONE;
  }

  private boolean wantsYes() {
    try {
      return servers.settings().shell().scriptsAsk();
    } catch (Failure e) {
      return false; // no server is found either: the command says why
    }
  }

  private InputStream open(String file) throws Failure, IOException {
    if (file.equals(STANDARD_INPUT)) {
      return console.in();
    }
    try {
      return Files.newInputStream(Path.of(file));
    } catch (FileSystemException e) {
      String text = "Cannot read " + file + ": " + Reason.of(e);
      throw new Failure(Outcome.TEMPORARY_FAILURE, text, e);
    }
  }
}
