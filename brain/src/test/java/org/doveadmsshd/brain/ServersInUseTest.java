package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.ManyLanes.users;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are drained, or down, before a run and while it goes on. */
@Timeout(60)
class ServersInUseTest {
  private static final ServerState DRAINED = state(ServerState.Use.DRAIN);
  private static final ServerState DOWN = state(ServerState.Use.DOWN);
  private static final String[] SEARCH = {"search", "-A", "all"};

  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
  }

  private static ServerState state(ServerState.Use use) {
    return new ServerState(use, "anna", Instant.parse("2026-01-02T03:04:05Z"));
  }

  /** A server whose state a test sets. */
  private static class Stated extends OneLane {
    private volatile ServerState state = ServerState.UP;

    Stated(String name, List<String> users, Work work) {
      super(name, users, work);
    }

    @Override
    public ServerState state() {
      return state;
    }

    void become(ServerState now) {
      state = now;
    }
  }

  @Test
  void nobodyIsBegunOnADrainedServerAndHeIsToldWhoHasDrainedIt() throws Exception {
    Stated server = new Stated("web1", List.of("joe", "jane"), OneLane::row);
    server.state = DRAINED;
    assertThat(typed.run(List.of(server), "", SEARCH)).isEqualTo(75);
    assertThat(server.asked).isEmpty();
    assertThat(typed.said())
        .contains("doveadm(joe): Error: Server web1 is drained since 2026-01-02 ")
        .contains("as anna has said")
        .contains("2 failed");
  }

  @Test
  void aUserGoesToTheNextServerThatMayHaveHim() throws Exception {
    Stated first = new Stated("web1", List.of(), OneLane::row);
    Stated second = new Stated("web2", List.of(), OneLane::row);
    first.state = DRAINED;
    assertThat(typed.run(List.of(first, second), "", "search", "-u", "joe", "all")).isZero();
    assertThat(first.asked).isEmpty();
    assertThat(second.asked).containsExactly("joe");
  }

  @Test
  void aServerThatIsDownIsAskedForNothing() throws Exception {
    Stated down = new Stated("web1", List.of("joe"), OneLane::row);
    Stated up = new Stated("web2", List.of("jane"), OneLane::row);
    down.state = DOWN;
    assertThat(typed.run(List.of(down, up), "", SEARCH)).isEqualTo(75);
    assertThat(typed.printed()).isEqualTo("jane g 1\n");
    assertThat(typed.said()).contains("Server web1 is down since", "its users are not listed");
    assertThat(down.asked).isEmpty();
  }

  @Test
  void whatIsAboutTheServerAsAWholeIsDoneOnADrainedOne() throws Exception {
    Stated server = new Stated("web1", List.of(), OneLane::ok);
    server.state = DRAINED;
    assertThat(typed.run(List.of(server), "", "who")).isZero();
    server.state = DOWN;
    assertThat(typed.run(List.of(server), "", "who")).isEqualTo(75);
    assertThat(server.asked).containsExactly("");
  }

  @Test
  void aDrainTakesWhatWaitsFromARunAndLetsWhatIsUnderWayEnd() throws Exception {
    List<Stated> servers = new ArrayList<>();
    Stated first =
        new Stated(
            "web1",
            List.of(),
            attempt -> {
              servers.get(0).state = DRAINED;
              typed.awaitLooks();
              OneLane.row(attempt);
            });
    servers.add(first);
    servers.add(new Stated("web2", List.of(), OneLane::row));
    String names = String.join("\n", users(100));
    assertThat(typed.run(servers, names, "search", "-F", "-", "all")).isZero();
    assertThat(typed.printed().lines()).hasSize(100);
    assertThat(first.asked.size()).isLessThan(100);
    assertThat(first.asked.size() + servers.get(1).asked.size()).isEqualTo(100);
    assertThat(first.cancelled).hasValue(0);
  }

  @Test
  void usersComeBackToAServerThatIsUpAgain() throws Exception {
    List<Stated> servers = new ArrayList<>();
    List<String> again = Collections.synchronizedList(new ArrayList<>());
    Stated server =
        new Stated(
            "web1",
            List.of(),
            attempt -> {
              again.add(attempt.user());
              OneLane.row(attempt);
            });
    server.state = DRAINED;
    servers.add(server);
    assertThat(typed.run(servers, "joe\n", "search", "-F", "-", "all")).isEqualTo(75);
    server.state = ServerState.UP;
    assertThat(typed.run(servers, "joe\n", "search", "-F", "-", "all")).isZero();
    assertThat(again).containsExactly("joe");
  }

  @Test
  void whatIsUnderWayOnAServerThatGoesDownIsStoppedAndGivenUp() throws Exception {
    typed.setPatience(new Patience(Duration.ZERO, Duration.ZERO));
    CountDownLatch givenUp = new CountDownLatch(1);
    Stated server =
        new Stated("web1", List.of(), attempt -> {}) {
          @Override
          public void work(UserQueue queue, int limit) {
            try {
              Assignment.Attempt attempt = queue.take().attempt(0, givenUp::countDown);
              attempt.begun();
              become(DOWN);
              Typed.await(givenUp);
            } catch (IOException e) {
              throw new AssertionError(e);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    assertThat(typed.run(List.of(server), "", "search", "-u", "joe", "all")).isEqualTo(75);
    assertThat(server.cancelled).hasValue(1);
    assertThat(typed.said())
        .contains("Server web1 is down since", "what is under way there is stopped");
  }
}
