package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every userdb promises. */
@Timeout(120)
public abstract class UserdbContract {
  /** What nobody is called. */
  static final List<String> NAMES_OF_NOBODY =
      List.of("", "nobody", "jan", "jane:x", "jane\n", "../jane", "\0", "*", "j".repeat(300));

  private static final int THREADS = 6;

  @TempDir protected Path directory;
  private Userdb userdb;

  /** Opens it; jane and joe are users. */
  protected abstract Userdb open() throws Exception;

  /** Makes somebody a user, while it is open. */
  protected abstract void add(String user) throws Exception;

  /** Takes away what it looks into; false if it cannot be without. */
  protected abstract boolean breakDown() throws Exception;

  /** Gives back what was taken away. */
  protected abstract void repair() throws Exception;

  @BeforeEach
  void openUserdb() throws Exception {
    userdb = open();
  }

  @AfterEach
  void closeUserdb() throws IOException {
    if (userdb instanceof Closeable) {
      ((Closeable) userdb).close();
    }
  }

  private Optional<String> find(String name) throws Failure {
    return userdb.find(name).map(MailUser::name);
  }

  @Test
  void usersAreFoundInAnyCaseAndSpelledInOneWay() throws Exception {
    for (String name : List.of("jane", "JANE", "Jane")) {
      assertThat(find(name)).contains("jane");
    }
    assertThat(find("joe")).contains("joe");
  }

  @Test
  void whatIsNoUserIsNotFoundWhateverItIsCalled() throws Exception {
    for (String name : NAMES_OF_NOBODY) {
      assertThat(find(name)).as(name).isEmpty();
    }
  }

  /** Databases pass over blanks at the end of a name. */
  @Test
  void aNameThatIsNearlyAUsersIsNobodysOrHis() throws Exception {
    for (String name : List.of("jane ", "jane  ")) {
      assertThat(find(name).orElse("jane")).isEqualTo("jane");
    }
  }

  @Test
  void whoCanListNamesEachUserOnceAsItFindsHimAndWhoCannotSaysSo() throws Exception {
    List<String> names = new ArrayList<>();
    if (!userdb.canList()) {
      assertThatThrownBy(() -> userdb.forEach(names::add))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("cannot list");
      assertThat(names).isEmpty();
      return;
    }
    userdb.forEach(names::add);
    assertThat(names).containsExactlyInAnyOrder("jane", "joe");
    for (String name : names) {
      assertThat(UserName.isPossible(name)).isTrue();
      assertThat(find(name)).contains(name);
    }
  }

  @Test
  void whatTheVisitorThrowsEndsTheListing() throws Exception {
    assumeTrue(userdb.canList());
    List<String> names = new ArrayList<>();
    IOException gone = new IOException("nobody listens");
    assertThatThrownBy(
            () ->
                userdb.forEach(
                    name -> {
                      names.add(name);
                      throw gone;
                    }))
        .isSameAs(gone);
    assertThat(names).hasSize(1);
    assertThat(find("jane")).as("it can be asked as before").contains("jane");
  }

  @Test
  void whoBecomesAUserIsOneAtOnce() throws Exception {
    assertThat(find("jim")).isEmpty();
    add("jim");
    assertThat(find("jim")).contains("jim");
    if (userdb.canList()) {
      List<String> names = new ArrayList<>();
      userdb.forEach(names::add);
      assertThat(names).containsExactlyInAnyOrder("jane", "jim", "joe");
    }
  }

  @Test
  void whereNothingCanBeSaidThatIsSaidUntilItCanBeAgain() throws Exception {
    find("jane");
    assumeTrue(breakDown());
    for (String name : List.of("jane", "nobody")) {
      assertThatThrownBy(() -> find(name))
          .isInstanceOfSatisfying(Failure.class, UserdbContract::isTemporary);
    }
    if (userdb.canList()) {
      List<String> names = new ArrayList<>();
      assertThatThrownBy(() -> userdb.forEach(names::add))
          .isInstanceOfSatisfying(Failure.class, UserdbContract::isTemporary);
    }
    repair();
    assertThat(find("jane")).contains("jane");
    assertThat(find("nobody")).isEmpty();
  }

  static void isTemporary(Failure failure) {
    assertThat(failure.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
  }

  @Test
  void afterItsEndItTakesNobodyForUnknown() throws Exception {
    assumeTrue(userdb instanceof Closeable);
    find("jane");
    ((Closeable) userdb).close();
    assertThatThrownBy(() -> find("jane")).isInstanceOf(Failure.class);
    assertThatThrownBy(() -> find("nobody")).isInstanceOf(Failure.class);
  }

  @Test
  void severalThreadsMayAskAtOnce() throws Exception {
    assertThat(
            inThreads(
                () -> {
                  for (int i = 0; i < 30; i++) {
                    assertThat(find("jane")).contains("jane");
                    assertThat(find("nobody")).isEmpty();
                    if (userdb.canList() && i % 10 == 0) {
                      List<String> names = new ArrayList<>();
                      userdb.forEach(names::add);
                      assertThat(names).containsExactlyInAnyOrder("jane", "joe");
                    }
                  }
                  return true;
                }))
        .hasSize(THREADS)
        .containsOnly(true);
  }

  /** Does the same in several threads, and returns what came of it. */
  static <T> List<T> inThreads(Callable<T> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(Collections.nCopies(THREADS, work))) {
        results.add(each.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
