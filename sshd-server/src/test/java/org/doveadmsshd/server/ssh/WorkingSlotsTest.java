package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Places of runs that work: as many as there are, and none for those who wait. */
@Timeout(30)
class WorkingSlotsTest {
  private final WorkingSlots slots = new WorkingSlots(1);

  @Test
  void aPlaceIsForOneAndFreeAgainWhenHeEnds() throws Exception {
    WorkingSlots.Slot first = slots.take(() -> false);
    assertThat(slots.take(() -> true)).as("cancelled while it waits").isNull();
    first.close();
    first.close(); // gives one place back, not two
    WorkingSlots.Slot second = slots.take(() -> false);
    assertThat(second).isNotNull();
    assertThat(slots.take(() -> true)).isNull();
    second.close();
  }

  @Test
  void whoWaitsForHisClientGivesHisPlaceToOthersUntilHeGoesOn() throws Exception {
    WorkingSlots.Slot first = slots.take(() -> false);
    first.begins();
    first.begins(); // two threads of the run
    WorkingSlots.Slot second = slots.take(() -> false);
    first.ends(); // one of them still waits: that needs no place
    CompletableFuture<Void> goesOn = CompletableFuture.runAsync(first::ends);
    assertThat(slots.take(() -> true)).isNull();
    assertThat(goesOn).isNotDone();
    second.close();
    goesOn.get();
    assertThat(slots.take(() -> true)).as("the first has it again").isNull();
    first.close();
    slots.take(() -> false).close();
  }

  @Test
  void aRunThatIsToEndNeedsNoPlaceForIt() throws Exception {
    AtomicBoolean cancelled = new AtomicBoolean();
    WorkingSlots.Slot first = slots.take(cancelled::get);
    first.begins();
    WorkingSlots.Slot second = slots.take(() -> false);
    cancelled.set(true);
    first.ends();
    first.close();
    assertThat(slots.take(() -> true)).as("the second has the only place").isNull();
    second.close();
  }

  @Test
  void whoIsInterruptedGoesOnAndStaysInterrupted() throws Exception {
    WorkingSlots.Slot first = slots.take(() -> false);
    first.begins();
    WorkingSlots.Slot second = slots.take(() -> false);
    Thread.currentThread().interrupt();
    first.ends();
    assertThat(Thread.interrupted()).isTrue();
    first.close();
    second.close();
    slots.take(() -> false).close();
  }
}
