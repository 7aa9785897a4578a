package org.doveadmsshd.setup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.keys.PlainKeys;
import org.doveadmsshd.posix.NameService;
import org.doveadmsshd.posix.NameService.PasswdEntry;
import org.doveadmsshd.setup.dovecot.DovecotPrograms;

/**
 * The public keys by which the first master logs in.
 *
 * @param lines a line for each
 * @param from the files they are from
 */
record MasterKeys(List<String> lines, List<Path> from) {
  private static final MasterKeys NONE = new MasterKeys(List.of(), List.of());

  /**
   * Finds them: in the file that is named; else in {@code ~/.ssh/*.pub} of whoever has called sudo,
   * or of who runs this; else in the authorized_keys of who runs this.
   *
   * @return without lines when there are none
   * @throws Failure when there are none in the file that is named
   */
  static MasterKeys find(Optional<Path> named, Machine machine) throws Failure {
    if (named.isPresent()) {
      return of(List.of(named.get()))
          .orElseThrow(
              () ->
                  new Failure(
                      Outcome.DATA_ERROR,
                      named.get()
                          + ": no public key without options in it; ssh-keygen makes FILE.pub"));
    }
    for (Path home : homes(machine)) {
      Optional<MasterKeys> found = of(publicKeys(home.resolve(".ssh")));
      if (found.isPresent()) {
        return found.get();
      }
    }
    Path authorized = authorized(machine);
    return (Files.exists(authorized) ? of(List.of(authorized)) : Optional.<MasterKeys>empty())
        .orElse(NONE);
  }

  /** Of who has called sudo, and of who runs this. */
  private static List<Path> homes(Machine machine) throws Failure {
    List<Path> homes = new ArrayList<>();
    if (machine.administrator().isPresent()) {
      NameService.find(machine.administrator().get())
          .map(PasswdEntry::home)
          .ifPresent(home -> homes.add(Path.of(home)));
    }
    homes.add(machine.home());
    return homes;
  }

  private static Path authorized(Machine machine) {
    return machine.home().resolve(".ssh/authorized_keys");
  }

  /**
   * Says that there must be one.
   *
   * @throws Failure when there is none; its message says where it was looked for
   */
  void require(Machine machine) throws Failure {
    if (lines.isEmpty()) {
      throw Failure.usage(
          "No public key for the first master: none in "
              + homes(machine).get(0).resolve(".ssh/*.pub")
              + " and "
              + authorized(machine)
              + "; name one with --key FILE.pub");
    }
  }

  private static List<Path> publicKeys(Path directory) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.pub")) {
      found.forEach(files::add);
    } catch (IOException e) {
      return List.of(); // there is none, or it is not ours
    }
    files.sort(null);
    return files;
  }

  private static Optional<MasterKeys> of(List<Path> files) throws Failure {
    Set<String> lines = new LinkedHashSet<>();
    List<Path> from = new ArrayList<>();
    for (Path file : files) {
      List<String> keys = PlainKeys.of(DovecotPrograms.read(file).lines().toList());
      if (!keys.isEmpty()) {
        from.add(file);
      }
      lines.addAll(keys);
    }
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(new MasterKeys(List.copyOf(lines), from));
  }

  /** The file with the private half of the first key, where it is known. */
  Optional<Path> identity() {
    if (from.isEmpty()) {
      return Optional.empty();
    }
    String name = from.get(0).toString();
    Path half = Path.of(name.replaceFirst("\\.pub$", ""));
    return name.endsWith(".pub") && Files.exists(half) ? Optional.of(half) : Optional.empty();
  }

  String text() {
    return String.join("\n", lines) + "\n";
  }
}
