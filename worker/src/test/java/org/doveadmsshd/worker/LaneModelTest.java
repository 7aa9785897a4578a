package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Lanes on which whatever comes at random, legal or not, compared with a model of their states.
 * {@code -Dmodel.sequences} tries more sequences, from {@code -Dmodel.first} on; {@code
 * -Dmodel.steps} repeats the steps of one.
 */
class LaneModelTest {
  private static final long SEQUENCES = Long.getLong("model.sequences", 5000);
  private static final long FIRST = Long.getLong("model.first", 1);
  private static final int STEPS = 60;

  @Test
  void whateverAPeerSendsALaneDoesWhatItsStateAllows() {
    String steps = System.getProperty("model.steps");
    if (steps != null) {
      assertThat(fault(Arrays.stream(steps.split(",")).mapToLong(Long::parseLong).toArray()))
          .isNull();
      return;
    }
    for (long number = FIRST; number < FIRST + SEQUENCES; number++) {
      long[] sequence = sequence(number);
      if (fault(sequence) != null) {
        throw new AssertionError("sequence " + number + ": " + shrunk(sequence));
      }
    }
  }

  @Test
  void everyKindOfStepComes() {
    Set<LaneStep.Kind> kinds = EnumSet.noneOf(LaneStep.Kind.class);
    for (long number = FIRST; number < FIRST + 200; number++) {
      Arrays.stream(sequence(number))
          .skip(1)
          .mapToObj(LaneStep::of)
          .forEach(step -> kinds.add(step.kind()));
    }
    assertThat(kinds).containsExactlyInAnyOrder(LaneStep.Kind.values());
  }

  /** The first number is what kind of lane it is. */
  private static long[] sequence(long number) {
    Random random = new Random(number);
    return random.longs(2 + random.nextInt(STEPS)).toArray();
  }

  /** Where a lane and its model differ; null where they do not. */
  static String fault(long[] sequence) {
    Random random = new Random(sequence[0]);
    boolean trusted = random.nextInt(3) == 0;
    boolean known = !trusted && random.nextBoolean();
    int together = random.nextBoolean() ? 1 : 4;
    List<LaneStep> steps = LongStream.of(sequence).skip(1).mapToObj(LaneStep::of).toList();
    LaneModel model = new LaneModel(known, trusted, together);
    String fault = fault(steps, model, known, trusted, together);
    String peer = trusted ? "a server" : known ? "a known peer" : "a stranger";
    return fault == null
        ? null
        : "%s\n  a lane of %s, requests taken by %d%s"
            .formatted(fault, peer, together, steps(steps));
  }

  private static String steps(List<LaneStep> steps) {
    StringBuilder text = new StringBuilder();
    steps.forEach(step -> text.append("\n  ").append(step));
    return text.toString();
  }

  private static String fault(
      List<LaneStep> steps, LaneModel model, boolean known, boolean trusted, int together) {
    steps.forEach(model::take);
    model.end();
    LaneStage stage = new LaneStage(known, trusted, together, model.decisions);
    try {
      steps.forEach(stage::take);
      stage.end();
    } catch (RuntimeException | StackOverflowError e) {
      return "threw " + e + " at " + e.getStackTrace()[0];
    }
    return stage.impossible == null ? difference(model, stage) : stage.impossible;
  }

  private static String difference(LaneModel model, LaneStage stage) {
    for (int i = 0; i < Math.max(model.sent.size(), stage.sent.size()); i++) {
      String expected = i < model.sent.size() ? model.sent.get(i) : "nothing";
      String actual = i < stage.sent.size() ? stage.sent.get(i) : "nothing";
      if (!isThat(expected, actual)) {
        return "sent "
            + actual
            + " where "
            + expected
            + " was due, after "
            + stage.sent.subList(0, i);
      }
    }
    if (model.isTransportClosed != stage.isTransportClosed) {
      return "the transport is " + (stage.isTransportClosed ? "" : "not ") + "closed";
    }
    String counted = stage.done() + " done and " + stage.failed() + " failed";
    String due = model.done + " done and " + model.failed + " failed";
    return counted.equals(due) ? null : "counted " + counted + ", not " + due;
  }

  /** The model knows a part of what is said of a fault. */
  private static boolean isThat(String expected, String actual) {
    String fault = "Fault ";
    return expected.startsWith(fault)
        ? actual.startsWith(fault) && actual.contains(expected.substring(fault.length()))
        : actual.equals(expected);
  }

  /** The same with as few steps as show a fault. */
  private static String shrunk(long[] sequence) {
    long[] least = sequence;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (int i = least.length - 1; i > 0; i--) {
        long[] without = new long[least.length - 1];
        System.arraycopy(least, 0, without, 0, i);
        System.arraycopy(least, i + 1, without, i, least.length - i - 1);
        if (fault(without) != null) {
          least = without;
          smaller = true;
        }
      }
    }
    String numbers = Arrays.toString(least).replaceAll("[\\[\\] ]", "");
    return fault(least) + "\n  -Dmodel.steps=" + numbers;
  }
}
