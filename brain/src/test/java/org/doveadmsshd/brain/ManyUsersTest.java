package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.ManyLanes.rows;
import static org.doveadmsshd.brain.ManyLanes.users;
import static org.doveadmsshd.brain.OneLane.COLUMNS;
import static org.doveadmsshd.brain.Typed.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs for many users on many lanes: order, failures, output and memory. */
@Timeout(60)
class ManyUsersTest {
  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
  }

  @Test
  void everyUserIsDoneOnceAndHisRowsStayTogether() throws Exception {
    List<Server> servers =
        List.of(new ManyLanes(typed, "s", users(2000), 8, assignment -> rows(assignment, 3)));
    assertThat(typed.run(servers, "", "search", "-A", "all")).isZero();
    List<String> lines = typed.printed().lines().toList();
    assertThat(lines).hasSize(6000);
    List<String> owners = new ArrayList<>();
    for (int i = 0; i < 6000; i += 3) {
      String owner = lines.get(i).split(" ")[0];
      assertThat(lines.subList(i, i + 3))
          .containsExactly(owner + " g 1", owner + " g 2", owner + " g 3");
      owners.add(owner);
    }
    assertThat(owners).containsExactlyInAnyOrderElementsOf(users(2000));
    assertThat(typed.said()).contains("2,000 users, 6,000 matched");
  }

  @Test
  void oneLaneDoesUsersInTheOrderOfTheList() throws Exception {
    Server server = new ManyLanes(typed, "s", users(2000), 1, assignment -> rows(assignment, 1));
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isZero();
    assertThat(typed.printed().lines().map(line -> line.split(" ")[0]))
        .containsExactlyElementsOf(users(2000));
  }

  @Test
  void aSlowUserDoesNotHoldUpTheOthers() throws Exception {
    CountDownLatch others = new CountDownLatch(99);
    OneLane.Work work =
        assignment -> {
          if (assignment.user().equals("user0001")) {
            await(others);
          } else {
            others.countDown();
          }
          rows(assignment, 1);
        };
    Server server = new ManyLanes(typed, "s", users(100), 2, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isZero();
    assertThat(typed.printed().lines()).hasSize(100);
  }

  @Test
  void aBigUserIsStreamedWholeBetweenTheOthers() throws Exception {
    OneLane.Work work = a -> rows(a, a.user().equals("user0005") ? 50_000 : 2);
    Server server = new ManyLanes(typed, "s", users(20), 4, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isZero();
    List<String> owners = typed.printed().lines().map(line -> line.split(" ")[0]).toList();
    List<String> changes = new ArrayList<>();
    for (String owner : owners) {
      if (changes.isEmpty() || !changes.get(changes.size() - 1).equals(owner)) {
        changes.add(owner);
      }
    }
    assertThat(owners).hasSize(50_000 + 19 * 2);
    assertThat(changes).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void oneFailureDoesNotStopTheOthersAndDecidesTheExitCode() throws Exception {
    OneLane.Work work =
        assignment -> {
          switch (assignment.user()) {
            case "user0002" -> assignment.fail(Outcome.NOT_FOUND, "no mailbox");
            case "user0003" -> assignment.fail(Outcome.DATA_ERROR, "bad data");
            default -> rows(assignment, 1);
          }
        };
    Server server = new ManyLanes(typed, "s", users(5), 1, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(68);
    assertThat(typed.printed().lines()).hasSize(3);
    assertThat(typed.said())
        .contains("doveadm(user0002): Error: no mailbox")
        .contains("5 users, 3 matched, 2 failed");
  }

  @Test
  void aTemporaryFailureOverridesEarlierOnes() throws Exception {
    OneLane.Work work =
        assignment ->
            assignment.fail(
                assignment.user().equals("user0001")
                    ? Outcome.NOT_FOUND
                    : Outcome.TEMPORARY_FAILURE,
                "x");
    Server server = new ManyLanes(typed, "s", users(2), 1, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(75);
  }

  @Test
  void whatALostLaneHadNotBegunIsDoneByAnother() throws Exception {
    List<String> lost = Collections.synchronizedList(new ArrayList<>());
    OneLane.Work work =
        assignment -> {
          assignment.request(1);
          if (assignment.user().endsWith("7") && !lost.contains(assignment.user())) {
            lost.add(assignment.user());
            assignment.lost("connection lost");
          } else {
            rows(assignment, 1);
          }
        };
    Server server = new ManyLanes(typed, "s", users(50), 4, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isZero();
    assertThat(typed.printed().lines()).hasSize(50).doesNotHaveDuplicates();
  }

  @Test
  void whatIsToBeSaidOfHundredsIsSaidOnceWithTheirNumber() throws Exception {
    OneLane.Work work =
        assignment -> assignment.fail(Outcome.NOT_FOUND, "Mailbox Trash: doesn't exist");
    Server server = new ManyLanes(typed, "s", users(500), 4, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(68);
    assertThat(typed.said().lines())
        .hasSize(12)
        .contains("doveadm: 490 more users (-v names them): Mailbox Trash: doesn't exist");
    typed.clear();
    assertThat(typed.run(List.of(server), "", "-v", "search", "-A", "all")).isEqualTo(68);
    assertThat(typed.said().lines()).filteredOn(line -> line.contains(": Error: ")).hasSize(500);
  }

  @Test
  void whatWorkersSayOfHundredsOfMailsIsSaidOnceWithTheirNumber() throws Exception {
    OneLane.Work work =
        assignment -> {
          for (int mail = 1; mail <= 30; mail++) {
            String text = "Mailbox INBOX: mail 17%d.M1P1.h:2,S (UID %d): Permission denied";
            Message.Log.Level level = Message.Log.Level.ERROR;
            assignment.send(new Message.Log(1, level, text.formatted(mail, mail)));
          }
          assignment.fail(Outcome.TEMPORARY_FAILURE, "Mailbox INBOX: 1 mail cannot be read");
        };
    Server server = new ManyLanes(typed, "s", users(50), 4, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(typed.said().lines())
        .hasSize(10 + 10 + 3)
        .contains(
            "doveadm: 1,490 more errors (-v shows them): Mailbox INBOX: mail … (UID …): Permission"
                + " denied",
            "doveadm: 40 more users (-v names them): Mailbox INBOX: 1 mail cannot be read");
    typed.clear();
    Server one = new ManyLanes(typed, "s", List.of(), 1, work);
    assertThat(typed.run(List.of(one), "", "search", "-u", "x", "all")).isEqualTo(75);
    assertThat(typed.said().lines())
        .hasSize(10 + 1 + 1)
        .contains(
            "doveadm: 20 more errors (-v shows them): Mailbox INBOX: mail … (UID …): Permission"
                + " denied");
    typed.clear();
    assertThat(typed.run(List.of(one), "", "-v", "search", "-u", "x", "all")).isEqualTo(75);
    assertThat(typed.said().lines()).filteredOn(line -> line.contains("(UID ")).hasSize(30);
  }

  @Test
  void aStoppedReaderStopsTheWorkersAndNothingIsLost() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    OneLane.Work work =
        assignment -> {
          begun.incrementAndGet();
          rows(assignment, 1000);
        };
    Server server = new ManyLanes(typed, "s", users(2000), 4, work);
    typed.readAfter(reading);
    typed.execute(
        () -> {
          int last = -1;
          while (begun.get() != last || last == 0) { // until no further user is begun
            last = begun.get();
            LockSupport.parkNanos(500_000_000L);
          }
          reading.countDown();
        });
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isZero();
    assertThat(typed.printed().lines()).hasSize(2_000_000);
  }

  @Test
  void withoutMemoryRowsArePrintedAsTheyComeAndNoneIsLost() throws Exception {
    typed.setMemory(MemoryBudget.PIECE);
    Server server = new ManyLanes(typed, "s", users(300), 8, assignment -> rows(assignment, 200));
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isZero();
    List<String> lines = typed.printed().lines().toList();
    assertThat(lines).hasSize(300 * 200);
    assertThat(new LinkedHashSet<>(lines)).hasSize(300 * 200);
    assertThat(typed.held()).isZero();
  }

  @Test
  void aRunHoldsNoMoreThanItsMemoryWhileNobodyReads() throws Exception {
    typed.setMemory(1024 * 1024);
    CountDownLatch reading = new CountDownLatch(1);
    AtomicLong most = new AtomicLong();
    OneLane.Work work =
        attempt -> {
          attempt.send(COLUMNS);
          for (int i = 1; i <= 100; i++) {
            attempt.send(new Message.Row(1, List.of(Value.of("g"), Value.of(i))));
            most.accumulateAndGet(typed.held(), Math::max);
            if (typed.free() < MemoryBudget.PIECE) {
              reading.countDown(); // no output has been read up to now
            }
          }
          attempt.send(new Message.Done(1, Outcome.OK, "", Map.of(), 10));
        };
    Server server = new ManyLanes(typed, "s", users(200), 4, work);
    typed.readAfter(reading);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isZero();
    assertThat(typed.printed().lines()).hasSize(200 * 100);
    assertThat(most.get()).isLessThanOrEqualTo(1024 * 1024);
    assertThat(typed.held()).isZero();
  }
}
