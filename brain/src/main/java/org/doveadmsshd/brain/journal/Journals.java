package org.doveadmsshd.brain.journal;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * The journals that one master may see. Those of others he may as far as he may see what they do
 * now, as with {@code who} and {@code kick}. Safe for several threads.
 *
 * @param directory of the program
 * @param master who asks
 * @param others whether he may have to do with a run: the master who has begun it, and the command
 *     that is about it
 * @param namesFiles whether a journal may be any file of the machine
 */
public record Journals(
    JournalDirectory directory,
    String master,
    BiPredicate<String, String> others,
    boolean namesFiles) {
  /** Stands for the newest journal that is the master's own. */
  private static final String LAST = "last";

  /** Whether the master may have to do with a run by a command. */
  boolean mayTouch(JournalHeader header, String command) {
    return header.master().equals(master) || others.test(header.master(), command);
  }

  /**
   * The file of a journal that is to be made.
   *
   * @throws Failure where nobody may have files written
   */
  public Path named(String file) throws Failure {
    if (!namesFiles) {
      throw Failure.usage(
          "The server writes no files for you; it keeps a journal by itself (doveadm runs)");
    }
    return Path.of(file);
  }

  /**
   * The file of a journal.
   *
   * @param name {@code last}, the id of a run, or a file where these may be named
   * @throws Failure when there is none that the master may see
   */
  public Path find(String name) throws Failure {
    if (name.equals(LAST)) {
      return last();
    }
    Path ofRun = JournalDirectory.isId(name) ? directory.of(name) : null;
    if (ofRun != null && Files.exists(ofRun, LinkOption.NOFOLLOW_LINKS)) {
      return ofRun;
    }
    if (!namesFiles || ofRun != null && !Files.exists(Path.of(name), LinkOption.NOFOLLOW_LINKS)) {
      throw none(name);
    }
    return Path.of(name);
  }

  static Failure none(String name) {
    return Failure.usage("There is no run " + name + " (the command runs lists them)");
  }

  private Path last() throws Failure {
    for (JournalDirectory.Entry each : directory.entries()) {
      Optional<JournalHeader> header = headerOf(each.path());
      if (header.isPresent()
          && header.get().master().equals(master)
          && !directory.isWritten(each.path())) {
        return each.path();
      }
    }
    throw Failure.usage("There is no run to go on with (the command runs lists them)");
  }

  /** The first line; nothing of what is no journal, or has gone meanwhile. */
  static Optional<JournalHeader> headerOf(Path file) {
    try {
      return Optional.of(JournalReader.headerOf(file));
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /** What the run of a journal is, to go on with it. */
  public JournalHeader header(Path file) throws Failure {
    if (directory.isWritten(file)) {
      throw beingWritten(file);
    }
    JournalHeader header = JournalReader.headerOf(file);
    if (!header.master().equals(master) && !others.test(header.master(), header.command())) {
      throw none(header.id());
    }
    return header;
  }

  private static Failure beingWritten(Path file) {
    return new Failure(
        Outcome.TEMPORARY_FAILURE, "The journal " + file + " is being written by another run");
  }

  /**
   * Opens a journal to go on with it; the caller closes it.
   *
   * @param only which users are wanted; those that have not come to a good end when not given
   * @param repeatable whether the command may be carried out twice for a user
   */
  public EarlierRun resume(Path file, Optional<String> only, boolean repeatable) throws Failure {
    Wanted wanted = only.isPresent() ? Wanted.of(only.get()) : Wanted.unfinished(repeatable);
    if (directory.isWritten(file)) {
      throw beingWritten(file);
    }
    return EarlierRun.read(JournalFile.open(file, directory.disk()), wanted);
  }
}
