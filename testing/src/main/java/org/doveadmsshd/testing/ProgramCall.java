package org.doveadmsshd.testing;

import java.io.IOException;
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
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Dlogback.configurationFile=logback-doveadm-ssh.xml", // as bin/doveadm-ssh does
                "-Duser.home=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                main));
    line.addAll(Arrays.asList(words));
    Path out = directory.resolve("out");
    Path error = directory.resolve("error");
    Process process =
        new ProcessBuilder(line)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(error.toFile())
            .start();
    process.getOutputStream().close();
    int code = process.waitFor();
    return new ProgramCall(code, Files.readString(out), Files.readString(error));
  }
}
