package org.doveadmsshd.server.local;

import java.util.List;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Server;

/** A brain's resources: one server, everything else as at a client that asks over SSH. */
record OneServer(Server server, MemoryBudget budget) implements Brain.Resources {
  @Override
  public List<Server> servers() {
    return List.of(server);
  }

  @Override
  public void checkHere(String command) {}

  @Override
  public boolean mayReadFiles() {
    return false;
  }

  @Override
  public MemoryBudget.Share memory() {
    return budget.all();
  }
}
