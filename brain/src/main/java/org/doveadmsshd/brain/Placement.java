package org.doveadmsshd.brain;

import java.util.List;

/** Says which servers may have a user, in the order in which they are asked. */
record Placement(List<Server> servers) {
  Placement {
    servers = List.copyOf(servers);
  }

  /**
   * @return none when no server is meant for the user
   */
  List<Server> of(String user) {
    return servers.stream().filter(server -> server.mayHave(user)).toList();
  }
}
