package org.doveadmsshd.brain;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * Which servers a run uses, as administrators say while it goes on. Safe for several threads.
 *
 * <p>A server that is drained gets no further users until it is up again. One that has been down is
 * not used again by the same run: what it had been asked to stop is not begun anew.
 */
final class ServersInUse {
  private final boolean ofUsers;

  /** Servers that have been down, and since when by {@link System#nanoTime}. */
  private final Map<Server, Long> left = new ConcurrentHashMap<>();

  /**
   * @param ofUsers whether the run is about users; what is about a server as a whole is done on one
   *     that is drained, too
   */
  ServersInUse(boolean ofUsers) {
    this.ofUsers = ofUsers;
  }

  /** Whether something may be begun there. */
  boolean has(Server server) {
    return !left.containsKey(server) && allows(server.state());
  }

  private boolean allows(ServerState state) {
    return ofUsers ? state.takesUsers() : state.isConnectedTo();
  }

  /** The route without servers that are not used. */
  Route of(Route route) {
    return route.servers().stream().allMatch(this::has)
        ? route
        : route.among(route.servers().stream().filter(this::has).toList());
  }

  /** Why the first of some servers that is not used is not; nothing when all are. */
  Optional<Failure> whyNot(List<Server> servers) {
    for (Server server : servers) { // no stream: asked for each of a million users
      if (!has(server)) {
        return Optional.of(whyNot(server));
      }
    }
    return Optional.empty();
  }

  private Failure whyNot(Server server) {
    ServerState state = server.state();
    String text =
        allows(state)
            ? "Server " + server.name() + " has been down during this run"
            : state.explanation(server.name());
    return new Failure(Outcome.UNREACHABLE, text);
  }

  /** Whether a server is found to be down for the first time. */
  boolean leaves(Server server) {
    return !server.state().isConnectedTo() && left.putIfAbsent(server, System.nanoTime()) == null;
  }

  /** Whether any server has been found to be down. */
  boolean hasLeftAny() {
    return !left.isEmpty();
  }

  /** Whether it was found to be down longer ago than that. */
  boolean hasLeft(Server server, Duration before) {
    Long since = left.get(server);
    return since != null && System.nanoTime() - since > before.toNanos();
  }
}
