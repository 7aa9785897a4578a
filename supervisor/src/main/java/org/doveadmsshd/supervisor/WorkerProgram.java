package org.doveadmsshd.supervisor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.supervision.WorkerJvm;

/**
 * How a worker process is started: by the tools of util-linux, which take from it what it must
 * never have, one after another in one process, and then by the JVM that this program runs on.
 */
record WorkerProgram(WorkerJvm jvm) implements WorkerPool.Starter {
  private static final String MAIN = "org.doveadmsshd.process.WorkerProcess";

  /** The part of the memory that a worker may have which is for objects, and what the JVM needs. */
  private static final int HEAP_PART = 2;

  private static final long OF_THE_JVM = 40L << 20;

  @Override
  public Process start(Settings.ProcessSettings settings, Path socket) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(settings, socket));
    builder.directory(Path.of("/").toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
    WorkerJvm.environment(builder.environment());
    return builder.start();
  }

  /** The words that start one. */
  List<String> command(Settings.ProcessSettings settings, Path socket) throws IOException {
    List<String> command = new ArrayList<>();
    if (settings.nice() > 0) {
      command.addAll(List.of(WorkerJvm.program("nice"), "-n", Integer.toString(settings.nice())));
    }
    command.addAll(ionice(settings.ionice()));
    command.addAll(
        List.of(
            WorkerJvm.program("setpriv"),
            "--no-new-privs",
            "--bounding-set=-all,+setuid,+setgid",
            "--inh-caps=-all",
            "--ambient-caps=-all"));
    command.addAll(jvm.command());
    command.addAll(compilation(settings.serviceCount()));
    if (Files.exists(jvm.archive())) {
      command.add("-XX:SharedArchiveFile=" + jvm.archive());
    }
    if (!isReadableForAll()) {
      command.add("-D" + WorkerJvm.OPEN_JARS + "=true");
    }
    long memory = settings.limits().memory();
    command.add("-Xmx" + Math.min(memory / HEAP_PART, memory - OF_THE_JVM));
    command.addAll(List.of("-cp", jvm.classPath(), MAIN, socket.toString()));
    return command;
  }

  /** A process for one user ends before compiling pays; a process for many soon gains from it. */
  private static List<String> compilation(int serviceCount) {
    List<String> words = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    words.add("-XX:CompileThresholdScaling=" + (serviceCount == 1 ? "100" : "0.2"));
    if (serviceCount == 1) {
      words.add(WorkerJvm.NAMED_CALLS);
    }
    return words;
  }

  /**
   * Whether everybody can get at the jars: it costs a worker less to leave them closed at first.
   */
  private boolean isReadableForAll() throws IOException {
    for (String jar : jvm.classPath().split(File.pathSeparator)) {
      if (!has(Path.of(jar), PosixFilePermission.OTHERS_READ)) {
        return false;
      }
    }
    for (Path each = jvm.home().resolve("lib").toRealPath();
        each != null;
        each = each.getParent()) {
      if (!has(each, PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return true;
  }

  private static boolean has(Path file, PosixFilePermission permission) throws IOException {
    return Files.getPosixFilePermissions(file).contains(permission);
  }

  private static List<String> ionice(String setting) {
    if (setting.isEmpty()) {
      return List.of();
    }
    if (setting.equals("idle")) {
      return List.of(WorkerJvm.program("ionice"), "-c", "3");
    }
    int colon = setting.indexOf(':');
    String level = colon < 0 ? "4" : setting.substring(colon + 1);
    return List.of(WorkerJvm.program("ionice"), "-c", "2", "-n", level);
  }
}
