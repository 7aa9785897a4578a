package org.doveadmsshd.brain.placement;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Sha256;

/**
 * Spreads users over servers by their names alone, in proportion to the servers' weights (weighted
 * rendezvous hashing). When a server comes or goes, only users that come to it or leave it move.
 *
 * <p>What is computed is part of the documented interface ({@code docs/placement.md}): other
 * programs compute it, too, and it must never change.
 */
public final class HashPlacement implements Placement {
  private final Map<String, Candidate> candidates = new LinkedHashMap<>();
  private final Predicate<String> takesUsers;

  private record Candidate(long hash, int weight) {}

  /**
   * @param weights by name of server, each at least 1
   * @param takesUsers whether users may be on a server of that name at the moment
   */
  public HashPlacement(Map<String, Integer> weights, Predicate<String> takesUsers) {
    this.takesUsers = takesUsers;
    weights.forEach((name, weight) -> candidates.put(name, new Candidate(hash(name), weight)));
  }

  @Override
  public Place of(String user) throws Failure {
    long hash = hash(user.toLowerCase(Locale.ROOT));
    String nearest = null;
    double least = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Candidate> each : candidates.entrySet()) {
      double distance = distance(hash, each.getValue());
      if (distance < least && takesUsers.test(each.getKey())) {
        least = distance;
        nearest = each.getKey();
      }
    }
    if (nearest == null) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "The user is placed by a hash over the servers that are up, and none is");
    }
    return Place.at(List.of(nearest), user, "hash");
  }

  @Override
  public String driver() {
    return "hash";
  }

  /** Distributed exponentially with the weight as its rate: so the least one is fairly chosen. */
  private static double distance(long user, Candidate server) {
    double uniform = ((mixed(user ^ server.hash()) >>> 11) + 0.5) * 0x1p-53; // in (0, 1)
    return -StrictMath.log(uniform) / server.weight();
  }

  /** The finalizer of SplitMix64: each bit of the result depends on each bit given. */
  private static long mixed(long bits) {
    long z = bits;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** The first 8 bytes of the SHA-256 of a name in UTF-8, the most significant first. */
  private static long hash(String name) {
    return ByteBuffer.wrap(Sha256.of(name.getBytes(StandardCharsets.UTF_8))).getLong();
  }
}
