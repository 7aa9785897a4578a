package org.doveadmsshd.shell;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.ssh.SshConnections;
import org.doveadmsshd.keys.KeyFile;
import org.doveadmsshd.keys.KnownHosts;
import org.doveadmsshd.protocol.Limits;

/** {@code doveadm-ssh keygen} and {@code trust}: the keys at both ends of a connection. */
final class KeyCommands {
  private static final int PORT = 2222;

  private static final Program KEYGEN = OwnCommands.program(OwnCommands.KEYGEN);
  private static final Program TRUST = OwnCommands.program(OwnCommands.TRUST);

  private KeyCommands() {}

  /** Makes an Ed25519 key to log in with. */
  static int keygen(List<String> arguments) throws Failure {
    Words words = KEYGEN.parse(arguments);
    if (KEYGEN.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (!words.positionals().isEmpty()) {
      return KEYGEN.explain();
    }
    Path home = Path.of(System.getProperty("user.home"));
    Path file = words.value("file").map(Path::of).orElse(home.resolve(".ssh/id_ed25519"));
    String usual = System.getProperty("user.name") + "@doveadm-ssh";
    KeyFile.create(file, words.value("comment").orElse(usual));
    PublicKey key = KeyFile.read(file).getPublic();
    System.out.println("The key is in " + file + ", for nobody else to see. Its public half:");
    System.out.println(PublicKeyEntry.toString(key));
    System.out.println("fingerprint " + KeyUtils.getFingerPrint(key));
    return 0;
  }

  /**
   * Shows the host key of a server, and adds it to the known hosts if the user says so.
   *
   * @param servers finds a server of the configuration by its name
   */
  static int trust(List<String> arguments, KnownHosts knownHosts, Servers servers) throws Failure {
    Words words = TRUST.parse(arguments);
    if (TRUST.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (words.positionals().size() != 1) {
      return TRUST.explain();
    }
    String name = words.positionals().get(0);
    InetSocketAddress address = servers.find(name).orElseGet(() -> address(name));
    PublicKey key = SshConnections.hostKey(address.getHostString(), address.getPort());
    String fingerprint = KeyUtils.getFingerPrint(key);
    System.out.printf(
        "%s:%d shows the host key%n  %s %s%n",
        address.getHostString(), address.getPort(), KeyUtils.getKeyType(key), fingerprint);
    boolean isKnown =
        switch (knownHosts.judge(address, key)) {
          case KNOWN -> true;
          case ANOTHER ->
              throw new Failure(
                  Outcome.NO_PERMISSION,
                  "ANOTHER KEY of this host stands in "
                      + knownHosts.file()
                      + ", or this one is revoked there. Nothing was changed: if you know it to be right, "
                      + "remove the old one first");
          case UNKNOWN -> false;
        };
    if (isKnown) {
      System.out.println("It stands in " + knownHosts.file() + " already.");
      return 0;
    }
    confirm(words.value("fingerprint"), fingerprint);
    knownHosts.add(address, key);
    System.out.println("Added to " + knownHosts.file());
    return 0;
  }

  /** Finds servers by name. */
  @FunctionalInterface
  interface Servers {
    Optional<InetSocketAddress> find(String name);
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    boolean bracketed = text.startsWith("[");
    boolean hasPort = colon > 0 && port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65535;
    if (hasPort && (bracketed || text.indexOf(':') == colon)) {
      String host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
      return InetSocketAddress.createUnresolved(host, Integer.parseInt(port));
    }
    return InetSocketAddress.createUnresolved(text.replaceAll("[\\[\\]]", ""), PORT);
  }

  /** Nothing is ever added unless a person has confirmed it, or given its fingerprint. */
  private static void confirm(Optional<String> expected, String fingerprint) throws Failure {
    if (expected.isPresent()) {
      if (!expected.get().equals(fingerprint)) {
        throw new Failure(
            Outcome.NO_PERMISSION, "That is not " + expected.get() + ". Nothing was added");
      }
      return;
    }
    if (System.console() == null || !Terminal.isAt(Terminal.IN)) {
      throw new Failure(
          Outcome.NO_PERMISSION,
          "Nobody is there to ask. Nothing was added; --fingerprint says what it must be");
    }
    String answer =
        System.console()
            .readLine(
                "Compare this with what \"doveadm-sshd keys list\" says there.%n"
                    + "Is it right? (yes, no, or the fingerprint that it must be) ");
    if (answer == null || !answer.strip().equals("yes") && !answer.strip().equals(fingerprint)) {
      throw new Failure(Outcome.NO_PERMISSION, "Nothing was added");
    }
  }
}
