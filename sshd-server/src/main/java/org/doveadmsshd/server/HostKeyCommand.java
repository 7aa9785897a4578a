package org.doveadmsshd.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.keys.HostKeys;
import org.doveadmsshd.keys.KeyFile;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.settings.Settings;

/** {@code doveadm-sshd keys list|rotate}: the keys by which the server is known. */
final class HostKeyCommand {
  private static final Program PROGRAM =
      new Program("doveadm-sshd keys", List.of("[-c <file>] list|rotate"), List.of(Main.CONFIG));

  private HostKeyCommand() {}

  /**
   * Carries it out.
   *
   * @param arguments behind {@code keys}
   * @param usual the configuration, unless these name one
   * @return the exit code
   */
  static int run(List<String> arguments, Path usual) throws Failure {
    Words words = PROGRAM.parse(arguments);
    String doing = String.join(" ", words.positionals());
    if (PROGRAM.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (!doing.equals("list") && !doing.equals("rotate")) {
      return PROGRAM.explain();
    }
    Path file = words.value(Main.CONFIG.name()).map(Path::of).orElse(usual);
    Optional<Settings> settings = Daemon.FILE.readOrExplain(file);
    if (settings.isEmpty()) {
      return Outcome.CONFIGURATION_ERROR.exitCode();
    }
    HostKeys keys = new HostKeys(settings.get().ssh().hostKey());
    if (doing.equals("list")) {
      list(keys);
    } else {
      rotate(keys);
    }
    return 0;
  }

  private static void list(HostKeys keys) throws Failure {
    print("in use", keys.file());
    print("next", keys.next());
    print("before", keys.old());
  }

  private static void print(String what, Path file) throws Failure {
    if (Files.exists(file)) {
      PublicKey key = KeyFile.read(file).getPublic();
      System.out.printf(
          "%-7s %s %s %s%n", what, KeyUtils.getKeyType(key), KeyUtils.getFingerPrint(key), file);
    }
  }

  private static void rotate(HostKeys keys) throws Failure {
    boolean begins = !Files.exists(keys.next());
    PublicKey key = (begins ? keys.begin() : keys.finish()).getPublic();
    list(keys);
    System.out.println(
        begins
            ? "The next key was made. Say \"doveadm reload\": clients that keep their known hosts up"
                + "\nto date learn it when they log in. When all have, say \"keys rotate\" again."
            : "The next key is the key now; say \"doveadm reload\". Clients that have not learned it"
                + "\nrefuse to connect until "
                + KeyUtils.getFingerPrint(key)
                + " stands in their known hosts.");
  }
}
