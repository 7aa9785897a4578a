package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.Test;

class ShuffleTest {
  private final MemoryBudget budget = new MemoryBudget(16 * 1024 * 1024);

  private List<String> shuffled(long seed, List<String> users, MemoryBudget from) throws Exception {
    List<String> order = new ArrayList<>();
    try (Shuffle shuffle = new Shuffle(seed, from.all())) {
      for (String user : users) {
        shuffle.add(user, user.length());
      }
      shuffle.forEach(
          (name, server) -> {
            assertThat(server).isEqualTo(name.length());
            return order.add(name);
          });
    }
    return order;
  }

  private static List<String> users(int count) {
    return IntStream.range(0, count).mapToObj("user%d@exämple.org"::formatted).toList();
  }

  @Test
  void aSeedGivesTheSameOrderWhoeverListsTheUsers() throws Exception {
    List<String> users = users(1000);
    List<String> reversed = new ArrayList<>(users);
    Collections.reverse(reversed);
    List<String> order = shuffled(7, users, budget);
    assertThat(order).containsExactlyInAnyOrderElementsOf(users).isNotEqualTo(users);
    assertThat(shuffled(7, reversed, budget)).isEqualTo(order);
    assertThat(shuffled(8, users, budget)).isNotEqualTo(order);
  }

  /** The first of the list may come at the end, and the last ones first. */
  @Test
  void theWholeListIsMixed() throws Exception {
    List<String> users = users(10_000);
    List<String> first = shuffled(1, users, budget).subList(0, 1000);
    for (int tenth = 0; tenth < 10; tenth++) {
      List<String> part = users.subList(tenth * 1000, tenth * 1000 + 1000);
      assertThat(first.stream().filter(part::contains).count()).isBetween(60L, 140L);
    }
  }

  @Test
  void whatDoesNotFitIntoMemoryIsTheSame() throws Exception {
    List<String> users = users(20_000);
    MemoryBudget little = new MemoryBudget(128 * 1024);
    assertThat(shuffled(7, users, little)).isEqualTo(shuffled(7, users, budget));
    assertThat(little.all().held()).isZero();
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void whoeverIsListedTwiceComesTwice() throws Exception {
    assertThat(shuffled(1, List.of("joe", "jane", "joe"), budget))
        .containsExactlyInAnyOrder("joe", "joe", "jane");
  }

  @Test
  void noFurtherUserIsReadWhenEnoughHaveCome() throws IOException, InterruptedException {
    try (Shuffle shuffle = new Shuffle(1, new MemoryBudget(128 * 1024).all())) {
      for (String user : users(5000)) {
        shuffle.add(user, Shuffle.NAMED);
      }
      List<String> taken = new ArrayList<>();
      shuffle.forEach(
          (name, server) -> {
            taken.add(name);
            return taken.size() < 3;
          });
      assertThat(taken).hasSize(3);
    }
  }
}
