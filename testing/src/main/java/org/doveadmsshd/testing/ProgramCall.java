package org.doveadmsshd.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What became of a program that was called as a shell calls it: in a process of its own, with the
 * class path of the test.
 *
 * @param code its exit code
 * @param out what it wrote to standard output
 * @param error what it wrote to standard error
 */
public record ProgramCall(int code, String out, String error) {
  /**
   * Calls a program with no input, and waits until it has ended.
   *
   * @param directory where it runs, and its user is at home; what it writes is gathered there
   * @param main the name of its class
   * @param words what stands behind its name
   */
  public static ProgramCall of(Path directory, String main, String... words)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    Path error = directory.resolve("error");
    Process process =
        new ProcessBuilder(line(directory, main, words))
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(error.toFile())
            .start();
    process.getOutputStream().close();
    int code = process.waitFor();
    return new ProgramCall(code, Files.readString(out), Files.readString(error));
  }

  /**
   * Calls a program at a terminal, where somebody answers its question. All that it writes, and
   * what is typed, is standard output then.
   *
   * @param question the end of what the program says when it waits
   * @param answer what is typed then, up to the return key
   */
  public static ProgramCall atTerminal(
      Path directory, String question, String answer, String main, String... words)
      throws IOException, InterruptedException {
    String line = "'" + String.join("' '", line(directory, main, words)) + "'";
    Process process =
        new ProcessBuilder("script", "-q", "-e", "-c", line, "/dev/null")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    boolean isAnswered = false;
    for (int next; (next = process.getInputStream().read()) >= 0; ) {
      shown.write(next);
      if (!isAnswered && shown.toString(StandardCharsets.UTF_8).endsWith(question)) {
        process.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        isAnswered = true;
      }
    }
    return new ProgramCall(process.waitFor(), shown.toString(StandardCharsets.UTF_8), "");
  }

  /** The words of the call, for those who call it in another way. */
  public static List<String> line(Path directory, String main, String... words) {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Dlogback.configurationFile=logback-doveadm-ssh.xml", // as bin/doveadm-ssh does
                "-Duser.home=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                main));
    line.addAll(Arrays.asList(words));
    return line;
  }
}
