package org.doveadmsshd.brain;

import java.util.List;
import java.util.OptionalLong;
import org.doveadmsshd.brain.placement.Place;

/**
 * The servers that a user is given to, decided once for each user of a run.
 *
 * @param servers in the order in which they are asked; none when no server may have the user
 * @param place what the placement says of him
 * @param why why there is no server; empty when there is one
 */
record Route(List<Server> servers, Place place, String why) {
  Route {
    servers = List.copyOf(servers);
  }

  /** To one server, whatever the placement says. */
  static Route to(Server server, String user) {
    return new Route(List.of(server), Place.at(List.of(server.name()), user, "any"), "");
  }

  static Route nowhere(Place place, String why) {
    return new Route(List.of(), place, why);
  }

  /** Of the placement, where it knows one. */
  OptionalLong term() {
    return place.term();
  }

  boolean isNowhere() {
    return servers.isEmpty();
  }

  /** The user's name on these servers. */
  String user() {
    return place.user();
  }

  /** The server that is asked first. */
  Server first() {
    return servers.get(0);
  }

  /** The same, but only to these of its servers. */
  Route among(List<Server> fewer) {
    return new Route(fewer, place, fewer.isEmpty() ? "No server is in use" : "");
  }

  /** What is left when the first one does not have the user. */
  Route further() {
    return new Route(
        servers.subList(1, servers.size()), place, "No further server may have this user");
  }
}
