package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.PasswordHashing;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm pw}: makes and checks password hashes. */
final class PwCommand implements Command {
  @Override
  public Manual manual() {
    return new Manual(
        "pw",
        Syntax.NOTHING,
        "make or check the hash of a password",
        """
        The password is the first line of standard input, or that of -p, where others may see it.
        One password is hashed at a time, with at most 64 MiB and for about 5 seconds; -r and
        hashes given with -t that ask for more are refused.
        """,
        List.of(
            Option.flag('l', "list", "list the schemes"),
            Option.of('p', "password", Kind.SECRET.named("password"), "the password"),
            Option.of(
                's', "scheme", Kind.TEXT.named("scheme"), "how to hash it; CRYPT when not given"),
            Option.of('r', "rounds", Kind.NUMBER.named("number"), "how much work it shall be"),
            Option.of(
                't', "test", Kind.SECRET.named("hash"), "check the password against {SCHEME}hash"),
            Option.of(
                'u',
                "user",
                Kind.USER.named("user"),
                "whose password it is: DIGEST-MD5 needs that"),
            Option.flag('V', "verify", "check the new hash, and say so")),
        false,
        Access.ADMIN);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    if (!words.positionals().isEmpty()) {
      throw Failure.usage("doveadm pw takes no arguments (-p gives the password)");
    }
    return new PwTask(
        words.has("list"),
        words.value("password"),
        words.value("scheme").orElse("CRYPT"),
        words.value("user").orElse(""),
        (int) words.number("rounds").orElse(0),
        words.value("test"),
        words.has("verify"));
  }

  private record PwTask(
      boolean lists,
      Optional<String> password,
      String scheme,
      String user,
      int rounds,
      Optional<String> test,
      boolean verifies)
      implements Task.Local {
    @Override
    public List<Column> columns() {
      return List.of(new Column("hash", Column.HIDE_TITLE));
    }

    @Override
    public Optional<String> input() {
      return lists || password.isPresent() ? Optional.empty() : Optional.of("-");
    }

    @Override
    public long memory(LocalContext context) throws Failure {
      if (test.isPresent()) {
        return context.passwords().memoryOfVerifying(test.get());
      }
      return lists ? 0 : context.passwords().memoryOfMaking(scheme);
    }

    @Override
    public void run(LocalContext context) throws Failure, IOException {
      if (lists) {
        print(context.output(), String.join(" ", context.passwords().schemes()));
        return;
      }
      String given = password.isPresent() ? password.get() : AuthCommand.password(context.input());
      await(context);
      try {
        hash(given, context);
      } finally {
        context.hashing().release();
      }
    }

    /** Waits until no other password is hashed. */
    private static void await(LocalContext context) throws Failure {
      try {
        do {
          context.output().checkpoint();
        } while (!context.hashing().tryAcquire(100, TimeUnit.MILLISECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure(Outcome.CANCELLED, "Cancelled", e);
      }
    }

    private void hash(String given, LocalContext context) throws Failure, IOException {
      PasswordHashing passwords = context.passwords();
      String hash = test.isPresent() ? test.get() : passwords.make(scheme, user, given, rounds);
      boolean checks = verifies || test.isPresent();
      if (checks && !passwords.verify(hash, user, given)) {
        throw new Failure(
            Outcome.TEMPORARY_FAILURE,
            "reverse password verification check failed: Password mismatch");
      }
      print(context.output(), checks ? hash + " (verified)" : hash);
    }

    private static void print(LocalOutput output, String line) throws Failure, IOException {
      output.row(List.of(Value.of(line)));
    }
  }
}
