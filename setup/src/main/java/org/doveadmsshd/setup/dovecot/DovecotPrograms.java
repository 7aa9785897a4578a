package org.doveadmsshd.setup.dovecot;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Reason;

/**
 * The programs of the installed Dovecot. What they print is read up to a limit; one that takes too
 * long is killed.
 *
 * @param configuration the option {@code -c} for them; nothing for the installed one's usual file
 */
public record DovecotPrograms(Optional<Path> configuration) {
  private static final long PATIENCE_SECONDS = 30;
  private static final int SHOWN = 300;

  /** What a program has printed, and how it has ended. */
  public record Result(int code, String out, String error) {}

  /**
   * What it is configured to, with passwords.
   *
   * @throws Failure when there is no doveconf, or it fails
   */
  public Doveconf configured() throws Failure {
    Result printed;
    try {
      printed = run("doveconf", "-nP");
    } catch (IOException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "doveconf cannot be run: "
              + Reason.of(e)
              + "; where Dovecot is in a container, print it there with \"doveconf -nP > FILE\" and say"
              + " --doveconf FILE",
          e);
    }
    if (printed.code() != 0) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "doveconf -n has failed (exit code %d): %s"
              .formatted(printed.code(), lastLine(printed.error())));
    }
    return DoveconfParser.parse(printed.out(), "doveconf -nP");
  }

  /**
   * Reads what was printed elsewhere.
   *
   * @throws Failure when it cannot be read, or is none
   */
  public static Doveconf printed(Path file) throws Failure {
    return DoveconfParser.parse(read(file), file.toString());
  }

  /**
   * Reads a file that a person has written, as UTF-8; what is none becomes a replacement character.
   *
   * @throws Failure when it cannot be read, or is too long
   */
  public static String read(Path file) throws Failure {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(DoveconfParser.MOST + 1);
      if (bytes.length > DoveconfParser.MOST) {
        throw new Failure(Outcome.DATA_ERROR, file + ": it is too long for a configuration");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new Failure(Outcome.USAGE, "There is no file " + file, e);
    } catch (IOException e) {
      throw new Failure(Outcome.NO_PERMISSION, file + " cannot be read: " + Reason.of(e), e);
    }
  }

  /**
   * Runs doveadm.
   *
   * @throws IOException when it cannot be started
   * @throws Failure when it takes too long
   */
  public Result doveadm(String... words) throws IOException, Failure {
    return run("doveadm", words);
  }

  private Result run(String program, String... words) throws IOException, Failure {
    List<String> all = new ArrayList<>(List.of(program));
    configuration.ifPresent(file -> all.addAll(List.of("-c", file.toString())));
    all.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().keySet().removeIf(name -> !List.of("PATH", "TZ").contains(name));
    Process process = builder.start();
    CompletableFuture<String> out = reading(process.getInputStream());
    CompletableFuture<String> error = reading(process.getErrorStream());
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new Failure(
            Outcome.TEMPORARY_FAILURE,
            program + " has not ended within " + PATIENCE_SECONDS + " s and was killed");
      }
      return new Result(process.exitValue(), out.join(), error.join());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Outcome.CANCELLED, "Stopped while " + program + " was waited for", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** What is beyond the limit is read and forgotten, so that the program can end. */
  private static CompletableFuture<String> reading(InputStream from) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (from) {
            byte[] bytes = from.readNBytes(DoveconfParser.MOST + 1);
            from.transferTo(OutputStream.nullOutputStream());
            return new String(bytes, StandardCharsets.UTF_8);
          } catch (IOException e) {
            return ""; // it has ended
          }
        });
  }

  /** The most telling line of what a program has complained about. */
  public static String lastLine(String error) {
    List<String> lines = error.lines().filter(line -> !line.isBlank()).toList();
    String last = lines.isEmpty() ? "it says nothing" : lines.get(lines.size() - 1);
    return Printable.line(last, SHOWN);
  }
}
