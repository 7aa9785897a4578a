package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** What a seed has chosen: the command line, who is where, and who watches. */
final class Scenario {
  private static final int MOST_SERVERS = 4;
  private static final int MOST_LANES = 3;
  private static final int MOST_USERS = 20;
  static final long AMPLE = 16 * 1024 * 1024;
  private static final int TIGHT = 1024 * 1024;

  final long seed;

  /** Draws what is to befall the servers. */
  final Random random;

  /** Whether the command may be carried out twice for a user. */
  final boolean isRepeatable;

  /** Whether users are named, rather than listed by the servers. */
  final boolean isNamed;

  /** Whether a placement says where users are. */
  final boolean isPlaced;

  final boolean hasTerms;

  /** Whether somebody drains servers, or takes them down. */
  final boolean isAdministered;

  final boolean isOrdered;
  final boolean isShuffled;

  // 0 for none
  final int limit;
  final int canaries;
  final int mostFailures;
  final int maxRate;
  final int maxRateOfEach;
  final int timeoutMillis;
  final int deadlineMillis;

  /** Whether nobody but the run's own clock ends it when servers are silent. */
  final boolean isPatient;

  final int lanes;
  final int connections;
  final long memory;
  final Person person;
  final Reader reader;
  final Disk disk;
  final boolean stopsWhenFull;

  /** How many users have ended when the brain is killed, each time. */
  final List<Integer> kills = new ArrayList<>();

  /** Behind how many users the run is stopped; negative for never. */
  final int stoppedBehind;

  /** Whom each server has. */
  final Map<String, Set<String>> users = new LinkedHashMap<>();

  /** Whom each server lists, one behind the other. */
  final Map<String, List<String>> listings = new LinkedHashMap<>();

  /** Who is named, if users are; some twice, some unknown to all servers, some impossible. */
  final List<String> names = new ArrayList<>();

  /** Who can be asked. */
  enum Person {
    NOBODY,
    CONSENTS,
    REFUSES
  }

  /** Who reads what is printed. */
  enum Reader {
    READS,
    IS_SLOW,
    GOES
  }

  /** Where the run is written down. */
  enum Disk {
    NONE,
    SOUND,
    SLOW,
    FULL
  }

  Scenario(long seed) {
    this.seed = seed;
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    isRepeatable = random.nextBoolean();
    isNamed = one(3);
    isPlaced = one(3);
    hasTerms = isPlaced && one(2);
    isAdministered = one(8);
    lanes = 1 + random.nextInt(MOST_LANES);
    connections = 1 + random.nextInt(lanes);
    drawUsers();
    if (isNamed) {
      drawNames();
    }
    int all = listings.values().stream().mapToInt(List::size).sum();
    limit = one(6) ? 1 + random.nextInt(all + 1) : 0;
    canaries = one(6) && limit != 1 ? 1 + random.nextInt(limit > 0 ? limit - 1 : 8) : 0;
    mostFailures = one(8) ? 1 + random.nextInt(limit > 0 ? Math.min(limit, 5) : 5) : 0;
    isOrdered = one(4);
    isShuffled = one(8);
    maxRate = one(8) ? 200 + random.nextInt(2000) : 0;
    maxRateOfEach = one(12) ? 200 + random.nextInt(2000) : 0;
    timeoutMillis = one(6) ? 100 : 0;
    deadlineMillis = one(6) ? 20 + random.nextInt(200) : 0;
    isPatient = deadlineMillis > 0 && random.nextBoolean();
    memory = one(3) ? 64 * 1024 + random.nextInt(TIGHT) : AMPLE;
    person = one(2) ? Person.NOBODY : one(2) ? Person.CONSENTS : Person.REFUSES;
    reader = !one(8) ? Reader.READS : one(2) ? Reader.IS_SLOW : Reader.GOES;
    disk = !one(3) ? Disk.NONE : one(4) ? Disk.FULL : one(2) ? Disk.SLOW : Disk.SOUND;
    stopsWhenFull = random.nextBoolean();
    boolean isKilled = disk != Disk.NONE && disk != Disk.FULL && reader != Reader.GOES && one(2);
    for (int left = isKilled ? 1 + random.nextInt(3) : 0; left > 0; left--) {
      kills.add(1 + random.nextInt(all + 1));
    }
    stoppedBehind = !isKilled && one(6) ? random.nextInt(all + 1) : -1;
  }

  private boolean one(int of) {
    return random.nextInt(of) == 0;
  }

  private void drawUsers() {
    int servers = 1 + random.nextInt(MOST_SERVERS);
    for (int i = 1; i <= servers; i++) {
      users.put("mail" + i, new LinkedHashSet<>());
    }
    for (String server : List.copyOf(users.keySet())) {
      for (int u = random.nextInt(MOST_USERS); u > 0; u--) {
        String user = "u%02d@%s".formatted(u, server);
        users.get(server).add(user);
        if (one(10)) {
          users.get("mail" + (1 + random.nextInt(servers))).add(user); // two servers have him
        }
      }
    }
    boolean hasTwins = one(8);
    users.forEach(
        (server, here) -> {
          List<String> listing = new ArrayList<>(here);
          if (hasTwins && !here.isEmpty()) {
            listing.add(listing.get(0));
          }
          if (one(8)) {
            listing.add("ghost@" + server); // he is listed, and is not there
          }
          listings.put(server, listing);
        });
  }

  private void drawNames() {
    users.values().forEach(names::addAll);
    for (int more = random.nextInt(3); more > 0 && one(4); more--) {
      names.add("nobody%d@example.org".formatted(more));
      names.add("im\u0001possible");
    }
    boolean hasTwins = one(4);
    List<String> once = List.copyOf(new LinkedHashSet<>(names));
    if (!hasTwins) { // those whom two servers have are named once
      names.clear();
      names.addAll(once);
    }
    Collections.shuffle(names, random);
  }

  Set<String> servers() {
    return users.keySet();
  }

  /** Whether whoever is listed by two servers is two users. */
  boolean isEachServers() {
    return !isNamed && !isPlaced;
  }

  /** Whether a fault may last for ever: the run ends all the same. */
  boolean bearsHanging() {
    return timeoutMillis > 0 || deadlineMillis > 0;
  }

  /** The words behind {@code doveadm}, but for what is said of journals. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    option(words, "--limit", limit);
    option(words, "--canary", canaries);
    option(words, "--stop-after-failures", mostFailures);
    option(words, "--max-rate", maxRate);
    words.addAll(isOrdered ? List.of("--ordered") : List.of());
    words.addAll(isShuffled ? List.of("--shuffle=7") : List.of());
    words.add(isRepeatable ? "search" : "batch");
    words.addAll(isNamed ? List.of("-F", "-") : List.of("-A"));
    words.addAll(timeoutMillis > 0 ? List.of("--timeout", timeoutMillis + "ms") : List.of());
    words.addAll(deadlineMillis > 0 ? List.of("--deadline", deadlineMillis + "ms") : List.of());
    words.addAll(isRepeatable ? List.of("all") : List.of(":", "search", "all"));
    return words;
  }

  private static void option(List<String> words, String option, int number) {
    words.addAll(number > 0 ? List.of(option, Integer.toString(number)) : List.of());
  }

  @Override
  public String toString() {
    Stream<String> more =
        Stream.of(
            isPlaced ? (hasTerms ? "placed with terms" : "placed") : "",
            isAdministered ? "administered" : "",
            isPatient ? "patient" : "",
            maxRateOfEach > 0 ? "%d/s each".formatted(maxRateOfEach) : "",
            canaries > 0 ? person.toString() : "",
            reader == Reader.READS ? "" : "reader " + reader,
            disk == Disk.NONE ? "" : "disk " + disk + (stopsWhenFull ? ", stops when full" : ""),
            kills.isEmpty() ? "" : "killed behind " + kills,
            stoppedBehind < 0 ? "" : "stopped behind " + stoppedBehind);
    return "%s, %d lanes, %d connections, %d KiB, %s"
        .formatted(
            String.join(" ", words()),
            lanes,
            connections,
            memory / 1024,
            String.join(", ", more.filter(text -> !text.isEmpty()).toList()));
  }
}
