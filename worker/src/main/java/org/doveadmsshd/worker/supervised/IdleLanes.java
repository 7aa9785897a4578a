package org.doveadmsshd.worker.supervised;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Lanes to worker processes that wait for a further user. Safe for several threads. */
final class IdleLanes implements Closeable {
  /** Fewer than that are not worth looking which of their processes have ended. */
  private static final int FEW = 16;

  private final Map<Path, WorkerLane> lanes = new HashMap<>();
  private int lookAt = FEW;

  /** The lane to a worker, kept or new; it is the caller's alone. */
  WorkerLane take(Path worker) throws IOException {
    WorkerLane kept;
    synchronized (this) {
      kept = lanes.remove(worker);
    }
    if (kept != null && kept.isGone()) {
      kept.close();
      kept = null;
    }
    return kept == null ? WorkerLane.open(worker) : kept;
  }

  /** Takes a lane back on which nothing is under way. */
  synchronized void keep(Path worker, WorkerLane lane) {
    if (lanes.size() >= lookAt) {
      lanes.values().removeIf(IdleLanes::closeIfGone);
      lookAt = Math.max(FEW, 2 * lanes.size());
    }
    lanes.put(worker, lane);
  }

  private static boolean closeIfGone(WorkerLane lane) {
    boolean gone = lane.isGone();
    if (gone) {
      lane.close();
    }
    return gone;
  }

  @Override
  public synchronized void close() {
    lanes.values().forEach(WorkerLane::close);
    lanes.clear();
  }
}
