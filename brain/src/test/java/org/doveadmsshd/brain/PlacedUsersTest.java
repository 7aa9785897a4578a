package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.ManyLanes.rows;
import static org.doveadmsshd.brain.Typed.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.placement.Place;
import org.doveadmsshd.brain.placement.Placement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user is worked on where he is placed, and nowhere else. */
@Timeout(60)
class PlacedUsersTest {
  private final Typed typed = new Typed();
  private final Map<String, Place> places = Collections.synchronizedMap(new HashMap<>());
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final List<String> worked = Collections.synchronizedList(new ArrayList<>());
  private String broken = "";

  @AfterEach
  void stop() {
    typed.close();
  }

  /** Places users as the map says; others nowhere. */
  private class Mapped implements Placement {
    @Override
    public Place of(String user) throws Failure {
      asked.add(user);
      if (user.equals(broken)) {
        throw Failure.temporary("It cannot be said where the user is: no database", null);
      }
      return places.getOrDefault(user, Place.at(List.of(), user, "none"));
    }

    @Override
    public String driver() {
      return "static";
    }
  }

  private void place(String user, String... servers) {
    places.put(user, Place.at(List.of(servers), user, "test"));
  }

  private Server server(String name, List<String> users) {
    typed.place(new Mapped());
    return new ManyLanes(
        typed,
        name,
        users,
        2,
        assignment -> {
          worked.add(name + ":" + assignment.request(1).user());
          rows(assignment, 1);
        });
  }

  @Test
  void aUserWhomSeveralServersListIsWorkedOnOnceWhereHeIsPlaced() throws Exception {
    List<String> both = IntStream.range(0, 500).mapToObj(i -> "u" + i).toList();
    for (int i = 0; i < 500; i++) {
      place("u" + i, i % 2 == 0 ? "a" : "b");
    }
    List<Server> servers = List.of(server("a", both), server("b", both));
    assertThat(typed.run(servers, "", "search", "-A", "all")).isZero();
    assertThat(worked)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 500).mapToObj(i -> (i % 2 == 0 ? "a:u" : "b:u") + i).toList());
    assertThat(typed.said())
        .contains("500 users were listed by servers that they are not placed on")
        .contains("search: 500 users, 500 matched");
  }

  @Test
  void aUserWhomOnlyAnotherServerListsIsNotWorkedOn() throws Exception {
    place("jane", "a", "b");
    place("joe", "b");
    List<Server> servers = List.of(server("a", List.of("joe")), server("b", List.of("jane")));
    assertThat(typed.run(servers, "", "search", "-A", "all")).isEqualTo(67);
    assertThat(worked).isEmpty();
    assertThat(typed.said()).contains("No user is placed where he is listed; nothing was done");
    assertThat(typed.run(servers, "", "search", "-A", "--allow-empty", "all")).isZero();
  }

  @Test
  void aNamedUserGoesWhereHeIsPlacedUnderTheNameThatHeHasThere() throws Exception {
    places.put("jane", new Place(List.of("b"), "jane@there", OptionalLong.empty(), "test"));
    List<Server> servers = List.of(server("a", List.of()), server("b", List.of()));
    assertThat(typed.run(servers, "", "search", "-u", "jane", "all")).isZero();
    assertThat(worked).containsExactly("b:jane@there");
    assertThat(asked).as("decided once").containsExactly("jane");
  }

  @Test
  void aUserWhoIsPlacedOutsideOfTheRunIsRefusedWithTheServersName() throws Exception {
    place("jane", "elsewhere", "a");
    List<Server> servers = List.of(server("a", List.of("jane")));
    assertThat(typed.run(servers, "", "search", "-u", "jane", "all")).isEqualTo(67);
    assertThat(worked).isEmpty();
    assertThat(typed.said())
        .contains("is placed on elsewhere, which is not among the servers of this run");
    typed.clear();
    assertThat(typed.run(servers, "", "search", "-u", "joe", "all")).isEqualTo(67);
    assertThat(typed.said()).contains("No server is meant for this user");
  }

  @Test
  void aUserOfWhomThePlacementCannotSayFailsAndTheRunGoesOn() throws Exception {
    place("jane", "a");
    place("jim", "a");
    broken = "joe";
    List<Server> servers = List.of(server("a", List.of("jane", "joe", "jim")));
    assertThat(typed.run(servers, "", "search", "-A", "all"))
        .isEqualTo(Outcome.TEMPORARY_FAILURE.exitCode());
    assertThat(worked).containsExactlyInAnyOrder("a:jane", "a:jim");
    assertThat(typed.said())
        .contains("doveadm(joe): Error: It cannot be said where the user is: no database")
        .contains("search: 3 users, 2 matched, 1 failed");
  }

  @Test
  void twoServersWithOneNameAreRefusedBeforeAnybodyIsTouched() throws Exception {
    place("jane", "a");
    List<Server> servers = List.of(server("a", List.of("jane")), server("a", List.of("joe")));
    assertThat(typed.run(servers, "", "search", "-A", "all"))
        .isEqualTo(Outcome.CONFIGURATION_ERROR.exitCode());
    assertThat(worked).isEmpty();
    assertThat(typed.said()).isEqualTo("doveadm: Error: There are two servers with the name a\n");
  }

  @Test
  void whomThePlacementCannotPlaceHasOneOutcomeHoweverManyServersListHim() throws Exception {
    broken = "joe";
    place("jane", "a");
    List<String> both = List.of("joe", "jane");
    List<Server> servers = List.of(server("a", both), server("b", both), server("c", both));
    assertThat(typed.run(servers, "", "-v", "search", "-A", "all")).isEqualTo(75);
    assertThat(worked).containsExactly("a:jane");
    assertThat(typed.said()).containsOnlyOnce("doveadm(joe): Error");
    assertThat(typed.said()).contains("search: 2 users, 1 matched, 1 failed");
  }

  @Test
  void whoeverIsMovedOrPlacedAgainDuringARunIsNotWorkedOnTwice() throws Exception {
    typed.place(
        new Mapped() {
          @Override
          public Place of(String user) throws Failure {
            boolean first = !asked.contains(user);
            if (first && user.equals("joe")) {
              broken = user;
            }
            try {
              return super.of(user);
            } finally {
              broken = "";
              place(user, "b"); // he is moved, or the database is there again
            }
          }
        });
    place("jane", "a");
    List<String> both = List.of("jane", "joe");
    CountDownLatch listed = new CountDownLatch(1);
    Server a = listing("a", both, listed::countDown, () -> {});
    Server b = listing("b", both, () -> {}, () -> await(listed));
    assertThat(typed.run(List.of(a, b), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(worked).containsExactly("a:jane");
    assertThat(typed.said()).contains("search: 2 users, 1 matched, 1 failed");
  }

  /** Something that a list waits for. */
  private interface Step {
    void take() throws IOException;
  }

  private Server listing(String name, List<String> users, Step after, Step before) {
    OneLane.Work work =
        assignment -> {
          worked.add(name + ":" + assignment.user());
          rows(assignment, 1);
        };
    return new ManyLanes(typed, name, users, 1, work) {
      @Override
      public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
        try {
          before.take();
          super.listUsers(mask, taker);
          after.take();
        } catch (IOException e) {
          throw Failure.temporary("The test is over", e);
        }
      }
    };
  }
}
