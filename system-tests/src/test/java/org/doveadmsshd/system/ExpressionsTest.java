package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every regular expression of the programs: whatever it meets, 64 KiB of it neither overflow a
 * small stack nor take long.
 */
class ExpressionsTest {
  private static final int STACK = 256 * 1024;

  /** Two processors are enough for this however busy they are; what grows by squares needs more. */
  private static final long SECONDS = 20;

  private static final String LITERAL = "\"(?:[^\"\\\\]|\\\\.)*+\"";

  /** Where an expression is used, with all literals that it is put together from. */
  private static final Pattern USE =
      Pattern.compile(
          "(Pattern\\.compile|\\.(?:matches|replaceAll|replaceFirst|split))\\(\\s*("
              + LITERAL
              + "(?:\\s*\\+\\s*"
              + LITERAL
              + ")*+)(\\s*\\+)?");

  /** What an administrator alone writes, a line at a time. */
  private static final List<String> NOBODY_ELSES = List.of("benchmarks", "sample-site", "settings");

  record Expression(String file, String use, String pattern) {
    @Override
    public String toString() {
      return file + " " + use + " " + pattern.replaceAll("[\\x00-\\x1f]", "?");
    }
  }

  static List<Expression> expressions() throws IOException {
    Map<String, Expression> found = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(Path.of(".."), 12)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        String name = file.toString();
        boolean main = name.contains("/src/main/java/") && name.endsWith(".java");
        if (main && NOBODY_ELSES.stream().noneMatch(each -> name.startsWith("../" + each))) {
          for (Expression each : in(file)) {
            found.putIfAbsent(each.use() + each.pattern(), each);
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static List<Expression> in(Path file) throws IOException {
    List<Expression> found = new ArrayList<>();
    Matcher uses = USE.matcher(Files.readString(file));
    while (uses.find()) {
      StringBuilder pattern = new StringBuilder();
      Matcher literals = Pattern.compile(LITERAL).matcher(uses.group(2));
      while (literals.find()) {
        String text = literals.group();
        pattern.append(text.substring(1, text.length() - 1).translateEscapes());
      }
      if (uses.group(3) == null) { // else something is missing at its end
        String name = file.getFileName().toString();
        found.add(new Expression(name, uses.group(1), pattern.toString()));
      }
    }
    return found;
  }

  @Test
  void theyAreFound() throws Exception {
    assertThat(expressions()).hasSizeGreaterThan(50);
  }

  @ParameterizedTest
  @MethodSource("expressions")
  void isQuickOnASmallStack(Expression expression) throws Exception {
    Pattern pattern = Pattern.compile(expression.pattern(), Pattern.DOTALL);
    boolean whole = expression.use().equals(".matches");
    Throwable[] thrown = new Throwable[1];
    for (String text : WorstCases.of(expression.pattern())) {
      Thread thread =
          new Thread(
              null,
              () -> {
                Matcher matcher = pattern.matcher(text);
                while (!matcher.matches() && !whole && matcher.find()) {
                  matcher.region(Math.max(matcher.end(), matcher.start() + 1), text.length());
                }
              },
              "small",
              STACK);
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler((which, what) -> thrown[0] = what);
      thread.start();
      thread.join(TimeUnit.SECONDS.toMillis(SECONDS));
      assertThat(thrown[0]).as(text.substring(0, Math.min(80, text.length()))).isNull();
      assertThat(thread.isAlive()).as(text.substring(0, Math.min(80, text.length()))).isFalse();
    }
  }
}
