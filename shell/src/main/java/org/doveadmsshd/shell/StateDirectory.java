package org.doveadmsshd.shell;

import java.nio.file.Path;
import org.doveadmsshd.settings.Settings;

/** Where doveadm-ssh keeps what is to outlive it. */
final class StateDirectory {
  private StateDirectory() {}

  /** That of a configuration. Need not be there yet. */
  static Path of(Settings settings) {
    return settings.client().stateDirectory().orElse(usual());
  }

  /** That of whoever runs the program (XDG Base Directory Specification). */
  static Path usual() {
    String set = System.getenv().getOrDefault("XDG_STATE_HOME", "");
    Path home = Path.of(System.getProperty("user.home"));
    Path state = set.startsWith("/") ? Path.of(set) : home.resolve(".local/state");
    return state.resolve(OwnCommands.PROGRAM);
  }
}
