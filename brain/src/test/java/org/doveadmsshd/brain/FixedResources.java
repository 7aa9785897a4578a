package org.doveadmsshd.brain;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;

/** A command line that may be carried out on these servers, and reads no files. */
class FixedResources implements Brain.Resources {
  private final List<Server> servers;
  private final MemoryBudget budget;

  FixedResources(List<Server> servers, MemoryBudget budget) {
    this.servers = servers;
    this.budget = budget;
  }

  @Override
  public List<Server> servers() {
    return servers;
  }

  @Override
  public void checkHere(String command) throws Failure {}

  @Override
  public boolean mayReadFiles() {
    return false;
  }

  @Override
  public MemoryBudget.Share memory() {
    return budget.all();
  }
}
