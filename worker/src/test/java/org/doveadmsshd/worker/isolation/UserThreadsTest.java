package org.doveadmsshd.worker.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.supervision.Identity;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a thread that works on a user's mail may do; needs root. */
class UserThreadsTest {
  private static final Isolation THREADS =
      new UserThreads(new ThreadIdentity(new Identity.ValidIds(1000, 60_000, 1)), false);

  @TempDir Path directory;

  @BeforeAll
  static void needsRoot() {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
  }

  private static MailUser user(String uid, String gid) {
    return new MailUser("jane", Map.of("uid", uid, "gid", gid));
  }

  private static List<String> status(String who, String... fields) throws IOException {
    return Files.readAllLines(Path.of("/proc", who, "status")).stream()
        .filter(line -> List.of(fields).contains(line.substring(0, line.indexOf(':'))))
        .map(line -> line.replaceAll("\\s+", " ").strip())
        .toList();
  }

  @Test
  void theThreadIsTheUserAndNothingElse() throws Exception {
    List<String> status = new ArrayList<>();
    THREADS.run(
        user("20001", "20002"),
        () ->
            status.addAll(
                status("thread-self", "Uid", "Gid", "Groups", "CapPrm", "CapEff", "CapAmb")));
    assertThat(status)
        .containsExactlyInAnyOrder(
            "Uid: 20001 20001 20001 20001",
            "Gid: 20002 20002 20002 20002",
            "Groups: 20002",
            "CapPrm: 0000000000000000",
            "CapEff: 0000000000000000",
            "CapAmb: 0000000000000000");
    assertThat(status("self", "Uid")).as("the others are").containsExactly("Uid: 0 0 0 0");
    assertThat(status("thread-self", "Uid")).containsExactly("Uid: 0 0 0 0");
  }

  @Test
  void whatIsSomebodyElsesIsOutOfReach() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "root's");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    for (Path read : List.of(secret, Path.of("/etc/shadow"), Path.of("/proc/1/environ"))) {
      assertThatThrownBy(() -> THREADS.run(user("20001", "20001"), () -> Files.readAllBytes(read)))
          .as(read.toString())
          .isInstanceOf(AccessDeniedException.class);
    }
    assertThatThrownBy(
            () ->
                THREADS.run(
                    user("20001", "20001"),
                    () -> Files.writeString(directory.resolve("made"), "x")))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(Files.readString(secret)).isEqualTo("root's");
  }

  @Test
  void rootIsNotHadBack() throws Exception {
    THREADS.run(
        user("20001", "20001"),
        () ->
            assertThatThrownBy(() -> ThreadIdentity.take(new Identity(1, 1)))
                .isInstanceOf(IllegalStateException.class));
  }

  @Test
  void manyUsersAtATimeAreEachThemselves() throws Exception {
    int many = 50;
    CyclicBarrier together = new CyclicBarrier(many);
    ExecutorService callers = Executors.newFixedThreadPool(many);
    try {
      List<Future<List<String>>> answers = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        String uid = Integer.toString(20_000 + i);
        answers.add(
            callers.submit(
                () -> {
                  List<String> status = new ArrayList<>();
                  THREADS.run(
                      user(uid, uid),
                      () -> {
                        try {
                          together.await();
                        } catch (InterruptedException
                            | java.util.concurrent.BrokenBarrierException e) {
                          throw new IOException(e);
                        }
                        status.addAll(status("thread-self", "Uid"));
                      });
                  return status;
                }));
      }
      for (int i = 0; i < many; i++) {
        int uid = 20_000 + i;
        assertThat(answers.get(i).get())
            .containsExactly("Uid: %d %d %d %d".formatted(uid, uid, uid, uid));
      }
    } finally {
      callers.shutdownNow();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1000",
    "999, 1000",
    "60001, 1000",
    "1000, 0",
    "'', 1000",
    "1000, ''",
    "root, 1000",
    "-1, 1000",
    "4294967295, 1000",
    "4294967296, 1000",
    "99999999999, 1000",
  })
  void whoeverIsOutOfBoundsIsNotWorkedFor(String uid, String gid) {
    assertThatThrownBy(
            () ->
                THREADS.run(
                    user(uid, gid),
                    () -> {
                      throw new AssertionError("has begun");
                    }))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR));
  }

  @Test
  void howTheWorkEndsIsToldWhoWaits() {
    Failure failure = new Failure(Outcome.DATA_ERROR, "so");
    assertThatThrownBy(
            () ->
                THREADS.run(
                    user("20001", "20001"),
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThatThrownBy(
            () ->
                THREADS.run(
                    user("20001", "20001"),
                    () -> {
                      throw new IllegalStateException("fault");
                    }))
        .hasMessage("fault");
  }
}
