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
import java.util.regex.MatchResult;
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

  /** A literal, or the name of what is one. */
  private static final String TERM = "(?:" + LITERAL + "|\\w[\\w.]*+(?:\\(\\))?+)";

  private static final String SUM = TERM + "(?:\\s*\\+\\s*" + TERM + ")*+";

  /** Where an expression is used, with all that it is put together from. */
  private static final Pattern USE =
      Pattern.compile(
          "(Pattern\\.compile|\\.(?:matches|replaceAll|replaceFirst|split))\\(\\s*("
              + SUM
              + ")(?=\\s*[,)])");

  /** What a name in a sum stands for, where it is a text or an expression. */
  private static final Pattern CONSTANT =
      Pattern.compile(
          "(?:String|Pattern|int) (\\w+)\\s*=\\s*(?:Pattern\\.compile\\(\\s*)?("
              + SUM
              + ")(?=\\s*[,);])");

  private static final List<String> NOBODY_ELSES = List.of("benchmarks", "sample-site");

  /** Made of texts that are known when the program runs, each bounded where it is made. */
  private static final List<String> MADE_OF_VARIABLES =
      List.of(
          "AddressPatterns regex", // for addresses, in an administrator's own rule
          "CryptScheme form"); // the expressions of SCHEMES, which are literals there

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
    String source = Files.readString(file);
    Map<String, String> constants = constants(source);
    Matcher uses = USE.matcher(source);
    while (uses.find()) {
      String name = file.getFileName().toString();
      boolean isPattern = uses.group(1).startsWith("Pattern") || uses.group(2).contains("\"");
      String sum = uses.group(2);
      if (isPattern && !MADE_OF_VARIABLES.contains(name.replace(".java", " ") + sum)) {
        found.add(new Expression(name, uses.group(1), pattern(sum, constants)));
      }
    }
    return found;
  }

  /** What is not a literal has to be a constant of the same file. */
  private static String pattern(String sum, Map<String, String> constants) {
    StringBuilder pattern = new StringBuilder();
    Matcher terms = Pattern.compile(TERM).matcher(sum);
    while (terms.find()) {
      String term = terms.group();
      if (term.startsWith("\"")) {
        pattern.append(text(term));
      } else if (Character.isDigit(term.charAt(0))) {
        pattern.append(term);
      } else {
        String constant = constants.get(term.replace(".pattern()", ""));
        assertThat(constant).as("what %s stands for in %s", term, sum).isNotNull();
        pattern.append(constant);
      }
    }
    return pattern.toString();
  }

  private static String text(String literal) {
    return Pattern.compile("(?<!\\\\)\\\\u([0-9a-fA-F]{4})")
        .matcher(literal.substring(1, literal.length() - 1))
        .replaceAll(
            each -> Matcher.quoteReplacement("" + (char) Integer.parseInt(each.group(1), 16)))
        .translateEscapes();
  }

  private static Map<String, String> constants(String source) {
    Map<String, String> constants = new LinkedHashMap<>();
    Matcher named = CONSTANT.matcher(source);
    while (named.find()) {
      boolean known =
          Pattern.compile(TERM)
              .matcher(named.group(2))
              .results()
              .map(MatchResult::group)
              .allMatch(term -> term.matches("(?s)[\"0-9].*") || constants.containsKey(term));
      if (known) {
        constants.put(named.group(1), pattern(named.group(2), constants));
      }
    }
    return constants;
  }

  @Test
  void theyAreFound() throws Exception {
    assertThat(expressions())
        .hasSizeGreaterThan(80)
        .anyMatch(
            each ->
                each.pattern()
                    .equals(
                        "(publickey|password|keyboard-interactive)(,(publickey|password|keyboard-interactive))*+"))
        .anyMatch(
            each -> each.file().equals("AttributeMap.java") && each.pattern().endsWith("|%\\$"))
        .anyMatch(each -> each.file().equals("Type.java"));
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
