package org.doveadmsshd.setup.written;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.Sha256;
import org.doveadmsshd.base.TabLines;

/**
 * What was written, so that it can be taken back: lines of values between tabs, the first of them
 * names the format. {@code file DIGEST PATH KEPT}: a file, the SHA-256 of what was written, and
 * where the file that was there before is kept, or nothing. {@code directory PATH}: one that was
 * made. {@code owner UID GID PATH}: one that was there, and to whom it belonged.
 *
 * @param files in the order in which they were written
 * @param directories outer ones first
 * @param owners of directories that were given away
 */
public record Manifest(List<Entry> files, List<Path> directories, List<Owned> owners) {
  private static final String FORMAT = "doveadm-sshd setup 1";
  private static final long MOST = 1 << 20;

  public Manifest {
    files = List.copyOf(files);
    directories = List.copyOf(directories);
    owners = List.copyOf(owners);
  }

  /** A directory, and to whom it belonged. */
  public record Owned(Path path, NewFile.Owner owner) {}

  /**
   * A file.
   *
   * @param digest of what was written, in hexadecimal digits
   * @param kept where the one before is
   */
  public record Entry(String digest, Path path, Optional<Path> kept) {}

  static String digest(byte[] content) {
    return HexFormat.of().formatHex(Sha256.of(content));
  }

  /** What was written about a file. */
  Optional<Entry> of(Path path) {
    return files.stream().filter(entry -> entry.path().equals(path)).findFirst();
  }

  String text() {
    List<String> lines = new ArrayList<>(List.of(TabLines.line(FORMAT)));
    for (Path directory : directories) {
      lines.add(TabLines.line("directory", directory.toString()));
    }
    for (Owned each : owners) {
      lines.add(
          TabLines.line(
              "owner",
              Long.toString(each.owner().uid()),
              Long.toString(each.owner().gid()),
              each.path().toString()));
    }
    for (Entry entry : files) {
      lines.add(
          TabLines.line(
              "file",
              entry.digest(),
              entry.path().toString(),
              entry.kept().map(Path::toString).orElse("")));
    }
    return String.join("\n", lines) + "\n";
  }

  /**
   * Reads one.
   *
   * @return nothing when there is none
   * @throws Failure when it cannot be read, or is damaged
   */
  static Optional<Manifest> read(Path file) throws Failure {
    List<String> lines;
    try {
      if (Files.size(file) > MOST) {
        throw damaged(file);
      }
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new Failure(Outcome.NO_PERMISSION, file + " cannot be read: " + Reason.of(e), e);
    }
    if (lines.isEmpty() || !lines.get(0).equals(FORMAT)) {
      throw damaged(file);
    }
    List<Entry> files = new ArrayList<>();
    List<Path> directories = new ArrayList<>();
    List<Owned> owners = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> values = TabLines.values(line);
      if (values.size() == 2 && values.get(0).equals("directory")) {
        directories.add(Path.of(values.get(1)));
      } else if (values.size() == 4 && values.get(0).equals("owner") && areNumbers(values)) {
        long uid = Long.parseLong(values.get(1));
        owners.add(
            new Owned(
                Path.of(values.get(3)), new NewFile.Owner(uid, Long.parseLong(values.get(2)))));
      } else if (values.size() == 4 && values.get(0).equals("file")) {
        Optional<Path> kept =
            Optional.of(values.get(3)).filter(text -> !text.isEmpty()).map(Path::of);
        files.add(new Entry(values.get(1), Path.of(values.get(2)), kept));
      } else {
        throw damaged(file);
      }
    }
    return Optional.of(new Manifest(files, directories, owners));
  }

  private static boolean areNumbers(List<String> values) {
    return values.get(1).matches("[0-9]{1,10}") && values.get(2).matches("[0-9]{1,10}");
  }

  private static Failure damaged(Path file) {
    return new Failure(
        Outcome.DATA_ERROR, file + " is damaged, so it does not say what setup has written");
  }
}
