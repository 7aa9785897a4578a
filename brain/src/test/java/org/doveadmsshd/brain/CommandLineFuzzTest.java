package org.doveadmsshd.brain;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;

/** Whatever a client sends as its line, it is split into words or refused. */
class CommandLineFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyLine(byte[] bytes) throws Failure {
    List<String> words;
    try {
      words = CommandLine.split(new String(bytes, StandardCharsets.UTF_8));
    } catch (Failure e) {
      return; // refused
    }
    String quoted =
        words.stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    if (!CommandLine.split(quoted).equals(words)) {
      throw new IllegalStateException("quoted, the words mean something else: " + quoted);
    }
  }
}
