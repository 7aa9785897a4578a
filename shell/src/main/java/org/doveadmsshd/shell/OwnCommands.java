package org.doveadmsshd.shell;

import java.util.List;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.console.Statements;

/** The catalog of what {@code doveadm-ssh} does itself, besides doveadm's commands. */
final class OwnCommands {
  /** The name of the program. */
  static final String PROGRAM = "doveadm-ssh";

  static final Manual TRUST =
      manual(
          "trust",
          Syntax.either(Kind.SERVER.named("server"), Kind.TEXT.named("host[:port]")),
          "confirm the host key of a server",
          """
          Shows the key by which a server is known, and adds it to the known hosts when you say so.
          """,
          Option.of(
              "fingerprint", Kind.TEXT.named("SHA256:…"), "what it must be; nobody is asked then"));

  static final Manual KEYGEN =
      manual(
          "keygen",
          Syntax.NOTHING,
          "make a key to log in with",
          """
          Makes an Ed25519 key that nobody else may read, and shows its public half for the
          administrator of the server.
          """,
          Option.of(
              'f',
              "file",
              Kind.FILE.named("file"),
              "where to put it; ~/.ssh/id_ed25519 when not given"),
          Option.of('C', "comment", Kind.TEXT.named("comment"), "to tell it from others"));

  static final Manual RUN =
      manual(
          ScriptProgram.NAME,
          Kind.FILE.named("file"),
          "carry out a script, or check it",
          """
          A script has a command on each line; - is standard input. It ends at the first command that
          fails, with its exit code, unless the script says otherwise.
          """,
          Option.flag(ScriptProgram.CHECK, "do nothing; say all that is wrong with the script"));

  static final Manual COMPLETION =
      manual(
          "completion",
          Argument.choice("shell", CompletionScript.SHELLS),
          "print a script for Tab in a shell: bash, zsh or fish",
          """
          bash   doveadm-ssh completion bash > ~/.local/share/bash-completion/completions/doveadm-ssh
          zsh    doveadm-ssh completion zsh > "${fpath[1]}/_doveadm-ssh"
          fish   doveadm-ssh completion fish > ~/.config/fish/completions/doveadm-ssh.fish
          """);

  /** All of them. */
  static final List<Manual> ALL = List.of(TRUST, KEYGEN, RUN, COMPLETION);

  /** What help and version say of the program. */
  static final About ABOUT =
      new About(
          PROGRAM,
          List.of(new About.Section("On this machine", PROGRAM + " ", ALL), Statements.section()));

  private OwnCommands() {}

  private static Manual manual(
      String name, Syntax synopsis, String summary, String text, Option... options) {
    return new Manual(name, synopsis, summary, text, List.of(options), false, Access.READ);
  }

  /** How one of them is called. */
  static Program program(Manual manual) {
    String synopsis = ("[options] " + manual.synopsis().text()).strip();
    return new Program(PROGRAM + " " + manual.name(), List.of(synopsis), manual.options());
  }
}
