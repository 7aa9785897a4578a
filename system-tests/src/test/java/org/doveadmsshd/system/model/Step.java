package org.doveadmsshd.system.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Something that happens to a user's mail.
 *
 * @param weight how often it comes
 */
record Step(String name, int weight, Act act) {
  private static final List<Step> ALL = all(false);
  private static final List<Step> BESIDE_DOVECOT = all(true);

  /** Does it. */
  @FunctionalInterface
  interface Act {
    /** Says what has been done; null when there is nothing that it could be done to. */
    String on(World world, Random random) throws Exception;
  }

  private static List<Step> all(boolean besideDovecot) {
    List<Step> all = new ArrayList<>(CommandSteps.all());
    all.addAll(OutsideSteps.all());
    all.addAll(besideDovecot ? Dovecot.steps() : TamperingSteps.all());
    return List.copyOf(all);
  }

  /** The step that a number stands for, whatever has happened before. */
  static void take(World world, long seed) throws Exception {
    Random random = new Random(seed);
    List<Step> all = world.dovecot == null ? ALL : BESIDE_DOVECOT;
    int at = random.nextInt(all.stream().mapToInt(Step::weight).sum());
    for (Step step : all) {
      at -= step.weight();
      if (at < 0) {
        String done = step.act().on(world, random);
        world.log.add(done == null ? step.name() + ": nothing to do" : step.name() + ": " + done);
        return;
      }
    }
  }
}
