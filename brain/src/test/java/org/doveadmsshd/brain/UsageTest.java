package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.ManyLanes.users;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines that are wrong, or right but hardly meant. */
@Timeout(60)
class UsageTest {
  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nosuch",
        "search",
        "search -A",
        "search all",
        "search -A -u x all",
        "-x search -A all",
        "-o a=b search -A all",
        "search -F /etc/passwd all",
        "expunge -A all",
        "expunge -A mailbox Trash",
        "fetch -A uid",
        "mailbox status -A nosuch INBOX",
        "search -A --timeout x all",
        ""
      })
  void wrongWordsAreAUsageErrorAndNoServerIsAsked(String line) throws Exception {
    Server server =
        new ManyLanes(
            typed,
            "s",
            users(1),
            1,
            assignment -> {
              throw new AssertionError("asked");
            });
    String[] words = line.isEmpty() ? new String[0] : line.split(" ");
    assertThat(typed.run(List.of(server), "", words)).isEqualTo(64);
    assertThat(typed.said().lines()).hasSize(1);
    assertThat(typed.printed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "expunge -A mailbox Trash savedbefore 30 | savedbefore 30: a number alone is a time in"
            + " seconds since 1970, here 1970-01-01T00:00:30Z; was 30d meant, 30 days ago?",
        "search -A mailbox Trash before 0090 | was 90d meant",
        "search -A sentsince 1-Jan-1970 | sentsince 1-Jan-1970: that is before there was any mail",
        "search -A before 999999d | that is before there was any mail",
        "batch -A : expunge mailbox Trash savedbefore 7 : mailbox create x | was 7d meant",
        "flags add -A Seen mailbox INBOX all | Seen is a keyword of that name, and not the flag"
            + " \\Seen",
        "flags remove -A deleted mailbox INBOX all | not the flag \\Deleted",
      })
  void wordsThatAreRightButHardlyMeantGetAWarningOnce(String line, String warning)
      throws Exception {
    Server server = new ManyLanes(typed, "s", users(20), 2, OneLane::ok);
    typed.run(List.of(server), "", line.split(" "));
    assertThat(typed.said()).containsOnlyOnce("Warning: ");
    assertThat(typed.said()).contains(warning);
  }

  @Test
  void usualDatesAndFlagsGetNoWarning() throws Exception {
    Server server = new ManyLanes(typed, "s", users(2), 2, OneLane::ok);
    for (String line :
        List.of(
            "search -A savedbefore 30d",
            "search -A savedbefore 1700000000",
            "search -A before 2026-01-31",
            "flags add -A \\Seen all",
            "flags add -A $Forwarded all")) {
      typed.run(List.of(server), "", line.split(" "));
    }
    assertThat(typed.said()).doesNotContain("Warning");
  }
}
