package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CurrentTest {
  private final List<String> closed = new ArrayList<>();
  private final Current<String> current = new Current<>();

  private void become(String value) {
    current.become(value, () -> closed.add(value));
  }

  @Test
  void aUseKeepsTheValueThatItBeganWith() {
    become("one");
    try (Current.Use<String> use = current.use()) {
      become("two");
      assertThat(use.value()).isEqualTo("one");
      try (Current.Use<String> next = current.use()) {
        assertThat(next.value()).isEqualTo("two");
      }
      assertThat(closed).as("it is in use").isEmpty();
    }
    assertThat(closed).containsExactly("one");
  }

  @Test
  void aValueThatNobodyUsesIsClosedWhenItIsReplaced() {
    become("one");
    current.use().close();
    assertThat(closed).as("it is current").isEmpty();
    become("two");
    assertThat(closed).containsExactly("one");
    become("three");
    assertThat(closed).containsExactly("one", "two");
  }

  @Test
  void theLastOfSeveralUsesCloses() {
    become("one");
    Current.Use<String> first = current.use();
    Current.Use<String> second = current.use();
    become("two");
    second.close();
    assertThat(closed).isEmpty();
    first.close();
    assertThat(closed).containsExactly("one");
  }

  @Test
  void thereIsNothingToUseBeforeTheFirstValue() {
    assertThatThrownBy(current::use).isInstanceOf(NullPointerException.class);
  }

  /** Whoever uses a value finds it open, however fast values change. */
  @Test
  @Timeout(60)
  void noValueIsClosedWhileAThreadUsesIt() throws Exception {
    record Value(AtomicBoolean isOpen) {}
    AtomicInteger closings = new AtomicInteger();
    Current<Value> values = new Current<>();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    int changes = 20_000;
    Value first = new Value(new AtomicBoolean(true));
    values.become(first, () -> first.isOpen.set(false));
    List<Future<Boolean>> users = new ArrayList<>();
    AtomicBoolean ends = new AtomicBoolean();
    for (int i = 0; i < 3; i++) {
      users.add(
          threads.submit(
              () -> {
                boolean allOpen = true;
                while (!ends.get()) {
                  try (Current.Use<Value> use = values.use()) {
                    allOpen &= use.value().isOpen.get();
                  }
                }
                return allOpen;
              }));
    }
    for (int i = 0; i < changes; i++) {
      Value next = new Value(new AtomicBoolean(true));
      values.become(
          next,
          () -> {
            closings.incrementAndGet();
            next.isOpen.set(false);
          });
    }
    ends.set(true);
    for (Future<Boolean> user : users) {
      assertThat(user.get()).isTrue();
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(closings).as("each once, but for the last").hasValue(changes - 1);
  }
}
