package org.doveadmsshd.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.supervision.WorkerJvm;

/**
 * {@code worker-archive}: makes the archive of classes with which worker processes start faster,
 * for the JVM that it runs on, and unpacks the native part of JNA. Part of the build and of the
 * installation; without it they start slower.
 */
public final class WorkerArchive {
  private WorkerArchive() {}

  /** Starts the program. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (List.of(arguments).contains("--version")) {
      System.out.print(Version.report("worker-archive"));
      return;
    }
    Path scratch = Files.createTempDirectory("worker-archive");
    try {
      WorkerJvm jvm = WorkerJvm.installed();
      unpack(jvm);
      System.out.println(new ClassArchive(jvm).make(scratch));
    } catch (Failure e) {
      System.err.println("worker-archive: " + e.getMessage());
      System.exit(e.outcome().exitCode());
    } finally {
      remove(scratch);
    }
  }

  /** The build has done it; a package, which is for all machines, has not. */
  private static void unpack(WorkerJvm jvm) throws IOException {
    Path file = jvm.nativeFile();
    try (InputStream packed =
        WorkerArchive.class.getResourceAsStream("/" + WorkerJvm.nativePart())) {
      if (packed == null || Files.exists(file)) {
        return;
      }
      Files.createDirectories(file.getParent());
      Path aside = file.resolveSibling(file.getFileName() + ".new");
      Files.copy(packed, aside, StandardCopyOption.REPLACE_EXISTING);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void remove(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}
