package org.doveadmsshd.server.ssh;

import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** A server, and a client of it: what each test of one begins with, and ends. */
abstract class CalledServer {
  MemorySite site;
  Caller caller;

  CalledServer() {
    this(plan -> {});
  }

  /** A server that differs from the usual one. */
  CalledServer(Consumer<MemorySite.Plan> changes) {
    start(changes);
  }

  private void start(Consumer<MemorySite.Plan> changes) {
    site = new MemorySite(changes);
    caller = new Caller(site);
  }

  @AfterEach
  void stop() throws Exception {
    caller.close();
    site.close();
  }

  /** Another server in the place of the first. */
  void restart(Consumer<MemorySite.Plan> changes) throws Exception {
    stop();
    start(changes);
  }
}
