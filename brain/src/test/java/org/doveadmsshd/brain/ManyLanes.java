package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/** A server whose lanes are threads of the test. */
class ManyLanes extends OneLane {
  private final Typed typed;
  private final int lanes;

  /**
   * @param typed whose threads the lanes are
   * @param users whom it lists
   */
  ManyLanes(Typed typed, String name, List<String> users, int lanes, Work work) {
    super(name, users, work);
    this.typed = typed;
    this.lanes = lanes;
  }

  /** So many names, in their order. */
  static List<String> users(int count) {
    return IntStream.rangeClosed(1, count).mapToObj("user%04d"::formatted).toList();
  }

  /** So many rows, and the end. */
  static void rows(Assignment.Attempt attempt, int count) throws IOException {
    attempt.send(COLUMNS);
    for (int i = 1; i <= count; i++) {
      attempt.send(new Message.Row(1, List.of(Value.of("g"), Value.of(i))));
    }
    attempt.send(new Message.Done(1, Outcome.OK, "", Map.of("matched", (long) count), 10));
  }

  @Override
  public void work(UserQueue queue, int limit) {
    limits.add(limit);
    CountDownLatch working = new CountDownLatch(lanes);
    for (int i = 0; i < lanes; i++) {
      typed.execute(
          () -> {
            try {
              workOff(queue);
            } catch (IOException e) {
              ((Run) typed.running()).broken(e);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            } finally {
              working.countDown();
            }
          });
    }
    try {
      working.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
