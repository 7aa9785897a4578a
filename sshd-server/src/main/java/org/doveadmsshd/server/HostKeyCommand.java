package org.doveadmsshd.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.keys.HostKeys;
import org.doveadmsshd.keys.KeyFile;

/** {@code doveadm-sshd keys list|rotate}: the keys by which the server is known. */
final class HostKeyCommand {
  private HostKeyCommand() {}

  /**
   * Carries it out.
   *
   * @param words behind {@code keys}
   * @return the exit code
   */
  static int run(List<String> words, HostKeys keys) throws Failure {
    if (words.equals(List.of("list"))) {
      list(keys);
      return 0;
    }
    if (words.equals(List.of("rotate"))) {
      rotate(keys);
      return 0;
    }
    System.err.println("usage: doveadm-sshd [-c <file>] keys list|rotate");
    return Outcome.USAGE.exitCode();
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
