package org.doveadmsshd.storage.compression;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Whatever a compressed mail is made of, it inflates within its limits, or is refused. */
class CompressionFuzzTest {
  private static final int LIMIT = 1 << 20;

  /** Has as much as may be inflated, and notes what is not given back. */
  private static final class Budget implements Memory {
    private long held;

    @Override
    public boolean take(long bytes) {
      boolean isThere = held + bytes <= LIMIT;
      held += isThere ? bytes : 0;
      return isThere;
    }

    @Override
    public void give(long bytes) {
      held -= bytes;
    }
  }

  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) {
    for (Compression each : Compression.values()) {
      Budget budget = new Budget();
      long inflated = 0;
      try (InputStream in = each.inflate(new ByteArrayInputStream(bytes), LIMIT, budget)) {
        inflated = in.skip(Long.MAX_VALUE);
      } catch (CompressionException e) {
        assertThat(e.getMessage()).isNotEmpty();
      } catch (IOException e) {
        throw new AssertionError("only what is wrong with the bytes may be said", e);
      }
      assertThat(inflated).isLessThanOrEqualTo(LIMIT);
      assertThat(budget.held).isZero();
    }
  }
}
