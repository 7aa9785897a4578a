package org.doveadmsshd.brain.placement;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;

/**
 * Which server of the configuration a database means, by its name, its host or one of its host's
 * addresses. Safe for several threads.
 */
public final class ServerNames {
  private static final int SHOWN = 60;

  /** Most words whose meaning is remembered. */
  private static final int REMEMBERED = 1024;

  private final List<Known> servers;
  private final Map<Word, String> remembered = new ConcurrentHashMap<>();

  /**
   * A server of the configuration.
   *
   * @param host empty when it is reached by a socket of this machine
   */
  public record Known(String name, String host, int port) {}

  private record Word(String text, String port) {}

  public ServerNames(List<Known> servers) {
    this.servers = List.copyOf(servers);
  }

  /**
   * The name of the server that a word means.
   *
   * @param port tells servers of one host apart, and is not looked at else; may be empty
   * @throws Failure when it means none, or more than one
   */
  public String of(String word, String port) throws Failure {
    Word key = new Word(word, port);
    String known = remembered.get(key);
    if (known == null) {
      known = find(word, port);
      if (remembered.size() >= REMEMBERED) {
        remembered.clear();
      }
      remembered.put(key, known);
    }
    return known;
  }

  private String find(String word, String port) throws Failure {
    List<Known> found = servers.stream().filter(server -> server.name().equals(word)).toList();
    if (found.isEmpty()) {
      found = servers.stream().filter(server -> server.host().equalsIgnoreCase(word)).toList();
    }
    if (found.isEmpty() && !word.isBlank()) {
      Set<InetAddress> addresses = addresses(word);
      found = servers.stream().filter(server -> isAt(server, addresses)).toList();
    }
    if (found.size() > 1) {
      List<Known> all = found;
      Optional<Known> exact =
          all.stream().filter(server -> String.valueOf(server.port()).equals(port)).findFirst();
      found = exact.map(List::of).orElse(all);
    }
    if (found.size() != 1) {
      throw new Failure(Outcome.DATA_ERROR, explanation(word, found));
    }
    return found.get(0).name();
  }

  private static boolean isAt(Known server, Set<InetAddress> addresses) {
    return !addresses.isEmpty()
        && !server.host().isEmpty()
        && addresses(server.host()).stream().anyMatch(addresses::contains);
  }

  private static Set<InetAddress> addresses(String host) {
    try {
      return new HashSet<>(Arrays.asList(InetAddress.getAllByName(host)));
    } catch (UnknownHostException e) {
      return Set.of(); // then it is no host of ours either
    }
  }

  private static String explanation(String word, List<Known> found) {
    String shown = Printable.line(word, SHOWN);
    return found.isEmpty()
        ? "The user is placed on \"%s\", and the configuration has no server of that name or host"
            .formatted(shown)
        : "The user is placed on \"%s\", which is the host of %s; a port must tell them apart"
            .formatted(
                shown, String.join(" and ", found.stream().map(Known::name).sorted().toList()));
  }
}
