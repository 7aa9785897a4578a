package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.auth.StaticUserdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.Workers;
import org.doveadmsshd.worker.audit.Audit;
import org.junit.jupiter.api.Test;

/** What is replaced stays open as long as somebody uses it. */
class CurrentSiteTest {
  private static final LoginAttempt WHO = new LoginAttempt("jane", "x", "192.0.2.7");

  private final CurrentSite site = new CurrentSite();
  private final List<String> closed = new ArrayList<>();

  private static Worker worker() {
    return new Worker(
        new StaticUserdb(Map.of("home", "/"), true),
        null,
        (master, input, output) -> {
          throw new AssertionError("nothing is carried out");
        },
        Audit.NONE);
  }

  /** Answers by its name. */
  private static Passdb passdb(String name) {
    return new Passdb() {
      @Override
      public Answer verify(LoginAttempt attempt) {
        return new Answer(Verdict.RIGHT, Map.of("by", name));
      }

      @Override
      public Optional<PasswordStore.Stored> find(LoginAttempt who) {
        return Optional.of(new PasswordStore.Stored(name, Map.of()));
      }

      @Override
      public Optional<String> bearer(String token) {
        return Optional.of(name + " " + token);
      }
    };
  }

  private Worker become(String name) {
    Worker worker = worker();
    site.become(worker, passdb(name), () -> closed.add(name));
    return worker;
  }

  @Test
  void theNextRequestGetsWhatThereIsNow() {
    Worker first = become("first");
    try (Workers.Use use = site.use()) {
      assertThat(use.worker()).isSameAs(first);
    }
    Worker second = become("second");
    try (Workers.Use use = site.use()) {
      assertThat(use.worker()).isSameAs(second);
    }
  }

  @Test
  void whatIsReplacedIsClosedAtOnceIfNobodyUsesIt() {
    become("first");
    assertThat(closed).isEmpty();
    become("second");
    assertThat(closed).containsExactly("first");
  }

  @Test
  void whatIsReplacedIsClosedOnceWhenItsLastUseEnds() {
    Worker first = become("first");
    Workers.Use one = site.use();
    Workers.Use other = site.use();
    become("second");
    one.close();
    assertThat(closed).isEmpty();
    assertThat(other.worker()).isSameAs(first);
    other.close();
    assertThat(closed).containsExactly("first");
    become("third");
    assertThat(closed).containsExactly("first", "second");
  }

  @Test
  void aPassdbAsksTheCurrentOneAtEachQuestion() throws Exception {
    Passdb asked = site.passdb();
    become("first");
    assertThat(asked.verify(WHO).fields()).containsEntry("by", "first");
    become("second");
    assertThat(asked.verify(WHO).fields()).containsEntry("by", "second");
    assertThat(asked.find(WHO).orElseThrow().password()).isEqualTo("second");
    assertThat(asked.bearer("token")).contains("second token");
    assertThat(closed).containsExactly("first");
  }

  @Test
  void aQuestionThatIsUnderWayKeepsItsPassdbOpenAlsoIfItFails() {
    site.become(
        worker(),
        attempt -> {
          become("second");
          assertThat(closed).as("asked at the moment").isEmpty();
          throw Failure.temporary("down", null);
        },
        () -> closed.add("first"));
    assertThatThrownBy(() -> site.passdb().verify(WHO)).hasMessage("down");
    assertThat(closed).containsExactly("first");
  }
}
