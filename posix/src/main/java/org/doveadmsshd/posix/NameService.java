package org.doveadmsshd.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.doveadmsshd.base.Failure;

/** glibc's getpwnam_r(3), getgrnam_r(3) and getpwent(3), directly mapped. */
public final class NameService {
  private static final int ENOENT = 2;
  private static final int ERANGE = 34;
  private static final int ESRCH = 3;
  private static final int FIRST_BUFFER = 4096;
  private static final int MAX_BUFFER = 1024 * 1024;

  /** Bytes of struct passwd: four pointers and two numbers before, one pointer behind. */
  private static final int STRUCT = 5 * Native.POINTER_SIZE + 8 + Native.POINTER_SIZE;

  static {
    Native.register(NameService.class, "c");
  }

  private NameService() {}

  /** An entry of the passwd database. */
  public record PasswdEntry(String name, long uid, long gid, String home) {
    /** Reads a struct passwd: name, password, uid, gid, gecos, home, shell. */
    static PasswdEntry of(Pointer struct) {
      int word = Native.POINTER_SIZE;
      return new PasswdEntry(
          text(struct.getPointer(0)),
          Integer.toUnsignedLong(struct.getInt(2L * word)),
          Integer.toUnsignedLong(struct.getInt(2L * word + 4)),
          text(struct.getPointer(3L * word + 8)));
    }

    private static String text(Pointer pointer) {
      return pointer == null ? "" : pointer.getString(0, StandardCharsets.UTF_8.name());
    }
  }

  /** Looks a user up. Safe for several threads. */
  public static Optional<PasswdEntry> find(String name) throws Failure {
    return find(name, NameService::getpwnam_r, PasswdEntry::of);
  }

  /** The number of a group. Safe for several threads. */
  public static Optional<Long> findGroup(String name) throws Failure {
    return find(
        name,
        NameService::getgrnam_r,
        struct -> Integer.toUnsignedLong(struct.getInt(2L * Native.POINTER_SIZE)));
  }

  /** getpwnam_r or getgrnam_r. */
  @FunctionalInterface
  private interface Lookup {
    int find(String name, Pointer struct, Pointer buffer, long size, PointerByReference result);
  }

  /**
   * @param reader copies what it needs of the struct, which is valid only until it returns
   */
  private static <T> Optional<T> find(String name, Lookup lookup, Function<Pointer, T> reader)
      throws Failure {
    Memory struct = new Memory(STRUCT);
    PointerByReference result = new PointerByReference();
    for (int size = FIRST_BUFFER; size <= MAX_BUFFER; size *= 4) {
      Memory buffer = new Memory(size);
      int error = lookup.find(name, struct, buffer, size, result);
      if (error == 0 || error == ENOENT || error == ESRCH) {
        Pointer found = error == 0 ? result.getValue() : null;
        Optional<T> read = Optional.ofNullable(found).map(reader);
        Reference.reachabilityFence(buffer);
        return read;
      }
      if (error != ERANGE) {
        throw failure(error);
      }
    }
    throw failure(ERANGE);
  }

  /** Shows all entries. One thread at a time: there is one position in the database for all. */
  public static synchronized void forEach(Consumer<PasswdEntry> visitor) throws Failure {
    setpwent();
    try {
      while (true) {
        Native.setLastError(0);
        Pointer struct = getpwent();
        if (struct == null) {
          int error = Native.getLastError();
          if (error != 0 && error != ENOENT && error != ESRCH) {
            throw failure(error);
          }
          return;
        }
        visitor.accept(PasswdEntry.of(struct));
      }
    } finally {
      endpwent();
    }
  }

  private static Failure failure(int error) {
    return Failure.temporary(
        "The system cannot look users up at the moment",
        new IllegalStateException("errno " + error));
  }

  private static native int getpwnam_r(
      String name, Pointer struct, Pointer buffer, long size, PointerByReference result);

  private static native int getgrnam_r(
      String name, Pointer struct, Pointer buffer, long size, PointerByReference result);

  private static native void setpwent();

  private static native Pointer getpwent();

  private static native void endpwent();
}
