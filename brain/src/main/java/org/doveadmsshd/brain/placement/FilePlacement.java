package org.doveadmsshd.brain.placement;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Reason;

/**
 * Users are where a file of lines {@code user server[,server] [term]} says, which is read again
 * when it changes. A file with a line that cannot be understood is refused as a whole: nobody is
 * worked on by what is in doubt.
 *
 * <p>In memory is an index of 8 bytes for each line; the line itself is read when it is asked for.
 * So the file should be replaced, by renaming a new one, rather than overwritten.
 */
public final class FilePlacement implements Placement, Closeable {
  /** What tells one state of a file from another. */
  private static final String STATUS = "unix:ino,dev,size,lastModifiedTime,ctime";

  /** A file that has changed within this time may change once more without showing it. */
  private static final long TICK_MILLIS = 2000;

  /** How often a lookup begins anew because the file is another one now. */
  private static final int ATTEMPTS = 3;

  private final Path file;
  private final Set<String> servers;
  private final MemoryBudget.Share memory;

  /** The file as it was read last; null before that. */
  private volatile Loaded loaded;

  /**
   * What came of reading the file.
   *
   * @param millis when it was read, since 1970
   * @param index null when it cannot be used
   * @param mistake why it cannot be used; null when it can
   */
  private record Loaded(Map<String, Object> status, long millis, LineIndex index, Failure mistake) {
    boolean isOf(Map<String, Object> now) {
      boolean isSettled = millis - ((FileTime) status.get("ctime")).toMillis() > TICK_MILLIS;
      boolean isRecent = Math.abs(System.currentTimeMillis() - millis) < TICK_MILLIS;
      return status.equals(now) && (isSettled || isRecent) && (index == null || index.isOpen());
    }
  }

  /**
   * @param servers names that may stand there
   * @param memory draws the index
   */
  public FilePlacement(Path file, Set<String> servers, MemoryBudget.Share memory) {
    this.file = file;
    this.servers = Set.copyOf(servers);
    this.memory = memory;
  }

  /**
   * Reads the file, if that has not been done.
   *
   * @throws Failure that names the first line that cannot be understood, with its number
   */
  public void load() throws Failure {
    try {
      Failure mistake = current().mistake();
      if (mistake != null) {
        throw mistake;
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public Place of(String user) throws Failure {
    try {
      for (int attempt = 1; ; attempt++) {
        Loaded known = current();
        if (known.mistake() != null) {
          throw Failure.temporary(known.mistake().getMessage(), known.mistake());
        }
        try {
          return known.index().find(user).map(line -> line.place(user)).orElse(nowhere(user));
        } catch (ClosedChannelException e) { // another thread has met a new file meanwhile
          if (attempt == ATTEMPTS) {
            throw e;
          }
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public String driver() {
    return "static";
  }

  private static Place nowhere(String user) {
    return Place.at(List.of(), user, "no line of the file");
  }

  private Loaded current() throws IOException {
    Map<String, Object> now = Files.readAttributes(file, STATUS);
    Loaded known = loaded;
    return known != null && known.isOf(now) ? known : loadAgain();
  }

  private synchronized Loaded loadAgain() throws IOException {
    long moment = System.currentTimeMillis();
    Map<String, Object> now = Files.readAttributes(file, STATUS);
    Loaded known = loaded;
    if (known != null && known.isOf(now)) {
      return known; // another thread has read it meanwhile
    }
    close();
    try {
      loaded = new Loaded(now, moment, LineIndex.read(file, servers, memory), null);
    } catch (Failure e) {
      loaded = new Loaded(now, moment, null, e);
    }
    return loaded;
  }

  private Failure unreadable(IOException e) {
    return Failure.temporary(
        "The file of placements " + file + " cannot be read: " + Reason.of(e), e);
  }

  @Override
  public synchronized void close() {
    Loaded known = loaded;
    loaded = null;
    if (known != null && known.index() != null) {
      known.index().close();
    }
  }
}
