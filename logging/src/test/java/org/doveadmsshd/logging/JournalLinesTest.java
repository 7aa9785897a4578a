package org.doveadmsshd.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a program writes whose standard error leads to systemd's journal. */
class JournalLinesTest {
  @TempDir Path directory;

  /** A program that has something to say. */
  static final class Speaker {
    public static void main(String[] arguments) {
      var log = LoggerFactory.getLogger("org.doveadmsshd.server.Daemon");
      log.info("It begins");
      log.warn("It is late\n<0>and more");
      log.error("It is over", new IllegalStateException("first\n<0>second"));
    }
  }

  private Path errorFile() throws IOException {
    return Files.createFile(directory.resolve("stderr"));
  }

  /** Device and inode, as the variable has them. */
  private static String stream(Path file) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(file, "unix:dev,ino");
    return attributes.get("dev") + ":" + attributes.get("ino");
  }

  private List<String> linesOf(Path error, String stream) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Speaker.class.getName())
            .redirectError(error.toFile());
    builder.environment().put("JOURNAL_STREAM", stream);
    assertThat(builder.start().waitFor()).isZero();
    return Files.readAllLines(error);
  }

  @Test
  void eachLineBeginsWithItsPriorityAndHasNoTime() throws Exception {
    Path error = errorFile();
    List<String> lines = linesOf(error, stream(error));
    assertThat(lines.subList(0, 3))
        .containsExactly("<6>It begins", "<4>It is late\uFFFD<0>and more", "<3>It is over");
    assertThat(lines.subList(3, lines.size()))
        .hasSizeGreaterThan(1)
        .allMatch(line -> line.startsWith("<3>\t"));
  }

  @Test
  void redirectedElsewhereItIsWrittenForPeople() throws Exception {
    Path error = errorFile();
    Path other = Files.createFile(directory.resolve("other"));
    assertThat(linesOf(error, stream(other)).get(0))
        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d INFO  It begins");
  }
}
