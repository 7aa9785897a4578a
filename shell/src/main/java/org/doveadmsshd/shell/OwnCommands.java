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

  static final Manual SERVERS =
      manual(
          Access.WRITE,
          ServersCommand.NAME,
          Syntax.of(
              Syntax.maybe(Syntax.word("drain", "up", "down")),
              Syntax.anyNumber(Kind.SERVER.named("server"))),
          "how the servers are; drain some, or bring them up again",
          """
          Asks all servers at once how they are, or those that are named, and prints a row for each:
          whether it is up, how many lanes it has, how many of them the last run that was written
          down has used and how many users a second it did there, how long a question and its answer
          take, by how much its clock is ahead of ours, its version. The exit code is 75 when one of
          them does not answer.

          drain  no further user is begun there, by no run on this machine; users under way end
          down   as drain, and what is under way there is stopped; it is not connected to
          up     it is used again
          """,
          Option.of(
              ServersCommand.TIMEOUT, Kind.SPAN.named("time"), "how long a server may take; 10s"),
          Option.flag(ServersCommand.YES, "drain the last servers, too"));

  static final Manual REPORT =
      manual(
          ReportCommand.NAME,
          Syntax.several(Kind.FILE.named("journal")),
          "show what runs have been like, from their journals",
          """
          Writes a page for a browser that needs nothing else: what failed and where, users a second, the lanes of
          each server, how long users took, and a table of users. It has the names of users and what servers said of
          them; the file is for its owner alone. Several journals become one report. A journal is a file, the id of a
          run as runs shows it, or last.
          """,
          Option.of(
              'o',
              ReportCommand.OUTPUT,
              Kind.FILE.named("file"),
              "where to; - is standard output, as without it for --csv and --json"),
          Option.flag(ReportCommand.CSV, "a line for each user instead"),
          Option.flag(ReportCommand.JSON, "one object with all users and numbers instead"),
          Option.flag(ReportCommand.FORCE, "take the place of a file that is there"));

  static final Manual WHERE =
      manual(
          "where",
          Syntax.anyNumber(Kind.USER_MASK.named("user")),
          "say on which server users are, and why",
          """
          A row for each user: on which servers he is, in the order in which they are asked, by
          which rule of the placement, and its term if it knows one. No server is asked for users
          who are named; for a mask, and for -A, the servers list their users.
          """,
          Option.of(
              'u', "user", Kind.USER_MASK.named("user"), "this user, or all that match a mask"),
          Option.flag('A', "all-users", "all users"));

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

  /** Those that work on the configured servers, in a shell and in scripts, too. */
  static final List<Manual> ON_SERVERS = List.of(SERVERS, WHERE);

  /** All of them. */
  static final List<Manual> ALL = List.of(SERVERS, WHERE, TRUST, KEYGEN, RUN, REPORT, COMPLETION);

  /** What help and version say of the program. */
  static final About ABOUT =
      new About(
          PROGRAM,
          List.of(new About.Section("On this machine", PROGRAM + " ", ALL), Statements.section()));

  private OwnCommands() {}

  private static Manual manual(
      String name, Syntax synopsis, String summary, String text, Option... options) {
    return manual(Access.READ, name, synopsis, summary, text, options);
  }

  private static Manual manual(
      Access access, String name, Syntax synopsis, String summary, String text, Option... options) {
    return new Manual(name, synopsis, summary, text, List.of(options), false, access);
  }

  /** How one of them is called. */
  static Program program(Manual manual) {
    String synopsis = ("[options] " + manual.synopsis().text()).strip();
    return new Program(PROGRAM + " " + manual.name(), List.of(synopsis), manual.options());
  }
}
