package org.doveadmsshd.console.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.TextWidth;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.Test;

/** What goes on, as it is shown. */
class TopTest {
  private static final long SECOND = 1_000_000_000L;
  private static final List<Column> COLUMNS =
      List.of("id", "kind", "master", "address", "seconds", "done", "failed", "command", "users")
          .stream()
          .map(Column::new)
          .toList();

  private final List<String> carriedOut = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();
  private String complaint = "";

  private int carryOut(List<String> words, List<String> servers, Console console)
      throws IOException {
    carriedOut.add(String.join(" ", words) + servers);
    if (!complaint.isEmpty()) {
      console.error().write((complaint + "\n").getBytes(StandardCharsets.UTF_8));
      return 75;
    }
    try {
      Formatter formatter = console.formatters().make("table", COLUMNS, true, (b, o, l) -> {});
      for (List<String> row : rows) {
        for (String value : row) {
          formatter.value(Value.of(value));
        }
      }
    } catch (Failure e) {
      throw new AssertionError(e);
    }
    return 0;
  }

  private void goesOn(String id, String kind, long done, String command, String users) {
    rows.add(List.of(id, kind, "root", "::1", "10", "" + done, "1", command, users));
  }

  private List<String> shown(int width, String... servers) throws IOException {
    return Top.once(new Lookout(this::carryOut, List.of(servers)), width);
  }

  @Test
  void runsStandFirstWithTheirPaceAndTheTimeThatIsLeft() throws IOException {
    goesOn("1", "lane", 30, "", "");
    goesOn("2", "run", 200, "expunge -A mailbox Trash all", "1000");
    goesOn("3", "run", 0, "who", "1");
    assertThat(shown(90))
        .containsExactly(
            "1 run, 1 lane (0 busy), 0 shells, 23 users/s, 2 failed",
            "id kind master address time done users per s left failed command",
            " 2 run  root   ::1     0:10  200 1,000    20 0:40      1 expunge -A mailbox Trash all",
            " 1 lane root   ::1     0:10   30         3.0           1");
    assertThat(carriedOut).containsExactly("who[]");
  }

  @Test
  void eachServerIsAskedAndOneThatDoesNotAnswerSaysWhy() throws IOException {
    goesOn("2", "run", 0, "search -A all", "");
    assertThat(shown(80, "one", "two"))
        .startsWith("one: 1 run, 0 lanes (0 busy), 0 shells, 0.0 users/s, 1 failed")
        .anyMatch(line -> line.startsWith("two     2 run "));
    complaint = "doveadm: Error: two\u001b[2J is down";
    assertThat(shown(80, "two")).contains("two: doveadm: Error: two\ufffd[2J is down");
    assertThat(carriedOut).containsExactly("who[one]", "who[two]", "who[two]");
  }

  @Test
  void whatHasNoRoomIsLeftOutAndNoLineIsWiderThanTheScreen() throws IOException {
    goesOn("2", "run", 1_234_567, "search -A subject 日本語日本語日本語日本語日本語日本語", "2000000");
    goesOn("3", "run", 0, "search \u001b]0;x\u0007\u202e", "");
    for (int width = 20; width < 120; width++) {
      List<String> lines = shown(width);
      int most = width;
      assertThat(lines).allMatch(line -> TextWidth.of(line) <= most);
      assertThat(String.join("", lines)).doesNotContain("\u001b", "\u0007", "\u202e");
    }
    assertThat(shown(60).get(1)).startsWith("id").contains("done", "per s", "failed", "command");
  }

  @Test
  void thePaceIsThatOfTheLastLooks() {
    Paces paces = new Paces();
    for (int second = 0; second <= 30; second++) {
      paces.note(look(second, second < 20 ? 0 : 50L * (second - 20)));
    }
    Activity last = look(30, 500).activities().get(0);
    assertThat(paces.of(last)).isEqualTo(50);
    assertThat(paces.secondsLeft(last)).hasValue(10);
  }

  private static Look look(int second, long done) {
    Activity run =
        new Activity("", "7", "run", "root", "", second, done, OptionalLong.of(1000), 0, "x");
    return new Look(second * SECOND, List.of(""), List.of(run), Map.of());
  }

  @Test
  void aServerOfAnotherVersionAndOneThatSaysTooMuchAreShownAsFarAsPossible() throws IOException {
    for (int i = 0; i < 2000; i++) {
      goesOn("" + i, "run", i, "x", "99999999999999999999");
    }
    assertThat(shown(80)).hasSize(2 + ActivityRows.MOST);
  }

  @Test
  void oneIsEndedOrSlowedDownOnItsServer() throws IOException {
    goesOn("2", "run", 0, "search -A all", "");
    Lookout lookout = new Lookout(this::carryOut, List.of("one"));
    Activity run = lookout.look().activities().get(0);
    assertThat(lookout.end(run)).isEqualTo("Stopped: run 2");
    assertThat(lookout.slow(run, "20")).isEqualTo("Slowed down: run 2");
    complaint = "doveadm: Error: no users kicked";
    assertThat(lookout.end(run)).isEqualTo("doveadm: Error: no users kicked");
    assertThat(carriedOut)
        .containsExactly("who[one]", "kick 2[one]", "slow 2 20[one]", "kick 2[one]");
  }
}
