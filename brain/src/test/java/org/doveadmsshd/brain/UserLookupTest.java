package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.ManyLanes.rows;
import static org.doveadmsshd.brain.ManyLanes.users;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where users are looked for, and what it costs that a server is down. */
@Timeout(60)
class UserLookupTest {
  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
  }

  @Test
  void aNamedUserIsLookedForOnOneServerAfterTheOther() throws Exception {
    OneLane.Work nobody = assignment -> assignment.fail(Outcome.NO_USER, "User doesn't exist");
    Server first = new ManyLanes(typed, "first", List.of(), 1, nobody);
    Server second = new ManyLanes(typed, "second", List.of(), 1, assignment -> rows(assignment, 1));
    assertThat(typed.run(List.of(first, second), "", "search", "-u", "x", "all")).isZero();
    assertThat(typed.printed()).isEqualTo("g 1\n");
    assertThat(typed.run(List.of(first), "", "search", "-u", "x", "all")).isEqualTo(67);
  }

  @Test
  void namesComeFromStandardInputAndUnknownOnesAreSkipped() throws Exception {
    OneLane.Work work =
        assignment -> {
          if (assignment.user().equals("gone")) {
            assignment.fail(Outcome.NO_USER, "User doesn't exist");
          } else {
            rows(assignment, 1);
          }
        };
    Server server = new ManyLanes(typed, "s", List.of(), 2, work);
    assertThat(typed.run(List.of(server), "b\n\ngone\r\na", "search", "-F", "-", "all")).isZero();
    assertThat(typed.printed()).isEqualTo("b g 1\na g 1\n");
    assertThat(typed.said()).contains("doveadm(gone): Info: User no longer");
  }

  @Test
  void aListOfNamesThatNobodyHasIsAFailure() throws Exception {
    OneLane.Work nobody = assignment -> assignment.fail(Outcome.NO_USER, "User doesn't exist");
    Server server = new ManyLanes(typed, "s", List.of(), 2, nobody);
    assertThat(typed.run(List.of(server), "a\nb\n", "search", "-F", "-", "all")).isEqualTo(67);
    assertThat(typed.said()).contains("No user of these exists");
  }

  @Test
  void aNameThatNobodyCanHaveFailsByItselfAndNoServerHearsOfIt() throws Exception {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    Server server =
        new ManyLanes(
            typed,
            "s",
            List.of("a", "b\u0007", "c"),
            1,
            assignment -> {
              asked.add(assignment.request(1).user());
              rows(assignment, 1);
            });
    String file = "a\n" + "x".repeat(256) + "\nev\u001bil\nb\n";
    assertThat(typed.run(List.of(server), file, "search", "-F", "-", "all")).isEqualTo(67);
    assertThat(asked).containsExactly("a", "b");
    assertThat(typed.said()).contains("No user is called \"ev\ufffdil\"").doesNotContain("\u001b");
    asked.clear();
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(67);
    assertThat(asked).containsExactly("a", "c");
    assertThat(typed.run(List.of(server), "", "search", "-u", "", "all")).isEqualTo(64);
    assertThat(typed.run(List.of(server), "", "search", "-u", "a\u0000*", "all")).isEqualTo(64);
  }

  @Test
  void nobodyIsAnErrorUnlessAllowed() throws Exception {
    Server server = new ManyLanes(typed, "s", List.of(), 1, assignment -> rows(assignment, 1));
    assertThat(typed.run(List.of(server), "", "search", "-u", "x*", "all")).isEqualTo(67);
    assertThat(typed.run(List.of(server), "", "search", "-A", "--allow-empty", "all")).isZero();
  }

  @Test
  void aFaultOfAServerEndsTheRunWithAFailureOfItsUsers() throws Exception {
    Server faulty =
        new OneLane("faulty", users(3), OneLane::ok) {
          @Override
          public void work(UserQueue queue, int limit) {
            throw new StackOverflowError();
          }
        };
    assertThat(typed.run(List.of(faulty), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(typed.said()).contains("3 users, 3 failed");
  }

  /** A server that cannot be reached. */
  private static Server down(String name, String... users) {
    return new OneLane(name, List.of(users), OneLane::ok) {
      @Override
      public void work(UserQueue queue, int limit) throws Failure {
        throw new Failure(Outcome.TEMPORARY_FAILURE, "Server " + name + ": refused");
      }
    };
  }

  @Test
  void aServerThatIsDownFailsOnlyItsOwnUsers() throws Exception {
    Server up = new ManyLanes(typed, "up", users(5), 2, assignment -> rows(assignment, 1));
    assertThat(typed.run(List.of(down("down", "d1", "d2"), up), "", "search", "-A", "all"))
        .isEqualTo(75);
    assertThat(typed.printed().lines()).hasSize(5);
    assertThat(typed.said()).contains("Server down: refused");
  }

  @Test
  void aServerThatIsDownIsNoFailureForAUserWhoIsFoundElsewhere() throws Exception {
    Server up = new ManyLanes(typed, "up", List.of(), 1, assignment -> rows(assignment, 1));
    assertThat(typed.run(List.of(down("a"), up), "", "search", "-u", "x", "all")).isZero();
    assertThat(typed.printed()).isEqualTo("g 1\n");
    assertThat(typed.said()).contains("Server a: refused");
  }

  @Test
  void aServerThatNobodyNeedsIsNotAsked() throws Exception {
    Server up = new ManyLanes(typed, "up", List.of(), 1, assignment -> rows(assignment, 1));
    assertThat(typed.run(List.of(up, down("a")), "", "search", "-u", "x", "all")).isZero();
    assertThat(typed.said()).isEmpty();
  }

  @Test
  void aUserWhomNobodyKnowsMayBeOnTheServerThatIsDown() throws Exception {
    OneLane.Work nobody = assignment -> assignment.fail(Outcome.NO_USER, "User doesn't exist");
    Server up = new ManyLanes(typed, "up", List.of(), 1, nobody);
    assertThat(typed.run(List.of(down("a"), up), "", "search", "-u", "x", "all")).isEqualTo(75);
    assertThat(typed.said()).contains("doveadm(x): Error: No server that answers knows this user");
  }
}
