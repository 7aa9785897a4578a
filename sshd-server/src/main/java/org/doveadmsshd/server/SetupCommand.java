package org.doveadmsshd.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.setup.Machine;
import org.doveadmsshd.setup.Setup;
import org.doveadmsshd.setup.SetupRequest;

/** {@code doveadm-sshd setup}: makes a configuration of the installed Dovecot's. */
final class SetupCommand {
  private static final String UNDO = "undo";

  private static final Program PROGRAM =
      new Program(
          "doveadm-sshd setup",
          List.of("[options]", "[-c <file>] --undo"),
          List.of(
              Option.of('c', "config", Kind.FILE.named("file"), "configuration to write"),
              Option.flag("dry-run", "look and say, but write nothing"),
              Option.flag("force", "replace files that are there; they are kept beside"),
              Option.flag(UNDO, "take back what setup has written"),
              Option.of("key", Kind.FILE.named("file"), "public key of the first master"),
              Option.of("master", Kind.MASTER.named("name"), "his name, by default admin"),
              Option.of("listen", Kind.TEXT.named("addresses"), "by default 127.0.0.1 ::1"),
              Option.of("port", Kind.TEXT.named("port"), "by default 2222"),
              Option.of('u', "user", Kind.USER.named("user"), "open this mail user, too")
                  .repeatable(),
              Option.of(
                  "dovecot-config",
                  Kind.FILE.named("file"),
                  "Dovecot's configuration, if not the usual one"),
              Option.of(
                  "doveconf",
                  Kind.FILE.named("file"),
                  "what \"doveconf -nP\" has printed elsewhere")));

  private SetupCommand() {}

  /**
   * Carries it out.
   *
   * @param arguments behind {@code setup}
   * @param usual the configuration, unless these name one
   * @return the exit code
   */
  static int run(List<String> arguments, Path usual) throws Failure {
    Words words = PROGRAM.parse(arguments);
    if (PROGRAM.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (!words.positionals().isEmpty()) {
      return PROGRAM.explain();
    }
    Setup setup = new Setup(request(words, usual), Machine.here(), new LocalMail(), System.out);
    return words.has(UNDO) ? setup.undo() : setup.run();
  }

  private static SetupRequest request(Words words, Path usual) throws Failure {
    String master = words.value("master").orElse("admin");
    if (!master.matches("[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,127}")) {
      throw Failure.usage("--master: not a name that a master can have");
    }
    String port = words.value("port").orElse("2222");
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
      throw Failure.usage("--port: expected a port from 0 to 65535");
    }
    List<String> listen =
        List.of(words.value("listen").orElse("127.0.0.1 ::1").strip().split("[\\s,]+"));
    if (!listen.stream().allMatch(address -> address.matches("[0-9A-Za-z.:%-]{1,64}"))) {
      throw Failure.usage("--listen: expected addresses, such as 0.0.0.0 or \"192.0.2.1 ::1\"");
    }
    return new SetupRequest(
        path(words, "config").orElse(usual.toAbsolutePath().normalize()),
        path(words, "dovecot-config"),
        path(words, "doveconf"),
        path(words, "key"),
        master,
        listen,
        Integer.parseInt(port),
        words.value("user").map(text -> List.of(text.split(Option.AGAIN))).orElse(List.of()),
        words.has("dry-run"),
        words.has("force"));
  }

  private static Optional<Path> path(Words words, String option) {
    return words.value(option).map(text -> Path.of(text).toAbsolutePath().normalize());
  }
}
