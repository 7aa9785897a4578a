package org.doveadmsshd.shell;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.report.ReportForm;
import org.doveadmsshd.protocol.Limits;

/** {@code doveadm-ssh report}: shows what runs have been like, from their journals. */
final class ReportCommand {
  static final String NAME = "report";
  static final String OUTPUT = "output";
  static final String CSV = "csv";
  static final String JSON = "json";
  static final String FORCE = "force";

  private static final String STANDARD_OUTPUT = "-";
  private static final int BUFFER = 64 * 1024;
  private static final Program PROGRAM = OwnCommands.program(OwnCommands.REPORT);

  private final Journals kept;
  private final Console console;

  /**
   * @param kept finds journals by the ids of their runs
   */
  ReportCommand(Journals kept, Console console) {
    this.kept = kept;
    this.console = console;
  }

  /** Carries out what the words behind {@code report} say. */
  int run(List<String> arguments) throws Failure, IOException {
    Words words = PROGRAM.parse(arguments);
    if (PROGRAM.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (words.positionals().isEmpty()) {
      return PROGRAM.explain();
    }
    if (words.has(CSV) && words.has(JSON)) {
      throw Failure.usage("--csv and --json are two reports; choose one");
    }
    ReportForm form =
        words.has(CSV) ? ReportForm.CSV : words.has(JSON) ? ReportForm.JSON : ReportForm.PAGE;
    if (form == ReportForm.PAGE && !words.has(OUTPUT)) {
      throw Failure.usage("Where is the page to go? -o run.html, or -o - for standard output");
    }
    List<Path> journals = new ArrayList<>();
    for (String name : words.positionals()) {
      journals.add(path(name, kept::find));
    }
    String output = words.value(OUTPUT).orElse(STANDARD_OUTPUT);
    if (output.equals(STANDARD_OUTPUT)) {
      write(form, journals, console.guarded().out());
    } else {
      Path file = path(output, Path::of);
      checkNoJournal(file, journals);
      write(form, journals, file, words.has(FORCE));
    }
    return 0;
  }

  /** Makes a path of a name. */
  private interface Finder {
    Path find(String name) throws Failure;
  }

  private static Path path(String name, Finder finder) throws Failure {
    try {
      return finder.find(name);
    } catch (InvalidPathException e) {
      throw new Failure(Outcome.USAGE, "No file can have the name " + name, e);
    }
  }

  /** A slip of the hand must not replace what the report is made from. */
  private static void checkNoJournal(Path file, List<Path> journals) throws Failure {
    for (Path journal : journals) {
      if (journal.toAbsolutePath().normalize().equals(file.toAbsolutePath().normalize())) {
        throw Failure.usage(file + " is a journal; the report needs a file of its own");
      }
    }
  }

  private static void write(ReportForm form, List<Path> journals, OutputStream to)
      throws Failure, IOException {
    ReportForm.About about = new ReportForm.About(Version.of(OwnCommands.PROGRAM), Instant.now());
    OutputStream out = new BufferedOutputStream(to, BUFFER);
    form.write(journals, about, out);
    out.flush();
  }

  /** Writes beside the file and renames: what is there is whole, or is what was there before. */
  private static void write(ReportForm form, List<Path> journals, Path file, boolean force)
      throws Failure {
    checkPlace(file, force);
    try {
      Path beside = Files.createTempFile(file.toAbsolutePath().getParent(), ".report", ".tmp");
      try {
        try (OutputStream out = Files.newOutputStream(beside)) {
          write(form, journals, out);
        }
        move(beside, file, force);
      } finally {
        Files.deleteIfExists(beside);
      }
    } catch (FileAlreadyExistsException e) {
      throw isThere(file);
    } catch (IOException e) {
      throw new Failure(Outcome.CANNOT_CREATE, "Cannot write " + file + ": " + Reason.of(e), e);
    }
  }

  private static void move(Path from, Path to, boolean force) throws IOException {
    if (force) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } else {
      Files.move(from, to);
    }
  }

  private static void checkPlace(Path file, boolean force) throws Failure {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new Failure(
          Outcome.CANNOT_CREATE, file + " is there and no plain file; nothing was written");
    }
    if (!force) {
      throw isThere(file);
    }
  }

  private static Failure isThere(Path file) {
    return new Failure(Outcome.CANNOT_CREATE, file + " is there already; --force takes its place");
  }
}
