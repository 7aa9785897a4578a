package org.doveadmsshd.posix;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Functions of glibc, looked up by name when they are called. Each call takes microseconds more
 * than one that JNA maps directly, but mapping the first takes a JVM that has just started 20 ms: a
 * process that makes few calls, or serves one user, is better off with this. Safe for several
 * threads.
 */
public final class NamedCalls {
  private static final NativeLibrary LIBRARY = NativeLibrary.getInstance("c");
  private static final Map<String, Function> FUNCTIONS = new ConcurrentHashMap<>();

  private NamedCalls() {}

  /**
   * Calls a function; errno is {@link com.sun.jna.Native#getLastError()} then.
   *
   * @param arguments Integer, Long, byte[], int[] or long[]; arrays may be written to
   * @return of a function that returns an int only the lower half counts
   */
  public static long call(String name, Object... arguments) {
    Function function = FUNCTIONS.get(name);
    if (function == null) {
      function = LIBRARY.getFunction(name);
      FUNCTIONS.put(name, function);
    }
    return function.invokeLong(arguments);
  }
}
