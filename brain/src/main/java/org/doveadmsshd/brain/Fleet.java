package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.placement.Place;
import org.doveadmsshd.brain.placement.Placement;

/** The servers of a run, and which of them a user is given to. Safe for several threads. */
final class Fleet {
  private final Map<String, Server> servers = new LinkedHashMap<>();
  private final Placement placement;

  /**
   * @throws Failure when two of them have one name: nobody could say which of them a user is on
   */
  Fleet(List<Server> servers, Placement placement) throws Failure {
    for (Server server : servers) {
      if (this.servers.put(server.name(), server) != null) {
        throw new Failure(
            Outcome.CONFIGURATION_ERROR, "There are two servers with the name " + server.name());
      }
    }
    this.placement = placement;
  }

  List<Server> servers() {
    return List.copyOf(servers.values());
  }

  /** How it is found out where a user is. */
  String driver() {
    return placement.driver();
  }

  /** Whether a server that lists a user works on him, wherever he is placed. */
  boolean isAnyones() {
    return !placement.isExclusive();
  }

  /**
   * Decides about a user.
   *
   * @throws Failure when the placement cannot say
   */
  Route route(String user) throws Failure {
    Place place = placement.of(user);
    List<Server> usable = new ArrayList<>();
    for (String name : place.servers()) {
      Server server = servers.get(name);
      if (server != null && server.mayHave(place.user())) {
        usable.add(server);
      } else if (usable.isEmpty() && placement.isExclusive()) {
        return Route.nowhere(place, refusal(name, server));
      }
    }
    return usable.isEmpty()
        ? Route.nowhere(place, "No server is meant for this user")
        : new Route(usable, place, "");
  }

  /** Says how many users are not where they were listed. */
  static String misplaced(long users) {
    return users == 1
        ? "1 user was listed by a server that he is not placed on"
        : "%,d users were listed by servers that they are not placed on".formatted(users);
  }

  private static String refusal(String name, Server server) {
    return server == null
        ? "The user is placed on " + name + ", which is not among the servers of this run"
        : "The user is placed on " + name + ", whose setting users leaves him out";
  }
}
