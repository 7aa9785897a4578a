package org.doveadmsshd.brain.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;

/** Users are spread by weight, and stay where they are as long as that can be. */
class HashPlacementTest {
  private static final int USERS = 40_000;

  private static String user(int number) {
    return "user%05d@example.org".formatted(number);
  }

  private static String server(Placement placement, String user) throws Failure {
    return placement.of(user).servers().get(0);
  }

  private static Map<String, Integer> sizes(Placement placement) throws Failure {
    Map<String, Integer> sizes = new HashMap<>();
    for (int i = 0; i < USERS; i++) {
      sizes.merge(server(placement, user(i)), 1, Integer::sum);
    }
    return sizes;
  }

  @Test
  void eachServerHasAsManyUsersAsItsWeightSays() throws Exception {
    Random random = new Random(1);
    for (int round = 0; round < 10; round++) {
      Map<String, Integer> weights = new LinkedHashMap<>();
      for (int i = 0; i < 2 + random.nextInt(8); i++) {
        weights.put("mail" + i + ".round" + round, 1 + random.nextInt(200));
      }
      int all = weights.values().stream().mapToInt(Integer::intValue).sum();
      Map<String, Integer> sizes = sizes(new HashPlacement(weights, name -> true));
      weights.forEach(
          (name, weight) -> {
            double share = (double) weight / all;
            double deviation = Math.sqrt(USERS * share * (1 - share));
            assertThat((double) sizes.getOrDefault(name, 0))
                .as(name + " of " + weights)
                .isCloseTo(USERS * share, within(5 * deviation + 1));
          });
    }
  }

  @Test
  void onlyTheUsersOfAServerThatGoesAreMoved() throws Exception {
    Map<String, Integer> weights = Map.of("a", 100, "b", 50, "c", 100, "d", 10);
    Placement all = new HashPlacement(weights, name -> true);
    Map<String, Integer> fewer = new TreeMap<>(weights);
    fewer.remove("b");
    for (Placement without :
        List.of(
            new HashPlacement(fewer, name -> true),
            new HashPlacement(weights, name -> !name.equals("b")))) {
      for (int i = 0; i < USERS; i++) {
        String before = server(all, user(i));
        String after = server(without, user(i));
        assertThat(after).isNotEqualTo("b");
        assertThat(before.equals(after) || before.equals("b")).as(user(i)).isTrue();
      }
    }
  }

  @Test
  void aServerThatGetsMoreWeightOnlyGainsUsers() throws Exception {
    Placement before = new HashPlacement(Map.of("a", 100, "b", 100, "c", 100), name -> true);
    Placement after = new HashPlacement(Map.of("a", 100, "b", 150, "c", 100), name -> true);
    for (int i = 0; i < USERS; i++) {
      String now = server(after, user(i));
      assertThat(now.equals("b") || now.equals(server(before, user(i)))).as(user(i)).isTrue();
    }
  }

  /** docs/placement.md has these, so that other programs can be checked. */
  @Test
  void whatIsDocumentedStaysAsItIs() throws Exception {
    Map<String, Integer> weights = Map.of("mail1", 100, "mail2", 100, "mail3", 200);
    Placement placement = new HashPlacement(weights, name -> true);
    Map<String, String> documented = new LinkedHashMap<>();
    for (String user : List.of("jane@example.org", "joe@example.org", "jörg", "a", "user 1")) {
      documented.put(user, server(placement, user));
    }
    assertThat(documented).hasToString(DOCUMENTED);
  }

  private static final String DOCUMENTED =
      "{jane@example.org=mail3, joe@example.org=mail2, jörg=mail2, a=mail3, user 1=mail1}";

  @Test
  void caseDoesNotCount() throws Exception {
    Placement placement = new HashPlacement(Map.of("a", 1, "b", 1, "c", 1), name -> true);
    for (int i = 0; i < 100; i++) {
      assertThat(server(placement, user(i).toUpperCase(java.util.Locale.ROOT)))
          .isEqualTo(server(placement, user(i)));
    }
  }

  @Test
  void whereNoServerIsUpItCannotBeSaid() {
    Placement placement = new HashPlacement(Map.of("a", 1), name -> false);
    assertThatThrownBy(() -> placement.of("jane"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE));
  }
}
