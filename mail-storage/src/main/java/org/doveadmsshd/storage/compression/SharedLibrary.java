package org.doveadmsshd.storage.compression;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.doveadmsshd.posix.NamedCalls;

/** A library of the system, which is loaded when it is first needed. Safe for several threads. */
final class SharedLibrary {
  static final SharedLibrary ZSTD = new SharedLibrary("libzstd.so.1");
  static final SharedLibrary LZ4 = new SharedLibrary("liblz4.so.1");

  /** Debian gives it the first of the names, others the second. */
  static final SharedLibrary BZIP2 = new SharedLibrary("libbz2.so.1.0", "libbz2.so.1");

  static final SharedLibrary LZMA = new SharedLibrary("liblzma.so.5");

  /** RTLD_LAZY. */
  private static final int LAZILY = 1;

  private final List<String> names;
  private final Map<String, Function> functions = new ConcurrentHashMap<>();
  private volatile NativeLibrary library;

  private SharedLibrary(String... names) {
    this.names = List.of(names);
  }

  /**
   * Loads all that there are, for a thread that cannot open their files any more later: what is
   * loaded is found by its name. By JNA it would take a JVM that has just started ten times as
   * long.
   */
  static void loadAll() {
    try {
      for (SharedLibrary each : List.of(ZSTD, LZ4, BZIP2, LZMA)) {
        for (String name : each.names) {
          NamedCalls.call("dlopen", (name + "\0").getBytes(StandardCharsets.US_ASCII), LAZILY);
        }
      }
    } catch (UnsatisfiedLinkError e) {
      // an old glibc has dlopen elsewhere: the mail that needs a library says that there is none
    }
  }

  /**
   * Calls a function.
   *
   * @param arguments Integer, Long (also for addresses), or byte[], which may be written to
   * @return of a function that returns an int only the lower half counts
   * @throws CompressionException when this machine does not have the library
   */
  long call(String name, Object... arguments) throws CompressionException {
    Function function = functions.get(name);
    if (function == null) {
      try {
        function = library().getFunction(name);
      } catch (UnsatisfiedLinkError e) {
        throw new CompressionException("the " + names.get(0) + " of this machine is too old", e);
      }
      functions.put(name, function);
    }
    return function.invokeLong(arguments);
  }

  private NativeLibrary library() throws CompressionException {
    NativeLibrary loaded = library;
    for (int i = 0; loaded == null; i++) {
      try {
        loaded = NativeLibrary.getInstance(names.get(i));
      } catch (UnsatisfiedLinkError e) {
        if (i == names.size() - 1) {
          throw new CompressionException("this machine has no " + names.get(0), e);
        }
      }
    }
    library = loaded;
    return loaded;
  }
}
