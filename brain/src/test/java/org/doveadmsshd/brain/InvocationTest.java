package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.UserMask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the words after {@code doveadm} mean. */
class InvocationTest {
  private static Invocation parse(String line) throws Failure {
    return Invocation.parse(line.isEmpty() ? List.of() : List.of(line.split(" ")));
  }

  @Test
  void withoutOptionsEverythingIsAsUsual() throws Exception {
    Invocation plain = parse("search -u joe all");
    assertThat(plain.formatter()).isEmpty();
    assertThat(plain.hideTitles()).isFalse();
    assertThat(plain.verbose()).isFalse();
    assertThat(plain.lanes()).isZero();
    assertThat(plain.deadline()).isZero();
    assertThat(plain.allowEmpty()).isFalse();
    assertThat(plain.command().name()).isEqualTo("search");
    assertThat(plain.words().positionals()).containsExactly("all");
  }

  @Test
  void optionsBeforeTheCommandAreAboutTheOutput() throws Exception {
    assertThat(parse("-f tab search -u joe all").formatter()).contains("tab");
    assertThat(parse("-h search -u joe all").hideTitles()).isTrue();
    assertThat(parse("-v search -u joe all").verbose()).isTrue();
    assertThat(parse("-D search -u joe all").verbose()).as("-D is -v").isTrue();
    assertThat(parse("search -A --allow-empty all").allowEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "-o doveadm_worker_count=1, 1",
    "-o doveadm_worker_count=9999, 9999",
    "-o doveadm_worker_count=3 -o doveadm_worker_count=5, 5",
    "-o doveadm_worker_count=3 -o plugin/quota_vsizes=yes, 3",
    "-o plugin/quota_vsizes=yes, 0",
  })
  void theNumberOfLanesIsDovecotsNumberOfWorkers(String options, int lanes) throws Exception {
    assertThat(parse(options + " search -A all").lanes()).isEqualTo(lanes);
  }

  @Test
  void whatSteersARunStandsBeforeTheCommand() throws Exception {
    assertThat(parse("search -A all").flow()).isEqualTo(Flow.FREE);
    Flow flow = parse("--max-rate 30/min --limit 5 search -A all").flow();
    assertThat(flow.maxRate()).isEqualTo(new Rate(0.5));
    assertThat(flow.limit()).hasValue(5);
    assertThat(parse("--max-load 30% search -A all").flow().maxLoad())
        .contains(new MaxLoad(30, true));
    assertThat(parse("--shuffle=17 search -A all").flow().shuffle()).hasValue(17);
    assertThat(parse("--shuffle search -A all").flow().shuffle()).isPresent();
    assertThat(parse("--ordered search -A all").flow().ordered()).isTrue();
    assertThat(parse("--max-rate=2 search -F - all").flow().maxRate()).isEqualTo(new Rate(2));
  }

  @ParameterizedTest
  @CsvSource({"30, 30000", "30s, 30000", "5m, 300000", "100ms, 100", "1h, 3600000", "0, 0"})
  void aTimeLimitWithoutUnitIsInSeconds(String text, long millis) throws Exception {
    assertThat(parse("search -A --timeout " + text + " all").deadline())
        .isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void usersAreChosenByOneOfThreeOptions() throws Exception {
    UserSelection one = parse("search -u joe all").users();
    assertThat(one).isEqualTo(new UserSelection.Single("joe"));
    assertThat(one.isSeveral()).isFalse();
    assertThat(one.file()).isEmpty();
    UserSelection some = parse("search -u j*@a all").users();
    assertThat(some).isEqualTo(new UserSelection.Matching(new UserMask("j*@a")));
    assertThat(some.isSeveral()).isTrue();
    assertThat(some.file()).isEmpty();
    assertThat(parse("search -u jo? all").users().isSeveral()).isTrue();
    assertThat(parse("search -A all").users()).isEqualTo(new UserSelection.Matching(UserMask.ALL));
    UserSelection listed = parse("search -F - all").users();
    assertThat(listed).isEqualTo(new UserSelection.Listed("-"));
    assertThat(listed.isSeveral()).isTrue();
    assertThat(listed.file()).contains("-");
  }

  @Test
  void aCommandAboutServersIsForNobody() throws Exception {
    UserSelection none = parse("who").users();
    assertThat(none).isEqualTo(new UserSelection.None());
    assertThat(none.isSeveral()).isFalse();
    assertThat(none.file()).isEmpty();
  }

  @Test
  void theLongestNameOfACommandCounts() throws Exception {
    Invocation status = parse("mailbox status -u joe messages INBOX");
    assertThat(status.command().name()).isEqualTo("mailbox status");
    assertThat(status.words().positionals()).containsExactly("messages", "INBOX");
  }

  @Test
  void optionsMayStandAnywhereButWhereWordsOfOtherCommandsFollow() throws Exception {
    assertThat(parse("search all -u joe").users()).isEqualTo(new UserSelection.Single("joe"));
    List<String> batch = parse("batch -u joe : search -A all").words().positionals();
    assertThat(batch).containsExactly(":", "search", "-A", "all");
  }

  @Test
  void aQuotaThatIsSetBecomesAnOptionOfTheCommandThatReadsQuotas() throws Exception {
    Invocation quota = parse("-o plugin/quota=maildir:User quota get -u joe");
    assertThat(quota.words().value("quota")).contains("maildir:User");
    assertThat(parse("quota get -u joe").words().value("quota")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | Missing command; doveadm help lists them",
        "nosuch | Unknown command: nosuch (doveadm help lists them)",
        "nosuch x | Unknown command: nosuch (doveadm help lists them)",
        "search all | search: say for whom, with one of -u <user or mask>, -A or -F <file>",
        "search -A -u joe all | search: say for whom, with one of -u <user or mask>, -A or -F"
            + " <file>",
        "search -A -F - all | search: say for whom, with one of -u <user or mask>, -A or -F <file>",
        "search -u joe -F - all | search: say for whom, with one of -u <user or mask>, -A or -F"
            + " <file>",
        "search -A --timeout x all | Invalid --timeout: x (try 30s or 5m)",
        "-o mail_location=x search -A all | Setting can't be changed on the command line:"
            + " mail_location=x",
        "-o doveadm_worker_count=x search -A all | Setting can't be changed on the command line:"
            + " doveadm_worker_count=x",
        "-o doveadm_worker_count=12345 search -A all | Setting can't be changed on the command"
            + " line: doveadm_worker_count=12345",
        "-o plugin/quota_vsizes=no search -A all | Setting can't be changed on the command line:"
            + " plugin/quota_vsizes=no",
        "-o plugin/quota=x search -A all | Setting can't be changed on the command line:"
            + " plugin/quota=x",
        "search -A -x all | search: unknown option -x (see: doveadm help search)",
        "-x search | unknown option -x (see: doveadm help)",
        "search -u | search: option -u needs a <user>",
        "--limit 0 search -A all | Invalid --limit: 0 (a number of users from 1 to 1000000000)",
        "--limit 1e3 search -A all | Invalid --limit: 1e3 (a number of users from 1 to 1000000000)",
        "--limit 9999999999 search -A all | Invalid --limit: 9999999999 (a number of users from 1 to"
            + " 1000000000)",
        "--limit 1 --limit 1 search -A all | option --limit stands twice",
        "--limit 1 search -u joe all | --limit is for a command about several users: with -A, -F or"
            + " a mask behind -u",
        "--limit 1 who | --limit is for a command about several users: with -A, -F or a mask behind"
            + " -u",
        "--max-rate 0 search -A all | Invalid --max-rate: 0 (try 50, 0.5/s or 30/min; at most"
            + " 1000000/s)",
        "--canary 5 --limit 5 search -A all | --canary 5 leaves nobody of --limit 5 to go on with",
        "--canary 1 search -u joe all | --canary is for a command about several users: with -A, -F or"
            + " a mask behind -u",
        "--stop-after-failures 6 --limit 5 search -A all | --stop-after-failures 6 cannot happen with"
            + " --limit 5",
        "--max-load 0 search -A all | Invalid --max-load: 0 (try 4, a load average, or 30%, a"
            + " pressure)",
        "--shuffle=x search -A all | Invalid --shuffle: x (a number as a seed, or --shuffle alone)",
        "--shuffle --shuffle=1 search -A all | option --shuffle stands twice",
        "--ordered --ordered search -A all | option --ordered stands twice",
        "--ordered search -u joe all | --ordered is for a command about several users: with -A, -F or"
            + " a mask behind -u",
        "search -A --limit 1 all | --limit stands before the command: doveadm --limit … search",
        "search -A --limit=1 all | --limit stands before the command: doveadm --limit … search",
      })
  void aMistakeIsNamedAndIsOneOfUsage(String line, String message) {
    assertThatThrownBy(() -> parse(line))
        .hasMessage(message)
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.USAGE));
  }

  @ParameterizedTest
  @CsvSource({
    "mailbox, Unknown command: mailbox (there are: mailbox",
    "mailbox nosuch, Unknown command: mailbox nosuch (there are: mailbox",
    "flags nosuch x, Unknown command: flags nosuch (there are: flags add",
  })
  void halfOfACommandIsAnsweredWithTheCommandsThatBeginSo(String line, String message) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("search"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\u0000*", "\u001b[31m"})
  void aNameThatNobodyCanHaveIsRefusedWhereItIsTyped(String name) {
    assertThatThrownBy(() -> Invocation.parse(List.of("search", "-u", name, "all")))
        .hasMessageStartingWith("-u: No user is called")
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.USAGE));
  }

  @Test
  void aFormatterThatThereIsNotIsRefusedBeforeTheCommandIsLookedAt() {
    assertThatThrownBy(() -> parse("-f xml nosuch"))
        .hasMessageStartingWith("Unknown formatter: xml")
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
  }

  @Test
  void aSeedIsDrawnOnceForWordsThatAreCarriedOutTwice() throws Exception {
    List<String> seeded = Flow.seeded(List.of("--shuffle", "--limit", "1", "search", "--shuffle"));
    assertThat(seeded.get(0)).matches("--shuffle=[0-9]+");
    assertThat(seeded.subList(1, 5)).containsExactly("--limit", "1", "search", "--shuffle");
    assertThat(Flow.seeded(seeded)).isEqualTo(seeded);
  }
}
