package org.doveadmsshd.brain;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.placement.Place;
import org.doveadmsshd.brain.placement.Placement;

/**
 * Where a seed puts users: mostly where they are, some elsewhere, on two servers, on one that there
 * is not, nowhere; of some it cannot say.
 */
final class SimulatedPlacement implements Placement {
  private static final String ALIAS = "at.";

  private final Scenario scenario;

  /** How often all terms have grown. */
  private volatile int moves;

  SimulatedPlacement(Scenario scenario) {
    this.scenario = scenario;
  }

  /** All terms grow, as when users are moved to and fro. */
  synchronized void moveAll() {
    moves++;
  }

  @Override
  public Place of(String user) throws Failure {
    Random random = random(user);
    int kind = random.nextInt(20);
    if (kind == 0) {
      throw random.nextBoolean()
          ? Failure.temporary("The placement's database is down", null)
          : new Failure(Outcome.DATA_ERROR, "The placement's row makes no sense");
    }
    String name = random.nextInt(8) == 0 ? ALIAS + user : user;
    return new Place(servers(kind, user, random), name, term(user), "the seed");
  }

  private List<String> servers(int kind, String user, Random random) {
    List<String> all = List.copyOf(scenario.servers());
    String other = all.get(random.nextInt(all.size()));
    Optional<String> found =
        all.stream().filter(s -> scenario.users.get(s).contains(user)).findFirst();
    String home = found.orElse(other);
    return switch (kind) {
      case 1 -> List.of();
      case 2 -> List.of("mail99");
      case 3 -> List.of(other);
      case 4, 5 -> Stream.of(other, home).distinct().toList();
      case 6, 7 -> Stream.of(home, other).distinct().toList();
      default -> List.of(home);
    };
  }

  /** The same for one user, whatever has been asked before. */
  private Random random(String user) {
    return new Random((scenario.seed << 32) ^ user.hashCode());
  }

  /** The term of a user now. */
  OptionalLong term(String user) {
    int drawn = new Random(scenario.seed ^ user.hashCode() * 31L).nextInt(6);
    return scenario.hasTerms && drawn > 0 ? OptionalLong.of(drawn + moves) : OptionalLong.empty();
  }

  /** The server that is to list him, or nothing where nobody has him. */
  Optional<String> first(String user) throws Failure {
    return of(user).servers().stream().findFirst().filter(scenario.servers()::contains);
  }

  /** Whether a user is worked on when a server lists him; also when nobody can say where he is. */
  boolean mayBe(String user, String server) {
    try {
      return first(user).filter(server::equals).isPresent();
    } catch (Failure e) {
      return true;
    }
  }

  /** Whom a server means by a name that the brain uses towards it. */
  static String user(String name) {
    return name.startsWith(ALIAS) ? name.substring(ALIAS.length()) : name;
  }
}
