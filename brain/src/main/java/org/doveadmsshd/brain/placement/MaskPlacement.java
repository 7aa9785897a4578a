package org.doveadmsshd.brain.placement;

import java.util.List;
import org.doveadmsshd.base.UserMask;

/** Masks of users, each with its servers. The first that a user matches counts. */
public record MaskPlacement(List<Rule> rules) implements Placement {
  /**
   * The users of a mask.
   *
   * @param servers names of the configuration, at least one
   */
  public record Rule(UserMask mask, List<String> servers) {
    public Rule {
      servers = List.copyOf(servers);
    }
  }

  public MaskPlacement {
    rules = List.copyOf(rules);
  }

  @Override
  public String driver() {
    return "static";
  }

  @Override
  public Place of(String user) {
    for (Rule rule : rules) {
      if (rule.mask().matches(user)) {
        return Place.at(rule.servers(), user, "mask " + rule.mask().text());
      }
    }
    return Place.at(List.of(), user, "no mask");
  }
}
