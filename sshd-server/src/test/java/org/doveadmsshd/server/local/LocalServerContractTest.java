package org.doveadmsshd.server.local;

import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.worker.Worker;

/** The promises kept by the server that the brain runs on. */
class LocalServerContractTest extends ServerContract {
  @Override
  Server open(Worker worker, Master master, int lanes) {
    return new LocalServer(worker, master, lanes, threads);
  }
}
