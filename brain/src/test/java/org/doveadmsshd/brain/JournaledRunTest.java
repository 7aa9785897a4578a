package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.Typed.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.JournalLine;
import org.doveadmsshd.brain.journal.JournalReader;
import org.doveadmsshd.brain.journal.JournalRules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs that are written down, and those that go on with them. */
@Timeout(60)
class JournaledRunTest {
  private static final List<String> USERS = List.of("ann", "bob", "cid", "dan");

  private final Typed typed = new Typed();
  private final Map<String, Outcome> answers = new ConcurrentHashMap<>();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  /** The moments from which dates were to count. */
  private final List<Long> nows = Collections.synchronizedList(new ArrayList<>());

  @TempDir private Path home;
  private Path runs;

  @BeforeEach
  void keep() {
    runs = home.resolve("runs");
    writeDown(false);
  }

  @AfterEach
  void stop() {
    typed.close();
  }

  private void writeDown(boolean stopsWhenFull) {
    typed.writeDownIn(runs, new JournalRules(Duration.ofDays(30), 1 << 30, stopsWhenFull));
  }

  private void answer(Assignment.Attempt attempt) throws IOException {
    asked.add(attempt.user());
    nows.add(attempt.request(1).nowMillis());
    Outcome outcome = answers.getOrDefault(attempt.user(), Outcome.OK);
    attempt.send(OneLane.done(outcome, outcome.isOk() ? "" : "because"));
  }

  private int run(List<String> users, String... words) throws IOException {
    asked.clear();
    nows.clear();
    typed.clear();
    return typed.run(List.of(new OneLane("s", users, this::answer)), "", words);
  }

  private int run(String... words) throws IOException {
    return run(USERS, words);
  }

  private int expunge() throws IOException {
    return run("expunge", "-A", "mailbox", "Trash", "all");
  }

  private List<Path> journals() throws IOException {
    if (!Files.exists(runs)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(runs)) {
      return all.sorted().collect(Collectors.toList());
    }
  }

  private Path journal() throws IOException {
    assertThat(journals()).hasSize(1);
    return journals().get(0);
  }

  private List<JournalLine> lines() throws Exception {
    List<JournalLine> lines = new ArrayList<>();
    try (JournalReader reader = JournalReader.open(journal())) {
      for (JournalLine line; (line = reader.next()) != null; ) {
        lines.add(line);
      }
    }
    return lines;
  }

  /** How each user ended last. */
  private Map<String, Outcome> union() throws Exception {
    Map<String, Outcome> union = new HashMap<>();
    for (JournalLine line : lines()) {
      if (line instanceof JournalLine.User) {
        JournalLine.User user = (JournalLine.User) line;
        union.put(user.end().user(), user.end().outcome());
      }
    }
    return union;
  }

  @Test
  void whatChangesMailOfSeveralUsersIsWrittenDown() throws Exception {
    answers.put("bob", Outcome.OVER_QUOTA);
    assertThat(expunge()).isEqualTo(73);
    assertThat(union())
        .isEqualTo(
            Map.of(
                "ann",
                Outcome.OK,
                "bob",
                Outcome.OVER_QUOTA,
                "cid",
                Outcome.OK,
                "dan",
                Outcome.OK));
    JournalLine.Ended ended = (JournalLine.Ended) lines().get(4);
    assertThat(List.of(ended.users(), ended.failed(), (long) ended.exitCode()))
        .containsExactly(4L, 1L, 73L);
    try (JournalReader reader = JournalReader.open(journal())) {
      assertThat(reader.header().master()).isEqualTo("admin");
      assertThat(reader.header().arguments())
          .containsExactly("expunge", "--all-users", "mailbox", "Trash", "all");
      assertThat(reader.header().now()).isEqualTo(Typed.NOW);
      assertThat(reader.header().placement()).isEqualTo("any");
      assertThat(reader.header().changes()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4, search -A all, 0",
    "1000, search -A all, 0",
    "1001, search -A all, 1",
    "4, expunge -A --dry-run mailbox Trash all, 0",
    "4, --no-journal expunge -A mailbox Trash all, 0",
    "4, expunge -u ann mailbox Trash all, 0",
    "4, expunge -u a* mailbox Trash all, 1"
  })
  void whatOnlyReadsIsKeptWhenItWasForManyUsers(int users, String line, int kept) throws Exception {
    List<String> names = new ArrayList<>(USERS);
    for (int i = USERS.size(); i < users; i++) {
      names.add("user" + i);
    }
    assertThat(run(names, line.split(" "))).isZero();
    assertThat(journals()).hasSize(kept);
    if (kept > 0) {
      assertThat(union()).hasSize(line.contains("a*") ? 1 : users);
    }
  }

  @Test
  void aJournalThatIsAskedForIsWrittenForAnyRun() throws Exception {
    runs = home;
    String file = home.resolve("mine").toString();
    assertThat(run("--journal", file, "search", "-u", "ann", "all")).isZero();
    assertThat(union()).isEqualTo(Map.of("ann", Outcome.OK));
    assertThat(run("--journal", file, "search", "-u", "ann", "all")).isEqualTo(73);
    assertThat(typed.said()).contains("is there already");
    assertThat(asked).isEmpty();
  }

  @Test
  void whatIsResumedIsDoneForThoseWhoHadNotComeToAGoodEnd() throws Exception {
    answers.putAll(Map.of("bob", Outcome.TEMPORARY_FAILURE, "cid", Outcome.NOT_BEGUN));
    assertThat(expunge()).isEqualTo(75);
    answers.remove("cid");
    assertThat(run("--resume", "last", "expunge", "-A", "mailbox", "Trash", "all")).isEqualTo(75);
    assertThat(asked).containsExactly("bob", "cid");
    assertThat(typed.said()).contains("2 done before");
    answers.remove("bob");
    assertThat(run("--resume", "last")).isZero();
    assertThat(asked).containsExactly("bob");
    assertThat(union().values()).hasSize(4).containsOnly(Outcome.OK);
    List<JournalLine> lines = lines();
    JournalLine.Ended ended = (JournalLine.Ended) lines.get(lines.size() - 1);
    assertThat(List.of((long) ended.run(), ended.users(), ended.failed()))
        .containsExactly(3L, 4L, 0L);
    assertThat(run("--resume", "last")).as("nothing is left").isZero();
    assertThat(asked).isEmpty();
  }

  @Test
  void aRunThatIsResumedIsForThoseWhoAreLeft() throws Exception {
    List<String> all = ManyLanes.users(2000);
    assertThat(run(all, "--limit", "1500", "expunge", "-A", "mailbox", "Trash", "all")).isZero();
    AtomicLong users = new AtomicLong();
    CountDownLatch counted = new CountDownLatch(1);
    OneLane.Work waiting =
        attempt -> {
          await(counted); // so long not all have been named
          answer(attempt);
        };
    typed.whenBegun(
        started ->
            typed.execute(
                () -> {
                  while (started.users().isEmpty()) {
                    LockSupport.parkNanos(1_000_000);
                  }
                  users.set(started.users().orElseThrow());
                  counted.countDown();
                }));
    String[] words = {"--resume", "last", "expunge", "-A", "mailbox", "Trash", "all"};
    assertThat(typed.run(List.of(new OneLane("s", all, waiting)), "", words)).isZero();
    assertThat(users).as("while not all have been named").hasValue(500);
    assertThat(typed.said()).contains("500 users, 1,500 done before");
  }

  @Test
  void optionsOfTheFirstRunStayUnlessOthersAreTyped() throws Exception {
    answers.put("bob", Outcome.TEMPORARY_FAILURE);
    run("--max-rate", "10000", "--limit", "3", "expunge", "-A", "mailbox", "Trash", "all");
    assertThat(asked).containsExactly("ann", "bob", "cid");
    answers.clear();
    assertThat(run("--limit", "1", "--resume", "last", "--")).isZero();
    assertThat(asked).as("one of the two that are left").containsExactly("bob");
    assertThat(run("--resume", "last")).isZero();
    assertThat(asked).as("the first run was for three").isEmpty();
    assertThat(run("--limit", "4", "--resume", "last")).isZero();
    assertThat(asked).containsExactly("dan");
  }

  @Test
  void theLimitOfARunCountsOnWhenItIsGoneOnWith() throws Exception {
    answers.put("bob", Outcome.TEMPORARY_FAILURE);
    run("--limit", "2", "expunge", "-A", "mailbox", "Trash", "all");
    assertThat(asked).containsExactly("ann", "bob");
    assertThat(run("--resume", "last")).isEqualTo(75);
    assertThat(asked).containsExactly("bob");
    run("--limit", "2", "--resume", "last", "expunge", "-A", "mailbox", "Trash", "all");
    assertThat(asked).containsExactly("bob");
    assertThat(union()).containsOnlyKeys("ann", "bob");
  }

  @Test
  void usersOfWhomNothingIsWrittenDownAreDone() throws Exception {
    expunge();
    List<String> lines = Files.readAllLines(journal());
    String cut = String.join("\n", lines.subList(0, 3)) + "\n" + lines.get(3).substring(0, 20);
    Files.writeString(journal(), cut);
    assertThat(run("--resume", "last")).isZero();
    assertThat(asked).containsExactly("cid", "dan");
    assertThat(union()).hasSize(4);
  }

  @Test
  void usersWhoAreNewInTheListAreDoneToo() throws Exception {
    expunge();
    assertThat(run(List.of("bob", "eve", "dan"), "--resume", "last")).isZero();
    assertThat(asked).containsExactly("eve");
  }

  @Test
  void aUserOfTwoServersIsTwoUsers() throws Exception {
    OneLane first = new OneLane("a", List.of("ann"), this::answer);
    OneLane second =
        new OneLane("b", List.of("ann"), each -> each.send(OneLane.done(Outcome.TIMED_OUT, "")));
    typed.run(List.of(first, second), "", "expunge", "-A", "mailbox", "Trash", "all");
    asked.clear();
    OneLane again = new OneLane("b", List.of("ann"), this::answer);
    assertThat(typed.run(List.of(first, again), "", "--resume", "last")).isZero();
    assertThat(asked).containsExactly("ann");
    assertThat(again.asked).containsExactly("ann");
  }

  @ParameterizedTest
  @CsvSource({
    "'failed', bob",
    "'timed-out', cid",
    "'unknown,failed', bob dan",
    "'missing', eve",
    "'over-quota', bob"
  })
  void onlySomeMayBeDone(String only, String users) throws Exception {
    answers.put("bob", Outcome.OVER_QUOTA);
    answers.put("cid", Outcome.TIMED_OUT);
    answers.put("dan", Outcome.UNKNOWN);
    expunge();
    run(List.of("ann", "bob", "cid", "dan", "eve"), "--resume", "last", "--only", only);
    assertThat(asked).containsExactly(users.split(" "));
  }

  @ParameterizedTest
  @EnumSource(names = {"UNKNOWN", "TIMED_OUT"})
  void whatMayHaveBeenDoneIsNotDoneAgainWhereThatHarms(Outcome doubtful) throws Exception {
    answers.put("bob", doubtful);
    String[] save = {"save", "-A", "-"};
    typed.run(List.of(new OneLane("s", USERS, this::answer)), "mail", save);
    asked.clear();
    List<Server> servers = List.of(new OneLane("s", USERS, this::answer));
    typed.run(servers, "mail", "--resume", "last");
    assertThat(asked).isEmpty();
    typed.run(servers, "mail", "--resume", "last", "--only", doubtful.word());
    assertThat(asked).containsExactly("bob");
  }

  private int save(String mail, String... words) throws IOException {
    asked.clear();
    typed.clear();
    return typed.run(List.of(new OneLane("s", USERS, this::answer)), mail, words);
  }

  @Test
  void aRunIsGoneOnWithByTheInputThatItHadAndNoOther() throws Exception {
    answers.put("bob", Outcome.OVER_QUOTA);
    save("Subject: one\n", "save", "-A", "-");
    answers.clear();
    String before = Files.readString(journal());
    assertThat(save("Subject: two\n", "--resume", "last")).isEqualTo(64);
    assertThat(typed.said())
        .contains("has read another input (13 bytes, SHA-256 ", ") than this (13 bytes, SHA-256 ")
        .contains("nothing was done")
        .hasLineCount(1);
    assertThat(save("Subject: one\nmore\n", "--resume", "last")).isEqualTo(64);
    assertThat(asked).isEmpty();
    assertThat(journal()).hasContent(before);
    assertThat(save("Subject: one\n", "--resume", "last")).isZero();
    assertThat(asked).containsExactly("bob");
  }

  @Test
  void theJournalOfAnOlderProgramIsGoneOnWithByAnyInput() throws Exception {
    answers.put("bob", Outcome.OVER_QUOTA);
    save("Subject: one\n", "save", "-A", "-");
    Path file = journal();
    String older =
        Files.readString(file).replaceFirst(",\"input_sha256\".*?\"input_bytes\":13", "");
    assertThat(older).doesNotContain("input");
    Files.writeString(file, older);
    answers.clear();
    assertThat(save("Subject: two\n", "--resume", "last")).isZero();
    assertThat(asked).containsExactly("bob");
  }

  @Test
  void nothingIsKeptOfAPasswordThatIsRead() throws Exception {
    Path file = home.resolve("mine");
    save("secret\n", "--journal", file.toString(), "auth", "test", "joe");
    assertThat(file).content().contains("\"auth test\"").doesNotContain("input", "secret");
  }

  @Test
  void datesAreThoseOfTheFirstRun() throws Exception {
    answers.put("bob", Outcome.TEMPORARY_FAILURE);
    expunge();
    String then = "2020-02-03T04:05:06Z";
    Path file = journal();
    Files.writeString(
        file,
        Files.readString(file).replaceFirst("\"now\":\"[^\"]*\"", "\"now\":\"" + then + "\""));
    run("--resume", file.toString());
    assertThat(nows).containsExactly(java.time.Instant.parse(then).toEpochMilli());
  }

  @ParameterizedTest
  @CsvSource({
    "--resume last expunge -A mailbox Trash seen, 64, is of another command",
    "--resume last expunge -u a* mailbox Trash all, 64, is of another command",
    "--resume last search -A mailbox Trash all, 64, is of another command",
    "--resume 20200101-000000-0000, 64, There is no run",
    "--resume nonsense, 64, There is no journal",
    "--resume /, 64, is no plain file",
    "--resume last --only ok, 64, --only: no outcome that can be repeated: ok",
    "--resume last --only bad, 64, --only: no outcome that can be repeated: bad",
    "--only failed expunge -A all, 64, --only is about a run that is resumed",
    "--no-journal --resume last, 64, --no-journal cannot be together",
    "--journal x --resume last, 64, no --journal"
  })
  void whatCannotBeResumedIsSaidInOneLine(String line, int code, String said) throws Exception {
    expunge();
    String before = Files.readString(journal());
    assertThat(run(line.split(" "))).isEqualTo(code);
    assertThat(typed.said().lines()).hasSize(1);
    assertThat(typed.said()).contains(said);
    assertThat(asked).isEmpty();
    assertThat(Files.readString(journal())).isEqualTo(before);
  }

  @Test
  void aJournalThatIsDamagedOrNewerIsLeftAlone() throws Exception {
    expunge();
    Files.writeString(journal(), "nonsense\n{}\n", StandardOpenOption.APPEND);
    String before = Files.readString(journal());
    assertThat(run("--resume", "last")).isEqualTo(65);
    assertThat(typed.said()).contains("is damaged at line 7").doesNotContain("\n\n");
    assertThat(Files.readString(journal())).isEqualTo(before);
    String newer = before.replaceFirst("\"journal\":1", "\"journal\":9");
    Files.writeString(journal(), newer);
    assertThat(run("--resume", journal().toString())).isEqualTo(78);
    assertThat(Files.readString(journal())).isEqualTo(newer);
  }

  @Test
  void aRunOfAnotherMasterIsNotResumed() throws Exception {
    expunge();
    Files.writeString(
        journal(), Files.readString(journal()).replace("\"master\":\"admin\"", "\"master\":\"x\""));
    String id = journal().getFileName().toString().replace(".journal", "");
    assertThat(run("--resume", "last")).isEqualTo(64);
    assertThat(run("--resume", id)).isEqualTo(64);
    assertThat(typed.said()).contains("There is no run " + id);
  }

  @Test
  void whereNothingCanBeWrittenDownARunGoesOnUnlessItMustNot() throws Exception {
    Files.write(runs, "a file".getBytes(StandardCharsets.UTF_8));
    assertThat(run("search", "-A", "all")).isZero();
    assertThat(typed.said()).doesNotContain("Warning");
    assertThat(expunge()).isZero();
    assertThat(typed.said()).contains("Warning: ", "nothing of it is written down");
    writeDown(true);
    assertThat(expunge()).isEqualTo(73);
    assertThat(asked).isEmpty();
    assertThat(run("--no-journal", "expunge", "-A", "mailbox", "Trash", "all")).isZero();
  }

  @Test
  void oldJournalsAreRemovedWhenARunBegins() throws Exception {
    expunge();
    Path old = journal();
    Files.setLastModifiedTime(old, java.nio.file.attribute.FileTime.fromMillis(0));
    Files.writeString(runs.resolve("other.txt"), "stays");
    expunge();
    assertThat(journals()).hasSize(2).doesNotContain(old);
    typed.writeDownIn(runs, new JournalRules(Duration.ZERO, 100, false));
    expunge();
    assertThat(journals()).as("the new one, and what is no journal").hasSize(2);
  }

  @Test
  void whatIsTypedToTerminalsAndPathsStaysText() throws Exception {
    answers.put("../../x", Outcome.TEMPORARY_FAILURE);
    run(List.of("../../x"), "expunge", "-A", "mailbox", "Trash", "subject", "\u001b]0;x\u0007");
    assertThat(Files.readString(journal())).doesNotContain("\u001b", "\u0007");
    assertThat(run(List.of("../../x"), "--resume", "last")).isEqualTo(75);
    assertThat(asked).containsExactly("../../x");
  }
}
