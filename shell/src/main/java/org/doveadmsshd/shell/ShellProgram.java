package org.doveadmsshd.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.doveadmsshd.console.HistoryFile;
import org.doveadmsshd.console.Shell;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Signals;

/** {@code doveadm-ssh} without a command: the shell on the terminal that the program has. */
final class ShellProgram {
  private static final String NAME = "doveadm-ssh";

  private ShellProgram() {}

  /** Whether there is a terminal to type at. */
  static boolean isPossible() {
    return Terminal.isAt(Terminal.IN) && Terminal.isAt(Terminal.OUT);
  }

  /** Asks for lines until whoever types leaves; returns the last exit code. */
  static int run(ClientRunner runner, Executor executor) throws IOException {
    try (org.jline.terminal.Terminal terminal =
        TerminalBuilder.builder()
            .name(NAME)
            .system(true)
            .provider("jni")
            .nativeSignals(false)
            .signalHandler(SignalHandler.SIG_IGN)
            .build()) {
      takeSignals(terminal);
      return new Shell(terminal, runner, executor, history(runner.master())).run();
    }
  }

  /**
   * Has the terminal hear of signals from now on. JLine's own way takes its handler away and brings
   * the next one whenever a line or a command begins; Ctrl-C in between would end the program.
   */
  private static void takeSignals(org.jline.terminal.Terminal terminal) {
    for (Signal signal : Signal.values()) {
      Signals.register(signal.name(), () -> terminal.raise(signal));
    }
  }

  private static Optional<HistoryFile> history(String user) {
    Path directory = StateDirectory.usual();
    try {
      Files.createDirectories(directory.getParent());
    } catch (IOException e) {
      return Optional.empty(); // a home that nothing may be written to
    }
    return HistoryFile.of(directory, user);
  }
}
