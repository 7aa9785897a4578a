package org.doveadmsshd.server.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.settings.Settings;

/**
 * How a worker process is started: by the tools of util-linux, which take from it what it must
 * never have, one after another in one process, and then by the JVM.
 *
 * @param javaHome the JVM that is used
 * @param options for it
 * @param classPath of the worker
 */
public record WorkerProgram(Path javaHome, List<String> options, String classPath) {
  private static final String MAIN = "org.doveadmsshd.worker.process.WorkerProcess";
  private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

  /** The part of the memory that a worker may have which is for objects. */
  private static final int HEAP_PART = 2;

  public WorkerProgram {
    options = List.copyOf(options);
  }

  /** Starts one, which listens at that path. */
  Process start(Settings.ProcessSettings settings, Path socket) throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(limits(settings.limits()));
    if (settings.nice() > 0) {
      command.addAll(List.of("nice", "-n", Integer.toString(settings.nice())));
    }
    command.addAll(ionice(settings.ionice()));
    command.addAll(
        List.of(
            "setpriv",
            "--no-new-privs",
            "--bounding-set=-all,+setuid,+setgid",
            "--inh-caps=-all",
            "--ambient-caps=-all"));
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(options);
    command.add("-Xmx" + settings.limits().memory() / HEAP_PART);
    command.addAll(List.of("-cp", classPath, MAIN, socket.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(Path.of("/").toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
    environment(builder.environment());
    return builder.start();
  }

  /** Nothing of root's environment but the time zone. */
  private static void environment(Map<String, String> environment) {
    environment.keySet().retainAll(List.of("TZ"));
    environment.putAll(Map.of("PATH", PATH, "LC_ALL", "C.UTF-8", "MALLOC_ARENA_MAX", "1"));
  }

  private static List<String> limits(Settings.ResourceLimits limits) {
    List<String> words = new ArrayList<>(List.of("prlimit", "--core=" + limits.core()));
    words.add("--data=" + limits.memory());
    if (limits.openFiles() > 0) {
      words.add("--nofile=" + limits.openFiles());
    }
    if (limits.cpuSeconds() > 0) {
      words.add("--cpu=" + limits.cpuSeconds());
    }
    if (limits.fileSize() > 0) {
      words.add("--fsize=" + limits.fileSize());
    }
    return words;
  }

  private static List<String> ionice(String setting) {
    if (setting.isEmpty()) {
      return List.of();
    }
    if (setting.equals("idle")) {
      return List.of("ionice", "-c", "3");
    }
    int colon = setting.indexOf(':');
    String level = colon < 0 ? "4" : setting.substring(colon + 1);
    return List.of("ionice", "-c", "2", "-n", level);
  }
}
