package org.doveadmsshd.auth.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PamTurnsTest {
  private final PamTurns turns = new PamTurns(Duration.ofMillis(50));

  @Test
  void beginsNoPasswordWhileAModuleHangs() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Passdb.Answer> hanging =
        CompletableFuture.supplyAsync(() -> verifyWhenTold(begun, go));
    begun.await();

    assertThatThrownBy(() -> turns.take("imap", () -> fail("it has begun")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("still busy")
        .hasMessageContaining("imap");

    go.countDown();
    assertThat(hanging.get(30, TimeUnit.SECONDS)).isEqualTo(Passdb.Answer.UNKNOWN_USER);
  }

  private Passdb.Answer verifyWhenTold(CountDownLatch begun, CountDownLatch go) {
    try {
      return turns.take(
          "imap",
          () -> {
            begun.countDown();
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return Passdb.Answer.UNKNOWN_USER;
          });
    } catch (Failure | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Passdb.Answer fail(String text) {
    throw new AssertionError(text);
  }

  @Test
  void aPasswordThatCannotBeVerifiedGivesItsTurnBack() throws Exception {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  turns.take(
                      "imap",
                      () -> {
                        throw Failure.temporary("the module failed", null);
                      }))
          .hasMessage("the module failed");
    }
    assertThat(turns.take("imap", () -> Passdb.Answer.WRONG)).isEqualTo(Passdb.Answer.WRONG);
  }
}
