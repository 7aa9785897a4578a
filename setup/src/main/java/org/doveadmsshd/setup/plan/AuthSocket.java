package org.doveadmsshd.setup.plan;

import java.util.Optional;
import org.doveadmsshd.setup.dovecot.Block;

/** The socket at which a running Dovecot answers about users, where nothing else fits. */
final class AuthSocket {
  /** A socket of this mode checks who asks; others do so by their mode alone. */
  private static final String USUAL_MODE = "0666";

  private AuthSocket() {}

  /**
   * A socket that answers.
   *
   * @param mode in octal
   * @param user who owns it
   */
  record Listener(String path, String mode, String user) {
    /** Whether whoever may open it may list users. */
    boolean lists() {
      return !mode.equals(USUAL_MODE);
    }
  }

  /** The one of a configuration that lists users, or else the usual one. */
  static Listener of(Block root) {
    String base = root.find("base_dir").orElse("/run/dovecot").replaceFirst("/$", "");
    Optional<Listener> lists = Optional.empty();
    for (Block service : root.all("service")) {
      for (Block each : service.all("unix_listener")) {
        Listener listener = listener(each, base);
        boolean answers = each.name().matches(".*-(userdb|master)");
        if (service.name().equals("auth") && answers && listener.lists()) {
          lists = Optional.of(listener);
        }
      }
    }
    return lists.orElse(new Listener(base + "/auth-userdb", USUAL_MODE, "root"));
  }

  private static Listener listener(Block block, String base) {
    String name = block.name();
    return new Listener(
        name.startsWith("/") ? name : base + "/" + name,
        octal(block.find("mode").orElse(name.endsWith("userdb") ? USUAL_MODE : "0600")),
        block.find("user").orElse("root"));
  }

  private static String octal(String mode) {
    return mode.matches("[0-7]{3}") ? "0" + mode : mode;
  }
}
