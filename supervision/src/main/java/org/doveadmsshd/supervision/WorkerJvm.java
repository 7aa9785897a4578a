package org.doveadmsshd.supervision;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * The JVM of worker processes: the one that this program runs on, small, quick to start, and with
 * the worker's jars.
 *
 * @param home directory with the worker's jars in {@code lib}
 * @param made directory of what is made for this machine: the native part of JNA, and archives of
 *     classes; either may be missing. Only root may write to it
 * @param classPath the jars, always in the same order: an archive is good for one only
 */
public record WorkerJvm(Path home, Path made, String classPath) {
  private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

  /** For processes that do not live long enough for mapping functions to pay (NamedCalls). */
  public static final String NAMED_CALLS = "-Ddoveadm.glibc.named=true";

  /** From this Java on, native calls have to be allowed. */
  private static final int NATIVE_ACCESS = 22;

  /** The exit code of a JVM that has no memory left (ExitOnOutOfMemoryError). */
  public static final int OUT_OF_MEMORY = 3;

  /**
   * A property: that the user may not be able to open the jars, so that it has to be done before.
   */
  public static final String OPEN_JARS = "doveadm.worker.open-jars";

  /** Directory of the worker's program, as launchers say it to this one. */
  private static final String HOME_PROPERTY = "doveadm.worker.home";

  /** Directory of what is made for this machine, where that is not the program's. */
  private static final String MADE_PROPERTY = "doveadm.worker.made";

  /**
   * The installation that the launcher names.
   *
   * @throws Failure when there are no jars
   */
  public static WorkerJvm installed() throws Failure {
    String home = System.getProperty(HOME_PROPERTY, "worker");
    return in(
        Path.of(home).normalize(), Path.of(System.getProperty(MADE_PROPERTY, home)).normalize());
  }

  /**
   * What there is in a directory.
   *
   * @throws Failure when there are no jars
   */
  public static WorkerJvm in(Path home) throws Failure {
    return in(home, home);
  }

  private static WorkerJvm in(Path home, Path made) throws Failure {
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
    return new WorkerJvm(home, made, String.join(File.pathSeparator, classPath));
  }

  /** The archive of classes for this JVM, if there is one. */
  public Path archive() {
    return made.resolve("classes-" + Runtime.version() + ".jsa");
  }

  /** The native part of JNA for this machine: where it is, as in JNA's jar. */
  public static Path nativePart() {
    String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86-64";
    return Path.of("com/sun/jna/linux-" + arch + "/libjnidispatch.so");
  }

  /** The file that {@link #nativePart} is in, so that no worker has to unpack it. */
  public Path nativeFile() {
    return made.resolve("native").resolve(nativePart());
  }

  /** Of this JVM, such as 17. */
  public static int version() {
    return Runtime.version().feature();
  }

  /**
   * The words that start it, up to the class path. It is silent on standard output, which is the
   * supervisor's.
   */
  public List<String> command() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    if (version() >= NATIVE_ACCESS) {
      words.add("--enable-native-access=ALL-UNNAMED");
    }
    words.add("-XX:+UnlockDiagnosticVMOptions");
    if (Files.exists(nativeFile())) {
      words.add("-Djna.boot.library.path=" + nativeFile().getParent());
      words.add("-Djna.nounpack=true");
    }
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
            "-XX:+UseTransparentHugePages", // two page faults for new memory, not a thousand
            "-XX:ArchiveRelocationMode=0", // else each process has its own copy of the archive
            "-Xss512k",
            "-Djna.platform.library.path=/usr/lib", // else JNA runs ldconfig
            "-Djava.util.logging.config.file=/dev/null/none", // else it searches the jars
            "-Dslf4j.provider=org.slf4j.simple.SimpleServiceProvider",
            "-Dslf4j.internal.verbosity=WARN",
            "-Dorg.slf4j.simpleLogger.showThreadName=false",
            "-Dorg.slf4j.simpleLogger.showShortLogName=true"));
    return words;
  }

  /** Nothing of root's environment but the time zone. */
  public static void environment(Map<String, String> environment) {
    environment.keySet().retainAll(List.of("TZ"));
    environment.putAll(Map.of("PATH", PATH, "LC_ALL", "C.UTF-8", "MALLOC_ARENA_MAX", "1"));
  }

  /** Where a program of the system is: root does not use the PATH that it was started with. */
  public static String program(String name) {
    for (String directory : PATH.split(":")) {
      Path file = Path.of(directory, name);
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return "/usr/bin/" + name; // the failure to start it says that it is not there
  }
}
