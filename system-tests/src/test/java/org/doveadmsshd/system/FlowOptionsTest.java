package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What steers a run over several users, through the ssh client of OpenSSH. */
@Timeout(120)
class FlowOptionsTest {
  private static final int USERS = 20;

  /** Fails for everybody. */
  private static final String FAILING = " mailbox status -A messages Nosuch";

  private static final String ROWS = " search -A mailbox INBOX all";

  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, USERS);
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private static List<String> users(TestSite.Result result) {
    assertThat(result.code()).as(result.error()).isZero();
    return result.lines().stream().map(line -> line.split(" ")[0]).distinct().toList();
  }

  @Test
  void aLimitIsForTheFirstUsers() throws Exception {
    TestSite.Result result = site.doveadm("--limit 3" + ROWS);
    assertThat(users(result)).hasSize(3);
    assertThat(result.error()).contains("search: 3 users, ");
  }

  @Test
  void aSampleOfAllIsTheSameWithTheSameSeed() throws Exception {
    TestSite.Result result = site.doveadm("-v --shuffle --ordered --limit 4" + ROWS);
    List<String> sample = users(result);
    String seed = result.error().replaceFirst("(?s).*--shuffle=([0-9]+)\n.*", "$1");
    assertThat(users(site.doveadm("--ordered --limit 4 --shuffle=" + seed + ROWS)))
        .isEqualTo(sample);
  }

  @Test
  void theOrderOfTheListIsKept() throws Exception {
    List<String> listed = users(site.doveadm("user '*'"));
    List<String> printed = users(site.doveadm("--ordered" + ROWS));
    assertThat(listed).containsSubsequence(printed);
    assertThat(printed).hasSizeGreaterThan(USERS / 2);
  }

  @Test
  void nobodyFollowsCanariesThatFail() throws Exception {
    TestSite.Result result = site.doveadm("--canary 2" + FAILING);
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.error())
        .contains("Canary: 2 users, 2 not ok, and nobody can be asked; no further user was begun")
        .contains("2 failed");
  }

  @Test
  void canariesThatAreOkAreFollowed() throws Exception {
    assertThat(site.doveadm("--canary 2 --limit 5" + ROWS).error()).contains("search: 5 users, ");
  }

  @Test
  void tooManyFailuresEndARun() throws Exception {
    TestSite.Result result =
        site.doveadm("-o doveadm_worker_count=1 --stop-after-failures 3" + FAILING);
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.error()).contains("as often as --stop-after-failures allows");
  }

  @Test
  void aRateAndALoadThatAreNotReachedHoldNobodyUp() throws Exception {
    TestSite.Result result = site.doveadm("--max-rate 10000/s --max-load 9999" + ROWS);
    assertThat(result.code()).as(result.error()).isZero();
    assertThat(result.error()).contains("search: %d users, ".formatted(USERS));
  }

  @Test
  void aServerOfAFleetIsAskedForItsLoad() throws Exception {
    TestSite.Result result =
        site.doveadmSsh("--max-load", "9999", "search", "-A", "mailbox", "INBOX", "1");
    assertThat(result.code()).as(result.error()).isZero();
    assertThat(result.error()).contains("search: %d users, ".formatted(USERS));
  }

  @ParameterizedTest
  @CsvSource({
    "--limit 0 search -A all, Invalid --limit: 0",
    "--max-rate x search -A all, Invalid --max-rate: x",
    "--max-load 0 search -A all, Invalid --max-load: 0",
    "--canary 1 search -u joe all, --canary is for a command about several users",
    "--limit 1 --limit 2 search -A all, option --limit stands twice",
    "search -A --limit 1 all, --limit stands before the command",
  })
  void whatMakesNoSenseIsOneLine(String line, String said) throws Exception {
    TestSite.Result result = site.doveadm(line);
    assertThat(result.code()).isEqualTo(64);
    assertThat(result.error().lines()).hasSize(1).allMatch(each -> each.contains(said));
  }
}
