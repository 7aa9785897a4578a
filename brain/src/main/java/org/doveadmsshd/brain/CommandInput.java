package org.doveadmsshd.brain;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.Spool;
import org.doveadmsshd.brain.journal.InputDigest;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.protocol.Limits;

/**
 * What a command reads. It is gathered before the first user is touched, so that each gets all of
 * it.
 *
 * @param spool all of it; closed with this
 */
record CommandInput(Spool spool, InputDigest digest) implements Closeable {
  private static final String STANDARD_INPUT = "standard input";

  /**
   * Reads to the end.
   *
   * @return nothing for a command that does not read
   * @throws Failure when there is nothing to read, or too much
   * @throws IOException when the client that sends it has gone
   */
  static Optional<CommandInput> read(
      Invocation invocation, Task task, Console console, Brain.Resources resources)
      throws Failure, IOException {
    Optional<String> name = task.input();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    boolean fromStandardInput = name.get().equals("-");
    if (fromStandardInput && isListOnStandardInput(invocation.users())) {
      throw Failure.usage("Standard input cannot be both the list of users and what to read");
    }
    if (fromStandardInput) {
      return Optional.of(gather(console.in(), STANDARD_INPUT, resources.memory()));
    }
    if (!resources.mayReadFiles()) {
      throw Failure.usage("The server opens no files for you; send it: ssh … < " + name.get());
    }
    try (InputStream in = Files.newInputStream(Path.of(name.get()))) {
      return Optional.of(gather(in, name.get(), resources.memory()));
    } catch (FileSystemException e) {
      String text = "Cannot read " + name.get() + ": " + Reason.of(e);
      throw new Failure(Outcome.TEMPORARY_FAILURE, text, e);
    }
  }

  private static boolean isListOnStandardInput(UserSelection users) {
    return users.file().filter("-"::equals).isPresent();
  }

  private static CommandInput gather(InputStream in, String source, MemoryBudget.Share memory)
      throws Failure, IOException {
    InputDigest.Gathering digest = new InputDigest.Gathering();
    Spool spool = new Spool(memory);
    boolean complete = false;
    try {
      byte[] buffer = new byte[64 * 1024];
      int got;
      while ((got = in.read(buffer)) > 0) {
        keep(buffer, got, spool);
        digest.add(buffer, got);
        if (spool.size() > Limits.MAX_INPUT) {
          throw new Failure(
              Outcome.DATA_ERROR,
              "There are more than %,d bytes in %s; nothing was done"
                  .formatted(Limits.MAX_INPUT, source));
        }
      }
      if (spool.size() == 0) {
        String hint =
            source.equals(STANDARD_INPUT)
                ? " (with ssh -t there never is; a script has <<END for it)"
                : "";
        throw Failure.usage("There is nothing in " + source + hint);
      }
      complete = true;
      return new CommandInput(spool, digest.end());
    } finally {
      if (!complete) {
        spool.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    spool.close();
  }

  /** A disk that takes no more is no client that has gone: who waits is told. */
  private static void keep(byte[] bytes, int count, Spool spool) throws Failure {
    try {
      spool.write(bytes, 0, count);
    } catch (IOException e) {
      throw Failure.temporary(
          "What was to be read cannot be kept meanwhile (%s); nothing was done"
              .formatted(Reason.of(e)),
          e);
    }
  }
}
