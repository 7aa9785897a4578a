package org.doveadmsshd.brain.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.Runs;

/** What the {@code runs} commands say and do, of the journals that a master may see. */
public final class KeptRuns implements Runs {
  private final Journals journals;

  /** Those of the journals of a master. */
  public KeptRuns(Journals journals) {
    this.journals = journals;
  }

  @Override
  public void list(String command, Taker taker) throws Failure, IOException {
    for (JournalDirectory.Entry each : journals.directory().entries()) {
      Optional<JournalHeader> header = Journals.headerOf(each.path());
      if (header.isEmpty() || !journals.mayTouch(header.get(), command)) {
        continue;
      }
      Kept kept;
      try (JournalLook look = new JournalLook(each.path(), journals.directory())) {
        kept = look.now();
      } catch (Failure e) {
        continue; // it is damaged, or has gone meanwhile: whoever names it is told
      }
      taker.take(kept);
    }
  }

  @Override
  public Look look(String name, String command) throws Failure {
    return new JournalLook(find(name, command), journals.directory());
  }

  private Path find(String name, String command) throws Failure {
    Path file = journals.find(name);
    JournalHeader header = JournalReader.headerOf(file);
    if (!journals.mayTouch(header, command)) {
      throw Journals.none(name);
    }
    return file;
  }

  @Override
  public void cancel(String name, String command) throws Failure {
    Path file = find(name, command);
    JournalDirectory directory = journals.directory();
    if (directory.stop(file)) {
      return;
    }
    if (!directory.isWritten(file)) {
      throw new Failure(Outcome.NOT_FOUND, "The run " + name + " does not go on");
    }
    JournalLine.Resumed writer = JournalReader.writerOf(file);
    boolean here = writer.host().equals(directory.host());
    Optional<ProcessHandle> process = here ? ProcessHandle.of(writer.process()) : Optional.empty();
    if (process.isEmpty() || !process.get().destroy()) {
      throw Failure.temporary(
          "The run %s cannot be stopped from here: it is of process %d on %s"
              .formatted(name, writer.process(), writer.host()),
          null);
    }
  }
}
