package org.doveadmsshd.server.supervisor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.worker.process.WorkerProcess;

/**
 * How a worker process is started: by the tools of util-linux, which take from it what it must
 * never have, one after another in one process, and then by the JVM that this program runs on.
 *
 * @param home directory with the worker's jars in {@code lib}, the native part of JNA, and archives
 *     of classes
 * @param classPath the jars, always in the same order: an archive is good for one only
 */
public record WorkerProgram(Path home, String classPath) {
  private static final String MAIN = "org.doveadmsshd.worker.process.WorkerProcess";
  private static final String REHEARSAL = "org.doveadmsshd.worker.process.Rehearsal";
  private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

  /** For who does not live long enough for functions to be mapped (NamedCalls). */
  private static final String NAMED_CALLS = "-Ddoveadm.glibc.named=true";

  /** From this Java on, the classes of an archive can be linked in it (JEP 483). */
  private static final int CLASS_LINKING = 24;

  /** From this Java on, native calls have to be allowed. */
  private static final int NATIVE_ACCESS = 22;

  /** The part of the memory that a worker may have which is for objects, and what the JVM needs. */
  private static final int HEAP_PART = 2;

  private static final long OF_THE_JVM = 40L << 20;

  /**
   * What there is in a directory.
   *
   * @throws Failure when there are no jars
   */
  public static WorkerProgram in(Path home) throws Failure {
    Path library = home.resolve("lib");
    String[] jars = library.toFile().list((directory, name) -> name.endsWith(".jar"));
    if (jars == null || jars.length == 0) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "the worker's jars are not in " + library + ": build it");
    }
    List<String> classPath = new ArrayList<>();
    for (String jar : jars) {
      classPath.add(library.resolve(jar).toString());
    }
    classPath.sort(null);
    return new WorkerProgram(home, String.join(File.pathSeparator, classPath));
  }

  /** Starts one, which listens at that path. */
  Process start(Settings.ProcessSettings settings, Path socket) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(settings, socket));
    builder.directory(Path.of("/").toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
    environment(builder.environment());
    return builder.start();
  }

  /** The words that start one. */
  List<String> command(Settings.ProcessSettings settings, Path socket) throws IOException {
    List<String> command = new ArrayList<>();
    if (settings.nice() > 0) {
      command.addAll(List.of(program("nice"), "-n", Integer.toString(settings.nice())));
    }
    command.addAll(ionice(settings.ionice()));
    command.addAll(
        List.of(
            program("setpriv"),
            "--no-new-privs",
            "--bounding-set=-all,+setuid,+setgid",
            "--inh-caps=-all",
            "--ambient-caps=-all"));
    command.addAll(java());
    command.addAll(compilation(settings.serviceCount()));
    if (Files.exists(archive())) {
      command.add("-XX:SharedArchiveFile=" + archive());
    }
    if (!isReadableForAll()) {
      command.add("-D" + WorkerProcess.OPEN_JARS + "=true");
    }
    long memory = settings.limits().memory();
    command.add("-Xmx" + Math.min(memory / HEAP_PART, memory - OF_THE_JVM));
    command.addAll(List.of("-cp", classPath, MAIN, socket.toString()));
    return command;
  }

  /** Starts one that keeps its identity, listens at that path, and lists the classes it loads. */
  Process rehearse(Path socket, Path classes, Path log) throws IOException {
    List<String> words =
        List.of(
            NAMED_CALLS,
            "-Xshare:off",
            "-XX:DumpLoadedClassList=" + classes,
            "-cp",
            classPath,
            REHEARSAL,
            socket.toString());
    return prepare(words, log);
  }

  /** Starts a JVM that makes the archive of the classes in a list. */
  Process dump(Path classes, Path log) throws IOException {
    List<String> words = new ArrayList<>();
    words.add("-Xshare:dump");
    words.add("-XX:SharedClassListFile=" + classes);
    words.add("-XX:SharedArchiveFile=" + archive());
    if (version() >= CLASS_LINKING) {
      words.add("-XX:+AOTClassLinking");
    }
    words.addAll(List.of("-cp", classPath));
    return prepare(words, log);
  }

  private Process prepare(List<String> words, Path log) throws IOException {
    List<String> command = new ArrayList<>(List.of(program("setpriv"), "--no-new-privs"));
    command.addAll(java());
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    environment(builder.environment());
    return builder.start();
  }

  /** Who serves one user is gone before compiling pays; who serves many is better at it soon. */
  private static List<String> compilation(int serviceCount) {
    List<String> words = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    words.add("-XX:CompileThresholdScaling=" + (serviceCount == 1 ? "100" : "0.2"));
    if (serviceCount == 1) {
      words.add(NAMED_CALLS);
    }
    return words;
  }

  /**
   * Whether everybody can get at the jars: it costs a worker less to leave them closed at first.
   */
  private boolean isReadableForAll() throws IOException {
    for (String jar : classPath.split(File.pathSeparator)) {
      if (!has(Path.of(jar), PosixFilePermission.OTHERS_READ)) {
        return false;
      }
    }
    for (Path each = home.resolve("lib").toRealPath(); each != null; each = each.getParent()) {
      if (!has(each, PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return true;
  }

  private static boolean has(Path file, PosixFilePermission permission) throws IOException {
    return Files.getPosixFilePermissions(file).contains(permission);
  }

  private static int version() {
    return Runtime.version().feature();
  }

  /** The archive of classes for this JVM, if there is one. */
  Path archive() {
    return home.resolve("classes-" + Runtime.version() + ".jsa");
  }

  /**
   * The JVM as it is for workers: small, quick to start, and silent on standard output, which is
   * the supervisor's.
   */
  private List<String> java() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    if (version() >= NATIVE_ACCESS) {
      words.add("--enable-native-access=ALL-UNNAMED");
    }
    words.add("-XX:+UnlockDiagnosticVMOptions");
    String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86-64";
    Path jna = home.resolve("native/com/sun/jna/linux-" + arch);
    words.addAll(
        List.of(
            "-XX:+DisplayVMOutputToStderr",
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData", // its files would belong to root, and be in the way of the user
            "-XX:+UseSerialGC",
            "-XX:StackShadowPages=10", // pages that each new thread touches
            "-XX:StringTableSize=1024", // there are few, and each page that is touched costs
            "-Xms8m",
            "-Xmn4m",
            "-XX:+UseTransparentHugePages", // two faults for what is new, not a thousand
            "-XX:ArchiveRelocationMode=0", // else each has a copy of the archive of its own
            "-Xss512k",
            "-Djna.boot.library.path=" + jna,
            "-Djna.nounpack=true",
            "-Djna.platform.library.path=/usr/lib", // else JNA runs ldconfig
            "-Djava.util.logging.config.file=/dev/null/none", // else it searches the jars
            "-Dslf4j.provider=org.slf4j.simple.SimpleServiceProvider",
            "-Dslf4j.internal.verbosity=WARN",
            "-Dorg.slf4j.simpleLogger.showThreadName=false",
            "-Dorg.slf4j.simpleLogger.showShortLogName=true"));
    return words;
  }

  /** Nothing of root's environment but the time zone. */
  private static void environment(Map<String, String> environment) {
    environment.keySet().retainAll(List.of("TZ"));
    environment.putAll(Map.of("PATH", PATH, "LC_ALL", "C.UTF-8", "MALLOC_ARENA_MAX", "1"));
  }

  /** Where a program of the system is: root does not go by whatever PATH it was started with. */
  private static String program(String name) {
    for (String directory : PATH.split(":")) {
      Path file = Path.of(directory, name);
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return "/usr/bin/" + name; // the failure to start it says that it is not there
  }

  private static List<String> ionice(String setting) {
    if (setting.isEmpty()) {
      return List.of();
    }
    if (setting.equals("idle")) {
      return List.of(program("ionice"), "-c", "3");
    }
    int colon = setting.indexOf(':');
    String level = colon < 0 ? "4" : setting.substring(colon + 1);
    return List.of(program("ionice"), "-c", "2", "-n", level);
  }
}
