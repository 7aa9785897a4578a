package org.doveadmsshd.brain.report;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Chromium without a screen. */
final class Browser {
  private static final List<String> NAMES =
      List.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");

  private static final int LONG_SECONDS = 120;

  private final Path program;
  private final Path directory;

  private Browser(Path program, Path directory) {
    this.program = program;
    this.directory = directory;
  }

  /** The one of this machine, if there is one. */
  static Optional<Browser> find(Path directory) {
    return NAMES.stream()
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .map(each -> Path.of(each, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .map(program -> new Browser(program, directory));
  }

  /** The document after its script has run; fails when that has complained. */
  String document(Path page, String fragment) throws IOException, InterruptedException {
    return run("--dump-dom", page.toUri() + fragment);
  }

  /** What is seen of it in a window of that size. */
  BufferedImage picture(Path page, boolean dark, int width, int height)
      throws IOException, InterruptedException {
    Path file = directory.resolve("picture.png");
    run(
        "--screenshot=" + file,
        "--window-size=" + width + "," + height,
        "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
        page.toUri().toString());
    return ImageIO.read(file.toFile());
  }

  private String run(String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox", // root has none
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + directory.resolve("profile"),
                "--virtual-time-budget=5000"));
    command.addAll(List.of(words));
    Path out = directory.resolve("out");
    Path error = directory.resolve("error");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(error.toFile())
            .start();
    try {
      if (!process.waitFor(LONG_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the browser does not end");
      }
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(error, StandardCharsets.UTF_8);
    if (process.exitValue() != 0 || said.contains("CONSOLE")) {
      throw new IOException("exit code " + process.exitValue() + ": " + said);
    }
    return Files.readString(out, StandardCharsets.UTF_8);
  }
}
