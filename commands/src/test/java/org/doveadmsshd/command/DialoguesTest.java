package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.testing.MemoryMailStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Command lines, and what doveadm 2.3.19 answered to them: {@code dialogues.txt}, which explains
 * itself.
 */
class DialoguesTest {
  private static final Map<String, List<Step>> DIALOGUES = read();

  /** What is printed, heading first, and the exit code. */
  private record Answer(List<String> rows, int code) {}

  /**
   * One command line.
   *
   * @param line as it stands in the file
   * @param inOrder whether the rows must come in this order
   * @param peer what Dovecot answered
   * @param ours what is to be answered here
   */
  private record Step(
      String line, boolean inOrder, String[] words, String input, Answer peer, Answer ours) {}

  static Stream<String> dialogues() {
    return DIALOGUES.keySet().stream();
  }

  private static Map<String, List<Step>> read() {
    try (InputStream in = DialoguesTest.class.getResourceAsStream("dialogues.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Map<String, List<Step>> dialogues = new LinkedHashMap<>();
      for (String part : text.split("\n# ")) {
        if (!part.startsWith(";")) {
          int end = part.indexOf('\n');
          dialogues.put(part.substring(0, end), steps(part.substring(end + 1)));
        }
      }
      return dialogues;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Step> steps(String text) {
    List<Step> steps = new ArrayList<>();
    for (String part : text.split("\n(?=[>~] )")) {
      List<String> lines = part.strip().lines().toList();
      String input = "";
      List<String> rows = new ArrayList<>();
      List<Answer> answers = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        String rest = line.substring(Math.min(2, line.length()));
        switch (line.charAt(0)) {
          case '<' -> input = rest.translateEscapes();
          case '|' -> rows.add(rest);
          case '=' -> {
            answers.add(new Answer(List.copyOf(rows), Integer.parseInt(rest)));
            rows.clear();
          }
          default -> assertThat(line).startsWith("! ");
        }
      }
      String line = lines.get(0);
      boolean inOrder = line.startsWith(">");
      Answer ours = answers.get(answers.size() - 1);
      steps.add(
          new Step(line, inOrder, Stage.words(line.substring(2)), input, answers.get(0), ours));
    }
    return steps;
  }

  private static Flags flags(Flag... flags) {
    return Flags.of(List.of(flags), List.of()).plus(Flags.of(List.of(Flag.RECENT), List.of()));
  }

  /** The mailboxes that each dialogue begins with. */
  private static Stage stage() throws Failure {
    Stage stage = new Stage();
    stage.mail("INBOX", "one", flags(Flag.SEEN), 10);
    stage.mail("INBOX", "two", flags(), 2);
    stage.mail("INBOX", "three", flags(Flag.FLAGGED), 1);
    stage.mail("Work.Old", "four", flags(Flag.FLAGGED), 100);
    stage.mail("Work.Old", "two", flags(Flag.SEEN), 90);
    stage.mail("Work.Now", "five", flags(Flag.ANSWERED, Flag.SEEN), 3);
    MemoryMailStore other = new MemoryMailStore();
    stage.others.put("jane", other);
    Stage elsewhere = new Stage(other);
    elsewhere.mail("INBOX", "six", flags(Flag.SEEN), 5);
    elsewhere.mail("Deep.Er", "seven", flags(Flag.FLAGGED), 6);
    for (String empty : List.of("Empty", "Größe", "a b", "Junk", "junk", "R&D")) {
      stage.store.create(empty, Optional.empty());
    }
    return stage;
  }

  private static Answer play(Stage stage, Step step) {
    stage.columns = List.of();
    stage.input = step.input();
    Outcome outcome = stage.run(step.words());
    List<String> rows = new ArrayList<>();
    stage.rows.forEach(row -> rows.add(String.join("\t", row)));
    if (!step.inOrder()) {
      Collections.sort(rows);
    }
    if (!stage.columns.isEmpty()) {
      rows.add(0, String.join("\t", stage.columns.stream().map(Column::key).toList()));
    }
    return new Answer(rows, outcome.exitCode());
  }

  @ParameterizedTest
  @MethodSource("dialogues")
  void commandsAnswerAsDoveadmDoesOrAsItIsSaid(String dialogue) throws Exception {
    Stage stage = stage();
    SoftAssertions all = new SoftAssertions();
    for (Step step : DIALOGUES.get(dialogue)) {
      Answer answer = play(stage, step);
      all.assertThat(answer).as(step.line()).isEqualTo(step.ours());
    }
    all.assertAll();
  }

  /** A difference that is none any more must not stand there as one. */
  @Test
  void whereOursIsSaidToDifferItDoes() {
    for (List<Step> steps : DIALOGUES.values()) {
      for (Step step : steps) {
        assertThat(step.peer() != step.ours() && step.peer().equals(step.ours()))
            .as(step.line())
            .isFalse();
      }
    }
    assertThat(DIALOGUES).hasSizeGreaterThan(30);
  }
}
