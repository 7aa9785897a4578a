package org.doveadmsshd.console.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.console.line.Names.Found;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names are asked for in the background, and nobody waits for them for long. */
@Timeout(60)
class KnownNamesTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final Town town = new Town();

  @AfterEach
  void end() {
    town.open.countDown();
    executor.shutdownNow();
  }

  /** Users of whom there are as many as one likes. */
  private static final class Town implements NameSource {
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch open = new CountDownLatch(1);
    private List<String> citizens = List.of("alice", "Alina", "bob");
    private Failure failure;

    @Override
    public void users(UserMask mask, Consumer<String> taker) throws Failure {
      asked.add(mask.text());
      await();
      if (failure != null) {
        throw failure;
      }
      citizens.stream().filter(mask::matches).forEach(taker);
    }

    @Override
    public void mailboxes(String user, Consumer<String> taker) throws IOException {
      asked.add("of " + user);
      await();
      List.of("INBOX", user, "two\nlines").forEach(taker);
    }

    @Override
    public void keywords(String user, Consumer<String> taker) {
      asked.add("keywords of " + user);
      await();
      taker.accept("$Work");
    }

    private void await() {
      try {
        open.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public List<String> servers() {
      return List.of("web1");
    }
  }

  private KnownNames patient() {
    town.open.countDown();
    return new KnownNames(town, executor, LONG);
  }

  @Test
  void fewUsersAreListedOnce() {
    KnownNames names = patient();

    assertThat(names.users("").all()).containsExactlyInAnyOrder("alice", "Alina", "bob");
    assertThat(names.users("AL").all()).containsExactlyInAnyOrder("alice", "Alina");
    assertThat(names.users("x")).isEqualTo(new Found(List.of(), ""));
    assertThat(town.asked).containsExactly("*");
  }

  @Test
  void ofManyUsersThoseAreListedWhoseNamesBeginSo() {
    town.citizens = IntStream.range(0, 50_000).mapToObj("citizen-%05d"::formatted).toList();
    KnownNames names = patient();

    assertThat(names.users("").note()).startsWith("too many to list");
    assertThat(names.users("citizen-").all()).isEmpty();
    assertThat(names.users("Citizen-0001").all()).hasSize(10);
    assertThat(town.asked).containsExactly("*", "citizen-*", "citizen-0001*");
  }

  @Test
  void whoTypesDoesNotWaitForASlowList() throws Exception {
    KnownNames names = new KnownNames(town, executor, Duration.ofMillis(1));

    assertThat(names.users("al")).isEqualTo(Found.LATE);
    assertThat(names.users("al")).isEqualTo(Found.LATE);
    town.open.countDown();

    while (names.users("al").equals(Found.LATE)) {
      Thread.onSpinWait();
    }
    assertThat(names.users("al").all()).hasSize(2);
    assertThat(town.asked).containsExactly("*");
  }

  @Test
  void mailboxesAreThoseOfOneUser() {
    KnownNames names = patient();

    assertThat(names.mailboxes("bob").all()).containsExactly("INBOX", "bob");
    assertThat(names.mailboxes("alice").all()).containsExactly("INBOX", "alice");
    assertThat(names.mailboxes("bob").all()).containsExactly("INBOX", "bob");
    assertThat(town.asked).containsExactly("of bob", "of alice");
  }

  @Test
  void whyNamesCannotBeHadIsSaid() {
    town.failure = Failure.usage("not you");

    assertThat(patient().users("a")).isEqualTo(new Found(List.of(), "not you"));
  }

  @Test
  void aMaskHasNoNames() {
    assertThat(patient().users("a*").all()).isEmpty();
    assertThat(town.asked).isEmpty();
  }

  @Test
  void aProgramThatEndsAsksNoMore() {
    KnownNames names =
        new KnownNames(
            town,
            task -> {
              throw new RejectedExecutionException();
            },
            LONG);

    assertThat(names.users("a")).isEqualTo(Found.LATE);
    assertThat(names.servers()).containsExactly("web1");
  }
}
