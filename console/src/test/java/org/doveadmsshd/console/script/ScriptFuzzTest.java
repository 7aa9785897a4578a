package org.doveadmsshd.console.script;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;

/** Whatever a script is made of, it comes to an end, and leaves nothing behind. */
class ScriptFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyScript(byte[] bytes) throws IOException {
    MemoryBudget.Share memory = new MemoryBudget(1 << 20).all();
    ScriptReader reader = new ScriptReader(new ByteArrayInputStream(bytes), memory);
    long before = 0;
    for (boolean more = true; more; ) {
      try {
        Optional<ScriptLine> line = reader.next();
        more = line.isPresent();
        if (more) {
          check(line.get(), before);
        }
      } catch (Failure e) {
        // refused; what is behind it is read
      }
      before = reader.number();
    }
    if (memory.held() != 0) {
      throw new IllegalStateException("memory is left behind");
    }
  }

  private static void check(ScriptLine line, long before) throws IOException {
    if (line.words().isEmpty() || line.number() <= before) {
      throw new IllegalStateException("no command: " + line);
    }
    line.close();
  }
}
