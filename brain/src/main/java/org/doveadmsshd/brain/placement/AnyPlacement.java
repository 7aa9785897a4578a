package org.doveadmsshd.brain.placement;

import java.util.List;

/** A user may be on any server. */
public record AnyPlacement(List<String> servers) implements Placement {
  public AnyPlacement {
    servers = List.copyOf(servers);
  }

  @Override
  public Place of(String user) {
    return Place.at(servers, user, "any");
  }

  @Override
  public String driver() {
    return "any";
  }

  @Override
  public boolean isExclusive() {
    return false;
  }
}
