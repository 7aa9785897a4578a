package org.doveadmsshd.system.model;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.posix.NamedCalls;

/**
 * The rights with which a thread looks at files. Where tests run as root, mail belongs to a user
 * without rights, and threads that work on it do so as that user. Elsewhere nothing changes.
 */
final class Rights {
  static final int NOBODY = 65534;
  static final boolean ROOT = System.getProperty("user.name").equals("root");

  private Rights() {}

  /** Something that touches files. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws Exception;
  }

  /** Does it as the owner of the mail. */
  static <T> T asUser(Work<T> work) throws Exception {
    if (!ROOT) {
      return work.run();
    }
    set(NOBODY);
    try {
      return work.run();
    } finally {
      set(0);
    }
  }

  /** These concern the calling thread only. */
  private static void set(int id) {
    if (id == 0) {
      NamedCalls.call("setfsuid", id);
      NamedCalls.call("setfsgid", id);
    } else {
      NamedCalls.call("setfsgid", id);
      NamedCalls.call("setfsuid", id);
    }
  }

  /** Loads what may be needed, as the user may not read the classes. */
  static void prepare() throws Exception {
    NativeLibrary.getInstance("c").getFunction("setfsuid");
    for (String name : List.of("base", "posix", "protocol", "storage", "command", "system/model")) {
      String folder = "org/doveadmsshd/" + name;
      var urls = CommandCatalog.class.getClassLoader().getResources(folder);
      while (urls.hasMoreElements()) {
        load(urls.nextElement().toURI(), folder);
      }
    }
  }

  private static void load(URI place, String folder) throws Exception {
    if (place.getScheme().equals("file")) {
      load(Path.of(place), folder);
      return;
    }
    try (FileSystem jar = FileSystems.newFileSystem(place, java.util.Map.of())) {
      load(jar.getPath("/" + folder), folder);
    }
  }

  private static void load(Path directory, String folder) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = directory.relativize(file).toString();
        if (name.endsWith(".class") && !name.endsWith("package-info.class")) {
          String full = folder + "/" + name.substring(0, name.length() - 6);
          try {
            Class.forName(full.replace('/', '.'));
          } catch (ReflectiveOperationException | LinkageError e) {
            // one that is not needed here
          }
        }
      }
    }
  }
}
