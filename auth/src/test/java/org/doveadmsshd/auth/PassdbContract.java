package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every passdb promises. */
@Timeout(120)
public abstract class PassdbContract {
  @TempDir protected Path directory;
  protected final Hashing hashing = new Hashing(new MemoryBudget(1L << 28).all());
  private Passdb passdb;

  /** Opens it; the password of jane is sesame, that of joe is other. */
  protected abstract Passdb open() throws Exception;

  /** What is closed after it; null for nothing. */
  protected abstract Closeable source();

  /** Gives jane another password, while it is open. */
  protected abstract void change(String password) throws Exception;

  /** Takes away what it looks into. */
  protected abstract void breakDown() throws Exception;

  /** Gives back what was taken away. */
  protected abstract void repair() throws Exception;

  @BeforeEach
  void openPassdb() throws Exception {
    passdb = open();
  }

  @AfterEach
  void closePassdb() throws IOException {
    if (source() != null) {
      source().close();
    }
  }

  private Passdb.Verdict verdict(String user, String password) throws Failure {
    return passdb.verify(new LoginAttempt(user, password, "192.0.2.1")).verdict();
  }

  @Test
  void theRightPasswordIsRightHoweverTheNameIsSpelled() throws Exception {
    for (String name : List.of("jane", "JANE", "Jane")) {
      assertThat(verdict(name, "sesame")).isEqualTo(Passdb.Verdict.RIGHT);
    }
    assertThat(verdict("joe", "other")).isEqualTo(Passdb.Verdict.RIGHT);
  }

  @Test
  void anyOtherPasswordIsWrong() throws Exception {
    for (String password :
        List.of("", "other", "Sesame", "sesame ", "sesam", "sesame\0", "{PLAIN}sesame", "*")) {
      assertThat(verdict("jane", password)).as(password).isEqualTo(Passdb.Verdict.WRONG);
    }
  }

  @Test
  void whatIsWrongSaysNothingElseOfTheUser() throws Exception {
    Passdb.Answer wrong = passdb.verify(new LoginAttempt("jane", "wrong", "192.0.2.1"));
    assertThat(wrong.isRight()).isFalse();
    assertThat(wrong.fields()).isEmpty();
  }

  @Test
  void whoIsNoUserDoesNotGetInWhateverHeIsCalled() throws Exception {
    for (String name : UserdbContract.NAMES_OF_NOBODY) {
      for (String password : List.of("sesame", "")) {
        assertThat(verdict(name, password)).as(name).isNotEqualTo(Passdb.Verdict.RIGHT);
      }
    }
  }

  @Test
  void aNewPasswordCountsAtOnceAndTheOldOneNoMore() throws Exception {
    assertThat(verdict("jane", "sesame")).isEqualTo(Passdb.Verdict.RIGHT);
    change("barley");
    assertThat(verdict("jane", "barley")).isEqualTo(Passdb.Verdict.RIGHT);
    assertThat(verdict("jane", "sesame")).isEqualTo(Passdb.Verdict.WRONG);
  }

  @Test
  void whereNothingCanBeSaidNobodyGetsInUntilItCanBeAgain() throws Exception {
    assertThat(verdict("jane", "sesame")).isEqualTo(Passdb.Verdict.RIGHT);
    breakDown();
    for (String password : List.of("sesame", "wrong")) {
      assertThatThrownBy(() -> verdict("jane", password))
          .isInstanceOfSatisfying(Failure.class, UserdbContract::isTemporary);
    }
    repair();
    assertThat(verdict("jane", "sesame")).isEqualTo(Passdb.Verdict.RIGHT);
    assertThat(verdict("jane", "wrong")).isEqualTo(Passdb.Verdict.WRONG);
  }

  @Test
  void afterItsEndNobodyGetsIn() throws Exception {
    assumeTrue(source() != null);
    assertThat(verdict("jane", "sesame")).isEqualTo(Passdb.Verdict.RIGHT);
    source().close();
    assertThatThrownBy(() -> verdict("jane", "sesame")).isInstanceOf(Failure.class);
  }

  @Test
  void aTokenIsNobodysWhereTokensAreNotKnown() throws Exception {
    assertThat(passdb.bearer("token")).isEmpty();
  }

  @Test
  void severalThreadsMayAskAtOnce() throws Exception {
    List<List<Passdb.Verdict>> all =
        UserdbContract.inThreads(
            () -> {
              List<Passdb.Verdict> own = new ArrayList<>();
              for (int i = 0; i < 20; i++) {
                own.add(verdict("jane", "sesame"));
                own.add(verdict("joe", "sesame"));
              }
              return own;
            });
    for (List<Passdb.Verdict> own : all) {
      for (int i = 0; i < own.size(); i++) {
        Passdb.Verdict due = i % 2 == 0 ? Passdb.Verdict.RIGHT : Passdb.Verdict.WRONG;
        assertThat(own.get(i)).isEqualTo(due);
      }
    }
  }
}
