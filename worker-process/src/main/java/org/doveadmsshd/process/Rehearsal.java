package org.doveadmsshd.process;

import java.nio.file.Path;
import org.doveadmsshd.supervision.Identity;

/**
 * A worker process that keeps its identity, and so needs no rights: its JVM notes what a worker
 * needs, for the archive of classes with which workers start faster ({@code bin/worker-archive}).
 */
public final class Rehearsal extends WorkerProcess {
  private Rehearsal(Path socket) {
    super(socket);
  }

  /**
   * Starts the program.
   *
   * @param arguments where to listen
   */
  public static void main(String[] arguments) {
    new Rehearsal(Path.of(arguments[0])).serve();
  }

  @Override
  void become(Identity wanted) {
    // it keeps its own
  }

  @Override
  void end(int code) {
    System.exit(code); // the JVM writes what it has noted
  }
}
