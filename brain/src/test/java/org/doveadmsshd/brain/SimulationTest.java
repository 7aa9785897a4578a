package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of the real brain on simulated servers with faults, each made of a seed: each user has one
 * outcome, which is true, nothing is repeated that must not be, and the run goes as the command
 * line says. {@code bin/simulate} tries more seeds.
 */
class SimulationTest {
  private static final long SEEDS = 2000;
  private static final int TOGETHER = 64;

  @TempDir private Path directory;

  @Test
  void eachUserHasOneOutcomeThatIsTrueWhateverHappens() throws Exception {
    Simulations simulations = new Simulations(directory, TOGETHER, failure -> {});
    assertThat(simulations.tryAll(1, SEEDS)).isEmpty();
  }
}
