package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.doveadmsshd.brain.OneLane.COLUMNS;
import static org.doveadmsshd.brain.OneLane.lane;
import static org.doveadmsshd.brain.OneLane.row;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which users are named, where they go, and how often they are tried. */
@Timeout(60)
class RunTest {
  private final Typed typed = new Typed();

  @TempDir Path directory;

  @AfterEach
  void stop() {
    typed.close();
  }

  private int run(List<? extends Server> servers, String input, String... words)
      throws IOException {
    return typed.run(servers, input, words);
  }

  private String printed() {
    return typed.printed();
  }

  private String said() {
    return typed.said();
  }

  @Test
  void whoAsksLearnsHowManyUsersThereAreBeforeAllHaveBeenNamed() throws Exception {
    List<String> users = IntStream.range(0, 2000).mapToObj("u%d"::formatted).toList();
    List<OptionalLong> known = new ArrayList<>();
    OneLane server =
        new OneLane(
            "s",
            users,
            attempt -> {
              while (known.isEmpty()) {
                Stream.of(typed.running().users())
                    .filter(OptionalLong::isPresent)
                    .forEach(known::add);
              }
              OneLane.ok(attempt);
            });
    assertThat(run(List.of(server), "", "search", "-u", "u1*", "all")).isZero();
    assertThat(known).containsExactly(OptionalLong.of(1111));
    assertThat(typed.running().users()).hasValue(1111);
  }

  @Test
  void ofOneUserItIsNotSaidHowManyThereAre() throws Exception {
    List<OptionalLong> known = new ArrayList<>();
    OneLane server =
        lane(
            attempt -> {
              known.add(typed.running().users());
              OneLane.ok(attempt);
            });
    assertThat(run(List.of(server), "", "search", "-u", "joe", "all")).isZero();
    assertThat(known).containsExactly(OptionalLong.empty());
  }

  @Test
  void whoseLaneIsLostTwiceIsGivenUp() throws Exception {
    OneLane server = lane(attempt -> attempt.lost("Connection lost"));
    assertThat(run(List.of(server), "", "search", "-u", "joe", "all")).isEqualTo(75);
    assertThat(server.asked).containsExactly("joe", "joe");
    assertThat(said()).isEqualTo("doveadm(joe): Error: Connection lost\n");
  }

  @Test
  void whatMustNotBeDoneTwiceIsTriedOnceAndTheDoubtIsTold() throws Exception {
    OneLane server = lane(attempt -> attempt.lost("Connection lost"));
    assertThat(run(List.of(server), "", "copy", "-u", "joe", "Archive", "mailbox", "x", "all"))
        .isEqualTo(75);
    assertThat(server.asked).containsExactly("joe");
    assertThat(said())
        .isEqualTo("doveadm(joe): Error: Connection lost; it may have been done all the same\n");
  }

  @Test
  void whoseRowsHaveBeenPrintedInPartIsNotTriedAgain() throws Exception {
    OneLane server =
        lane(
            attempt -> {
              OneLane.manyRows(attempt);
              attempt.lost("Connection lost");
            });
    assertThat(run(List.of(server), "", "search", "-u", "joe", "all")).isEqualTo(75);
    assertThat(server.asked).containsExactly("joe");
    assertThat(printed().lines()).hasSize(OneLane.MANY);
    assertThat(typed.held()).isZero();
  }

  @Test
  void rowsOfALostLaneAreForgottenAsLongAsNoneIsPrinted() throws Exception {
    List<Integer> tries = new ArrayList<>();
    OneLane server =
        lane(
            attempt -> {
              attempt.send(COLUMNS);
              attempt.send(
                  new Message.Row(1, List.of(Value.of("try"), Value.of(tries.size() + 1))));
              tries.add(1);
              if (tries.size() == 1) {
                attempt.lost("Connection lost");
              }
              attempt.send(OneLane.done(Outcome.OK, ""));
            });
    assertThat(run(List.of(server), "", "search", "-u", "joe", "all")).isZero();
    assertThat(printed()).isEqualTo("try 2\n");
    assertThat(typed.held()).isZero();
  }

  @Test
  void nothingIsHeardOfAnAttemptThatHasEnded() throws Exception {
    OneLane server =
        lane(
            attempt -> {
              row(attempt);
              row(attempt);
              attempt.lost("Connection lost");
            });
    assertThat(run(List.of(server), "", "search", "-u", "joe", "all")).isZero();
    assertThat(server.asked).containsExactly("joe");
    assertThat(printed()).isEqualTo("g 1\n");
    assertThat(said()).isEmpty();
  }

  /** What a lane client lets through, and what else a message may be. */
  private static Stream<Message> messagesThatSayNothingOfAUser() {
    return Stream.of(
        new Message.Hello(1, "w", Optional.empty(), List.of()),
        new Message.Challenge(1, new byte[0]),
        new Message.ListUsers(1, "*"),
        new Message.Wanted(1, 1),
        new Message.Alive(),
        new Message.Fault("enough"));
  }

  @ParameterizedTest
  @MethodSource("messagesThatSayNothingOfAUser")
  void aMessageThatSaysNothingOfAUserIsNoAnswer(Message message) throws Exception {
    OneLane server =
        lane(
            attempt -> {
              assertThatThrownBy(() -> attempt.send(message))
                  .isInstanceOf(ProtocolException.class)
                  .hasMessageContaining(message.getClass().getSimpleName());
              attempt.lost("The worker breaks the protocol");
            });
    assertThat(run(List.of(server), "", "search", "-u", "joe", "all")).isEqualTo(75);
    assertThat(server.asked).as("another lane is tried").containsExactly("joe", "joe");
    assertThat(said()).isEqualTo("doveadm(joe): Error: The worker breaks the protocol\n");
  }

  @Test
  void howFarAWorkerIsWithTheMailsOfAUserIsNotTold() throws Exception {
    OneLane server =
        lane(
            attempt -> {
              attempt.send(new Message.Progress(1, 1000, 5000));
              row(attempt);
            });
    assertThat(run(List.of(server), "", "search", "-u", "joe", "all")).isZero();
    assertThat(printed()).isEqualTo("g 1\n");
    assertThat(said()).isEmpty();
  }

  /** A server that is not for everybody. */
  private static OneLane only(String name, String mask, OneLane.Work work) {
    return new OneLane(name, List.of(), work) {
      @Override
      public boolean mayHave(String user) {
        return new UserMask(mask).matches(user);
      }
    };
  }

  @Test
  void namedUsersGoToTheServersThatMayHaveThem() throws Exception {
    OneLane first = only("first", "a*", OneLane::ok);
    OneLane second = only("second", "*", OneLane::ok);
    assertThat(run(List.of(first, second), "a1\nb1\na2\n", "search", "-F", "-", "all")).isZero();
    assertThat(first.asked).containsExactly("a1", "a2");
    assertThat(second.asked).containsExactly("b1");
  }

  /** Its users are named first, and are more than fit into its queue. */
  @Test
  void aServerThatDoesNotGoOnHoldsUpNobodyOfTheOthers() throws Exception {
    CountDownLatch done = new CountDownLatch(600);
    OneLane stuck =
        only(
            "stuck",
            "s*",
            attempt -> {
              Typed.await(done);
              OneLane.ok(attempt);
            });
    OneLane other =
        only(
            "other",
            "o*",
            attempt -> {
              OneLane.ok(attempt);
              done.countDown();
            });
    StringBuilder names = new StringBuilder();
    IntStream.range(0, 600).forEach(i -> names.append("s%d\n".formatted(i)));
    IntStream.range(0, 600).forEach(i -> names.append("o%d\n".formatted(i)));
    assertThat(run(List.of(stuck, other), names.toString(), "search", "-F", "-", "all")).isZero();
    assertThat(said()).contains("1,200 users");
    assertThat(typed.held()).isZero();
  }

  @Test
  void whoNoServerIsMeantForIsToldSo() throws Exception {
    OneLane server = only("s", "a*", OneLane::ok);
    assertThat(run(List.of(server), "", "search", "-u", "joe", "all")).isEqualTo(67);
    assertThat(said()).isEqualTo("doveadm(joe): Error: No server is meant for this user\n");
    assertThat(server.limits).as("it is not even asked to work").isEmpty();
    typed.clear();
    assertThat(run(List.of(server), "joe\na1\n", "search", "-F", "-", "all")).isZero();
    assertThat(said())
        .contains("doveadm(joe): Info: No server is meant for this user\n")
        .contains("1 user, 1 skipped");
  }

  @Test
  void aUserIsAskedForInTurnAndTheLastAnswerCounts() throws Exception {
    OneLane.Work unknown = attempt -> attempt.fail(Outcome.NO_USER, "Unknown here");
    OneLane first = new OneLane("a", List.of(), unknown);
    OneLane second = new OneLane("b", List.of(), unknown);
    OneLane third = new OneLane("c", List.of(), OneLane::ok);
    assertThat(run(List.of(first, second), "", "search", "-u", "joe", "all")).isEqualTo(67);
    assertThat(said()).isEqualTo("doveadm(joe): Error: Unknown here\n");
    assertThat(run(List.of(first, second, third), "", "search", "-u", "joe", "all")).isZero();
    assertThat(first.asked).containsExactly("joe", "joe");
    assertThat(second.asked).containsExactly("joe", "joe");
    assertThat(third.asked).containsExactly("joe");
  }

  @Test
  void aUserWhoFailsOnOneServerIsNotTakenForOneOfAnother() throws Exception {
    OneLane first =
        new OneLane("a", List.of(), attempt -> attempt.fail(Outcome.NOT_FOUND, "No mailbox"));
    OneLane second = new OneLane("b", List.of(), OneLane::ok);
    assertThat(run(List.of(first, second), "", "search", "-u", "joe", "all")).isEqualTo(68);
    assertThat(second.asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"-A, 7", "-u joe, 1", "-u j*, 7"})
  void oneUserNeedsOneLaneAndManyAsManyAsAreWished(String users, int lanes) throws Exception {
    OneLane server = lane(OneLane::ok);
    List<String> words = new ArrayList<>(List.of("-o", "doveadm_worker_count=7", "search"));
    words.addAll(List.of(users.split(" ")));
    words.add("all");
    assertThat(run(List.of(server), "", words.toArray(String[]::new))).isZero();
    assertThat(server.limits).containsExactly(lanes);
  }

  @Test
  void onlyServersThatWereNeededAreAskedToWorkAndAllAreLeft() throws Exception {
    OneLane needed = new OneLane("a", List.of("joe", "jane"), OneLane::ok);
    OneLane idle = new OneLane("b", List.of(), OneLane::ok);
    assertThat(run(List.of(needed, idle), "", "search", "-A", "all")).isZero();
    assertThat(needed.limits).hasSize(1);
    assertThat(needed.abandoned).hasValue(1);
    assertThat(needed.cancelled).hasValue(0);
    assertThat(idle.limits).isEmpty();
    assertThat(idle.abandoned).hasValue(1);
  }

  @Test
  void stoppingStopsAllServersAsOneThatOnlyListsUsersIsAtWorkToo() throws Exception {
    CountDownLatch listed = new CountDownLatch(1);
    OneLane idle = new OneLane("b", List.of(), OneLane::ok);
    OneLane server =
        new OneLane("a", List.of("joe", "jane"), attempt -> stopOnceListed(attempt, listed)) {
          @Override
          public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
            super.listUsers(mask, taker);
            listed.countDown();
          }
        };
    assertThat(run(List.of(server, idle), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(server.cancelled.get()).isPositive();
    assertThat(idle.cancelled.get()).isPositive();
    assertThat(server.asked).as("not again, and nobody after him").containsExactly("joe");
    assertThat(said())
        .contains("Stopped; users that were not begun are unchanged")
        .contains("1 stopped, 1 not begun")
        .doesNotContain("Connection lost");
  }

  private void stopOnceListed(Assignment.Attempt attempt, CountDownLatch listed)
      throws IOException {
    try {
      listed.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    typed.running().cancel();
    attempt.lost("Connection lost");
  }

  /** A server that cannot be reached. */
  private static Server down(String... users) {
    return new OneLane("down", List.of(users), OneLane::ok) {
      @Override
      public void work(UserQueue queue, int limit) throws Failure {
        throw new Failure(Outcome.NO_PERMISSION, "Server down: refused");
      }
    };
  }

  @Test
  void usersOfAServerThatIsDownFailAsItDoesAndEachIsNamed() throws Exception {
    assertThat(run(List.of(down("joe", "jane")), "", "search", "-A", "all")).isEqualTo(77);
    assertThat(said().lines())
        .contains(
            "doveadm: Error: Server down: refused",
            "doveadm(joe): Error: Server down is not available",
            "doveadm(jane): Error: Server down is not available");
  }

  @Test
  void aCommandAboutServersSaysOfEachWhyItFailed() throws Exception {
    OneLane up = new OneLane("up", List.of(), OneLane::ok);
    assertThat(run(List.of(down(), up), "", "who")).isEqualTo(77);
    assertThat(up.asked).containsExactly("");
    assertThat(said()).isEqualTo("doveadm: Error: Server down: refused\n");
  }

  @Test
  void linesOfAListAreNamesWhateverTheirEndsAndBlanks() throws Exception {
    OneLane server = lane(OneLane::ok);
    String list = "a\r\n\n  b \nc d\n" + "x".repeat(5000) + "\njürgen";
    assertThat(run(List.of(server), list, "search", "-F", "-", "all")).isEqualTo(67);
    assertThat(server.asked).containsExactly("a", "b", "c d", "jürgen");
    assertThat(said()).contains("No user is called \"xxx").contains("4 users");
  }

  @Test
  void aListMayBeAFileWhereFilesMayBeRead() throws Exception {
    Path file = Files.writeString(directory.resolve("users"), "a\nb\n");
    OneLane server = lane(OneLane::ok);
    String[] words = {"search", "-F", file.toString(), "all"};
    assertThat(run(List.of(server), "", words)).isEqualTo(64);
    assertThat(said()).contains("send the names: ssh … doveadm … -F - < " + file);
    assertThat(server.asked).isEmpty();
    typed.allowFiles();
    assertThat(run(List.of(server), "", words)).isZero();
    assertThat(server.asked).containsExactly("a", "b");
    Files.delete(file);
    typed.clear();
    assertThat(run(List.of(server), "", words)).isEqualTo(64);
    assertThat(said()).contains("There is no file of users " + file);
  }

  @Test
  void thatNobodyMatchesIsSaidUnlessItIsAllowedOrSomethingElseHasFailed() throws Exception {
    OneLane server = lane(OneLane::ok);
    assertThat(run(List.of(server), "", "search", "-u", "x*", "all")).isEqualTo(67);
    assertThat(said()).contains("No user matches; nothing was done");
    typed.clear();
    assertThat(run(List.of(server), "", "search", "-u", "x*", "--allow-empty", "all")).isZero();
    assertThat(said()).doesNotContain("No user matches");
    typed.clear();
    assertThat(run(List.of(server), "\u0001\n", "search", "-F", "-", "all")).isEqualTo(67);
    assertThat(said()).doesNotContain("No user matches");
  }

  @Test
  void aServerThatCannotListItsUsersDoesNotStopTheOthers() throws Exception {
    OneLane faulty =
        new OneLane("faulty", List.of(), OneLane::ok) {
          @Override
          public void listUsers(UserMask mask, Consumer<String> taker) {
            taker.accept("first");
            throw new IllegalStateException();
          }
        };
    OneLane up = new OneLane("up", List.of("joe"), OneLane::ok);
    assertThat(run(List.of(faulty, up), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(said()).contains("Server faulty cannot list its users").contains("2 users");
    assertThat(up.asked).containsExactly("joe");
    assertThat(faulty.asked).containsExactly("first");
  }

  @Test
  void aFaultWhereUsersArePlacedEndsTheRun() {
    OneLane faulty =
        new OneLane("s", List.of(), OneLane::ok) {
          @Override
          public boolean mayHave(String user) {
            throw new IllegalStateException("broken");
          }
        };
    assertThatThrownBy(() -> run(List.of(faulty), "", "search", "-u", "joe", "all"))
        .isInstanceOf(IOException.class)
        .hasMessage("a fault of the program")
        .hasRootCauseMessage("broken");
  }

  @Test
  void aListThatCannotBeReadToItsEndEndsTheRun() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }
        };
    assertThatThrownBy(
            () -> typed.run(List.of(lane(OneLane::ok)), broken, "search", "-F", "-", "all"))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
  }
}
