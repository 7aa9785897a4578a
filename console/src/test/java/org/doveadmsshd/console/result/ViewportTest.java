package org.doveadmsshd.console.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.TextWidth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ViewportTest {
  private static final String[] CHARACTERS = {"a", "b", "日", "😀", "e\u0301", "\u200b"};

  private final PagedLines lines = new PagedLines(new MemoryBudget(1 << 20).all());
  private final Viewport view = new Viewport(lines);

  private void add(String... all) throws Exception {
    lines.look(0, Long.MAX_VALUE);
    for (String line : all) {
      lines.add(line, NOBODY);
    }
  }

  private static final PagedLines.WaitListener NOBODY =
      new PagedLines.WaitListener() {
        @Override
        public void begins() {}

        @Override
        public void ends() {}

        @Override
        public boolean isOver() {
          return false;
        }
      };

  private void addNumbered(int many) throws Exception {
    add(IntStream.range(0, many).mapToObj(i -> "line " + i).toArray(String[]::new));
  }

  private List<String> shown() {
    return view.rows().stream().map(Viewport.Row::text).toList();
  }

  @Test
  void itScrollsAsFarAsThereAreLines() throws Exception {
    addNumbered(5);
    view.resize(80, 3);
    assertThat(shown()).containsExactly("line 0", "line 1", "line 2");
    view.down(1);
    assertThat(shown()).containsExactly("line 1", "line 2", "line 3");
    view.down(10);
    assertThat(shown()).containsExactly("line 2", "line 3", "line 4");
    view.up(1);
    assertThat(shown()).containsExactly("line 1", "line 2", "line 3");
    view.up(10);
    assertThat(shown()).containsExactly("line 0", "line 1", "line 2");
    view.end();
    assertThat(shown()).containsExactly("line 2", "line 3", "line 4");
    view.home();
    assertThat(shown()).containsExactly("line 0", "line 1", "line 2");
  }

  @Test
  void anOutputThatIsShorterThanTheScreenStaysAtItsTop() throws Exception {
    addNumbered(2);
    view.resize(80, 3);
    view.down(5);
    view.end();
    assertThat(shown()).containsExactly("line 0", "line 1");
    view.show(1, 0);
    assertThat(shown()).containsExactly("line 0", "line 1");
  }

  @Test
  void nothingIsShownOfNothing() {
    view.resize(80, 3);
    view.down(1);
    view.up(1);
    view.end();
    assertThat(shown()).isEmpty();
  }

  @Test
  void longLinesAreWrapped() throws Exception {
    add("abcdefgh", "日本語", "", "x");
    view.resize(3, 10);
    assertThat(shown()).containsExactly("abc", "def", "gh", "日", "本", "語", "", "x");
  }

  @Test
  void longLinesAreCutAndScrolledSideways() throws Exception {
    add("abcdefgh", "日本語", "x");
    view.resize(4, 10);
    view.sideways(2);
    assertThat(shown()).containsExactly("cdef", "本語", "");
    view.sideways(100);
    view.sideways(-200);
    assertThat(shown()).containsExactly("abcd", "日本", "x");
    view.toggleWrap();
    assertThat(shown()).containsExactly("abcd", "efgh", "日本", "語", "x");
  }

  @Test
  void aPlaceInALongLineIsShown() throws Exception {
    add("x", "abcdefgh", "y", "z", "z", "z");
    view.resize(3, 3);
    view.show(1, 4);
    assertThat(shown()).containsExactly("def", "gh", "y");
    view.toggleWrap();
    view.show(1, 7);
    assertThat(shown().get(0)).contains("h");
  }

  @Test
  void aScreenOfOneColumnShowsEachCharacter() throws Exception {
    add("a日b");
    view.resize(0, 0);
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      seen.addAll(shown());
      view.down(1);
    }
    assertThat(seen).containsExactly("a", "日", "b");
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return text.toString();
  }

  @Test
  void rowsAreNoWiderThanTheScreenAndTogetherTheWholeOutput() throws Exception {
    Random random = new Random(99);
    for (int round = 0; round < 300; round++) {
      try (PagedLines output = new PagedLines(new MemoryBudget(1 << 20).all())) {
        StringBuilder all = new StringBuilder();
        output.look(0, Long.MAX_VALUE);
        for (int i = random.nextInt(20) + 1; i > 0; i--) {
          String line = text(random);
          all.append(line);
          output.add(line, NOBODY);
        }
        Viewport one = new Viewport(output);
        int width = 2 + random.nextInt(30);
        one.resize(width, 1 + random.nextInt(5));
        StringBuilder seen = new StringBuilder();
        String last = "";
        one.rows().forEach(row -> seen.append(row.text()));
        for (List<Viewport.Row> before = one.rows(); ; before = one.rows()) {
          assertThat(before).allMatch(row -> TextWidth.of(row.text()) <= width);
          one.down(1);
          List<Viewport.Row> rows = one.rows();
          if (rows.equals(before)) {
            break;
          }
          last = rows.get(rows.size() - 1).text();
          seen.append(last);
        }
        assertThat(seen.toString()).isEqualTo(all.toString());
        expectTheSameUpwards(one);
      }
    }
  }

  /** From the end up, each screen is one that was there on the way down. */
  private static void expectTheSameUpwards(Viewport view) {
    List<List<Viewport.Row>> up = new ArrayList<>();
    for (List<Viewport.Row> rows = view.rows(); !up.contains(rows); rows = view.rows()) {
      up.add(0, rows);
      view.up(1);
    }
    List<List<Viewport.Row>> down = new ArrayList<>();
    for (List<Viewport.Row> rows = view.rows(); !down.contains(rows); rows = view.rows()) {
      down.add(rows);
      view.down(1);
    }
    assertThat(down).isEqualTo(up);
  }

  @Test
  void anotherSizeShowsTheSameLine() throws Exception {
    add(IntStream.range(0, 20).mapToObj(i -> "ab".repeat(10) + i).toArray(String[]::new));
    view.resize(5, 4);
    view.down(11);
    long top = view.top();
    view.resize(100, 4);
    assertThat(view.top()).isEqualTo(top);
    assertThat(shown()).hasSize(4).allMatch(row -> row.length() > 20);
  }

  @Test
  void itGoesOnWithTheFirstLineThatIsKept() throws Exception {
    view.resize(100, 3);
    String line = "x".repeat(10_000);
    for (int i = 0; i < 2000; i++) {
      lines.look(lines.end(), Long.MAX_VALUE);
      lines.add(i + line, NOBODY);
    }
    assertThat(lines.first()).isPositive();
    assertThat(shown().get(0)).startsWith(String.valueOf(lines.first()));
    assertThat(shown().stream().collect(Collectors.joining())).hasSizeGreaterThan(250);
  }
}
