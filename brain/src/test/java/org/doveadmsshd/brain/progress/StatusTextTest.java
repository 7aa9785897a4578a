package org.doveadmsshd.brain.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.doveadmsshd.base.TextWidth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person sees of a run's progress, in terminals of any size. */
class StatusTextTest {
  private static final Standing.Part QUIET = new Standing.Part("", 0, 0, 0, 0);

  private static Standing standing(Standing.Part all, long users, List<Standing.Part> servers) {
    return new Standing(
        users < 0 ? OptionalLong.empty() : OptionalLong.of(users),
        all,
        10,
        users < 0 ? OptionalDouble.empty() : OptionalDouble.of(185),
        servers);
  }

  private static List<String> lines(Standing now, String counted, int columns, int rows) {
    StatusLines.Size size = new StatusLines.Size(columns, rows);
    return StatusText.lines("expunge", counted, now, size).stream().map(StatusLine::text).toList();
  }

  private static String first(Standing now, int columns) {
    return lines(now, ", 7 expunged", columns, 24).get(0);
  }

  private static List<Standing.Part> servers(int number, int... failing) {
    List<Standing.Part> servers = new ArrayList<>();
    for (int i = 1; i <= number; i++) {
      int name = i;
      boolean fails = java.util.stream.IntStream.of(failing).anyMatch(each -> each == name);
      servers.add(new Standing.Part("mail" + i, 10, fails ? i : 0, 0, 2.5));
    }
    return servers;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "120 | expunge: 4,812 of 10,000 users, 2 failed, 3:05 min left, 1,203/s, 7 expunged"
            + " ▕████████████████░░░░░░░░░░░░░░░░░░▏ 48 %",
        "95  | expunge: 4,812 of 10,000 users, 2 failed, 3:05 min left, 1,203/s, 7 expunged, 48 %",
        "70  | expunge: 4,812 of 10,000 users, 2 failed, 3:05 min left, 1,203/s",
        "45  | expunge: 4,812 of 10,000 users, 2 failed",
        "37  | expunge: 4,812 of 10,000 users, 48 %",
        "20  | expunge: 4,812 of …",
        "2   | …",
      })
  void whatMattersMostIsSaidWhereverThereIsRoom(int columns, String text) {
    Standing now = standing(new Standing.Part("", 4812, 2, 0, 1203.4), 10_000, List.of());
    assertThat(first(now, columns)).isEqualTo(text);
  }

  @Test
  void withoutANumberOfUsersThereIsNoBar() {
    assertThat(first(standing(QUIET, -1, List.of()), 120))
        .isEqualTo("expunge: 0 users, 7 expunged");
    Standing one = standing(new Standing.Part("", 1, 0, 0, 0.25), -1, List.of());
    assertThat(first(one, 120)).isEqualTo("expunge: 1 user, 0.3/s, 7 expunged");
    Standing more = standing(new Standing.Part("", 12, 0, 0, 0), 10, List.of());
    assertThat(lines(more, "", 60, 24).get(0)).startsWith("expunge: 12 users").endsWith("100 %");
    assertThat(first(standing(QUIET, 0, List.of()), 120)).doesNotContain("%");
  }

  @ParameterizedTest
  @CsvSource({"0, 0 %", "1, 0 %", "9999, 99 %", "10000, 100 %"})
  void theWholeIsReachedAtTheEndOnly(long ended, String percent) {
    Standing now = standing(new Standing.Part("", ended, 0, 0, 0), 10_000, List.of());
    String text = lines(now, "", 120, 24).get(0);
    assertThat(text).endsWith(" " + percent);
    assertThat(text.contains("░")).isEqualTo(ended < 10_000);
  }

  @ParameterizedTest
  @CsvSource({"0.2, 1 s", "59, 59 s", "59.5, 1:00 min", "3599, 59:59 min", "7260, 2:01 h"})
  void timesAreThoseThatPeopleSay(double left, String text) {
    Standing.Part all = new Standing.Part("", 1, 0, 0, 0);
    Standing now = new Standing(OptionalLong.of(9), all, 1, OptionalDouble.of(left), List.of());
    assertThat(lines(now, "", 100, 24).get(0)).contains(", " + text + " left");
  }

  @Test
  void eachServerHasALine() {
    List<Standing.Part> servers =
        List.of(new Standing.Part("a", 1203, 0, 0, 301), new Standing.Part("büro", 1, 12, 0, 0.5));
    List<StatusLine> lines =
        StatusText.lines("expunge", "", standing(QUIET, -1, servers), new StatusLines.Size(80, 24));
    assertThat(lines.subList(1, 3))
        .containsExactly(
            new StatusLine("  a     1,203 users  301/s", false),
            new StatusLine("  büro       1 user  0.5/s  12 failed", true));
    assertThat(lines(standing(QUIET, -1, servers.subList(0, 1)), "", 80, 24)).hasSize(1);
  }

  @Test
  void ofManyServersThoseThatFailAreShownAndTheRestIsOneLine() {
    List<String> lines = lines(standing(QUIET, -1, servers(100, 7, 42, 99)), "", 80, 14);
    assertThat(lines).hasSize(7);
    assertThat(lines.subList(1, 7))
        .containsExactly(
            "  mail1     10 users  2.5/s",
            "  mail2     10 users  2.5/s",
            "  mail7     10 users  2.5/s  7 failed",
            "  mail42    10 users  2.5/s  42 failed",
            "  mail99    10 users  2.5/s  99 failed",
            "  95 more  950 users  238/s");
  }

  @Test
  void halfOfTheScreenIsLeftToOthers() {
    for (int rows = 0; rows < 60; rows++) {
      assertThat(lines(standing(QUIET, -1, servers(100)), "", 80, rows))
          .hasSize(Math.max(1, rows / 2));
    }
    assertThat(lines(standing(QUIET, -1, servers(100, 3)), "", 80, 4).get(1))
        .isEqualTo("  100 servers  1,000 users  250/s  3 failed");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 9, 10, 11, 20, 40, 79, 80, 500})
  void noLineReachesTheLastColumn(int columns) {
    List<Standing.Part> servers = new ArrayList<>(servers(30, 2));
    servers.add(new Standing.Part("サーバー".repeat(20), 3, 3, 0, 1));
    servers.add(new Standing.Part("evil\u001b[2J\n\u202e", 3, 4, 0, 1));
    Standing now = standing(new Standing.Part("", 123, 45, 0, 678), 100_000, servers);
    List<String> lines = lines(now, ", 5 ex\u0007punged", columns, 40);
    assertThat(lines).hasSize(columns < 2 ? 0 : 20);
    for (String line : lines) {
      assertThat(TextWidth.of(line)).as(line).isLessThan(columns);
      assertThat(line.chars()).noneMatch(Character::isISOControl).doesNotContain(0x202e);
    }
  }
}
