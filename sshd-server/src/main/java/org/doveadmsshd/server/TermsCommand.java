package org.doveadmsshd.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.Backends;
import org.doveadmsshd.worker.term.TermTable;

/** {@code doveadm-sshd terms show|clean}: the terms that the server keeps, while it is stopped. */
final class TermsCommand {
  private static final String SHOW = "show";
  private static final String CLEAN = "clean";
  private static final String YES = "yes";

  private static final Program PROGRAM =
      new Program(
          "doveadm-sshd terms",
          List.of("[-c <file>] show", "[-c <file>] clean --yes"),
          List.of(
              Main.CONFIG,
              Option.flag(YES, "clean: no run goes on that began with an older placement")));

  private TermsCommand() {}

  /**
   * Carries it out.
   *
   * @param arguments behind {@code terms}
   * @param usual the configuration, unless these name one
   * @return the exit code
   */
  static int run(List<String> arguments, Path usual) throws Failure {
    Words words = PROGRAM.parse(arguments);
    String doing = String.join(" ", words.positionals());
    if (PROGRAM.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (!List.of(SHOW, CLEAN).contains(doing)) {
      return PROGRAM.explain();
    }
    Path file = words.value(Main.CONFIG.name()).map(Path::of).orElse(usual);
    Optional<Settings> settings = Daemon.FILE.readOrExplain(file);
    if (settings.isEmpty()) {
      return Outcome.CONFIGURATION_ERROR.exitCode();
    }
    Path directory = directory(settings.get());
    try (TermTable table = new TermTable(directory)) {
      if (doing.equals(SHOW)) {
        System.out.printf("%s: %s%n", directory, text(table.extent()));
      } else {
        checkSure(words);
        clean(table, directory, settings.get());
      }
    }
    return 0;
  }

  private static Path directory(Settings settings) throws Failure {
    Path directory =
        settings
            .work()
            .termsDirectory()
            .orElseThrow(
                () ->
                    new Failure(
                        Outcome.CONFIGURATION_ERROR,
                        "No terms are kept: terms_directory is empty"));
    if (!Files.isDirectory(directory)) {
      throw new Failure(Outcome.NOT_FOUND, "No terms have been kept yet in " + directory);
    }
    try {
      String owner = Files.getOwner(directory).getName();
      if (!owner.equals(System.getProperty("user.name"))) {
        throw new Failure(
            Outcome.NO_PERMISSION,
            "The terms in %s belong to %s: run this as that user".formatted(directory, owner));
      }
    } catch (IOException e) {
      throw Failure.temporary("Cannot read " + directory + ": " + Reason.of(e), e);
    }
    return directory;
  }

  /** Whoever has an older placement would be believed once the newer term is forgotten. */
  private static void checkSure(Words words) throws Failure {
    if (!words.has(YES)) {
      throw Failure.usage(
          "terms clean forgets the terms of users whom the userdb does not list. First wait until no"
              + " run of doveadm-ssh goes on that has begun before, then say --yes behind it");
    }
  }

  private static void clean(TermTable table, Path directory, Settings settings) throws Failure {
    Backends backends = new Backends(MemoryBudget.ofHeap().all());
    try (Backends.Opened opened = backends.open(settings)) {
      Userdb users = opened.userdb();
      TermTable.Extent before = table.extent();
      table.forgetAllBut(users);
      System.out.printf(
          "%s: %s; before there were %s%n", directory, text(table.extent()), text(before));
    } finally {
      backends.close();
    }
  }

  private static String text(TermTable.Extent extent) {
    return "%,d %s, %,d bytes"
        .formatted(extent.users(), extent.users() == 1 ? "user" : "users", extent.bytes());
  }
}
