package org.doveadmsshd.brain.placement;

import java.util.List;
import java.util.OptionalLong;

/**
 * Where a user is.
 *
 * @param servers names of the configuration, in the order in which they are asked; none when the
 *     user is placed nowhere
 * @param user his name there
 * @param term a number that grows whenever he is moved, where the placement knows one
 * @param rule what decided, for people: {@code mask *@example.org}
 */
public record Place(List<String> servers, String user, OptionalLong term, String rule) {
  public Place {
    servers = List.copyOf(servers);
  }

  /** Somewhere under his own name, without a term. */
  public static Place at(List<String> servers, String user, String rule) {
    return new Place(servers, user, OptionalLong.empty(), rule);
  }
}
