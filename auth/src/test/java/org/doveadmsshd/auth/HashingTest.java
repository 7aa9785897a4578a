package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.Test;

class HashingTest {
  private static final long MIB = 1 << 20;

  private static PasswordHash argon2(int mebibytes) {
    String form =
        "{ARGON2ID}$argon2id$v=19$m=%d,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA";
    return PasswordHash.parse(form.formatted(mebibytes * 1024), "PLAIN");
  }

  @Test
  void memoryForHashesIsDrawnFromTheBudgetAndGivenBack() throws Exception {
    MemoryBudget budget = new MemoryBudget(20 * MIB);
    Hashing hashing = new Hashing(budget.all(), 60_000);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<Boolean>> verified = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      verified.add(threads.submit(() -> hashing.verify(argon2(16), "jane", "wrong")));
    }
    for (Future<Boolean> each : verified) {
      assertThat(each.get()).isFalse();
    }
    threads.shutdown();
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void whoeverFindsNoMemoryIsToldToComeAgain() throws Exception {
    MemoryBudget budget = new MemoryBudget(20 * MIB);
    Hashing hashing = new Hashing(budget.all(), 50);
    assertThat(budget.all().tryTake(10 * MIB)).isTrue();
    assertThatThrownBy(() -> hashing.verify(argon2(16), "jane", "x"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("try again later");
    budget.all().give(10 * MIB);
    assertThat(hashing.verify(argon2(16), "jane", "x")).isFalse();
  }

  @Test
  void aHashThatNeverFitsIsNeitherAYesNorANo() {
    Hashing hashing = new Hashing(new MemoryBudget(20 * MIB).all(), 50);
    assertThatThrownBy(() -> hashing.verify(argon2(1000), "jane", "x"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("1000 MiB");
  }
}
