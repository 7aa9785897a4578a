package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;

/** The same as {@link LaneModelTest}, with steps that the fuzzer chooses. */
class LaneModelFuzzTest {
  private static final int MOST = 100;

  /** Two bytes for each step. */
  @FuzzTest(maxDuration = "60s")
  void anySteps(byte[] bytes) {
    ByteBuffer numbers = ByteBuffer.wrap(bytes);
    long[] sequence = new long[1 + Math.min(MOST, bytes.length / 2)];
    for (int i = 0; i < sequence.length && numbers.remaining() >= 2; i++) {
      sequence[i] = numbers.getShort();
    }
    assertThat(LaneModelTest.fault(sequence)).isNull();
  }
}
