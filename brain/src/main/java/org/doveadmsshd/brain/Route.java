package org.doveadmsshd.brain;

import java.util.List;
import java.util.OptionalLong;

/**
 * The servers that a user is given to, decided once for each user of a run.
 *
 * @param servers in the order in which they are asked; none when no server may have the user
 * @param user his name there
 * @param term of his placement, where it knows one
 * @param why why there is no server; empty when there is one
 */
record Route(List<Server> servers, String user, OptionalLong term, String why) {
  Route {
    servers = List.copyOf(servers);
  }

  /** To one server, whatever the placement says. */
  static Route to(Server server, String user) {
    return new Route(List.of(server), user, OptionalLong.empty(), "");
  }

  static Route nowhere(String user, String why) {
    return new Route(List.of(), user, OptionalLong.empty(), why);
  }

  boolean isNowhere() {
    return servers.isEmpty();
  }

  /** The server that is asked first. */
  Server first() {
    return servers.get(0);
  }

  /** The same, but only to these of its servers. */
  Route among(List<Server> fewer) {
    return new Route(fewer, user, term, fewer.isEmpty() ? "No server is in use" : "");
  }

  /** What is left when the first one does not have the user. */
  Route further() {
    return new Route(
        servers.subList(1, servers.size()), user, term, "No further server may have this user");
  }
}
