package org.doveadmsshd.server;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.keys.AuthorizedKeys;
import org.doveadmsshd.server.ssh.Sessions;
import org.doveadmsshd.server.ssh.SshEndpoint;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.BackendHealth;
import org.doveadmsshd.worker.supervised.SupervisedWork;

/**
 * What there is to know of a running server: the status and the metrics are made of it.
 *
 * @param software name and version
 * @param started when
 * @param loaded when the settings in force were read
 * @param port on which it listens
 * @param metrics where it tells its metrics, if it does
 * @param supervisor the supervisor's socket, where there is to be one
 * @param workers numbers of worker processes, where there are such
 * @param executor runs what may wait
 */
record Vitals(
    String software,
    Instant started,
    Instant loaded,
    Settings settings,
    int port,
    Optional<SocketAddress> metrics,
    Sessions.Figures sessions,
    SshEndpoint.Figures connections,
    MemoryBudget.Share memory,
    List<BackendHealth> backends,
    Optional<Path> supervisor,
    Optional<SupervisedWork.Figures> workers,
    AuthorizedKeys keys,
    Executor executor) {
  /** Bytes of the heap that are in use, garbage included. */
  static long heapUsed() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
