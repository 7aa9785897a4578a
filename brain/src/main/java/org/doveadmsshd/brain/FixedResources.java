package org.doveadmsshd.brain;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;

/** A command line that may be carried out on these servers, whatever it is, and reads no files. */
public class FixedResources implements Brain.Resources {
  private final List<Server> servers;
  private final MemoryBudget.Share memory;

  /**
   * @param memory what waits for the reader, or for the command, is drawn on this
   */
  public FixedResources(List<? extends Server> servers, MemoryBudget.Share memory) {
    this.servers = List.copyOf(servers);
    this.memory = memory;
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
    return memory;
  }
}
