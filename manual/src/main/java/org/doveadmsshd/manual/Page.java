package org.doveadmsshd.manual;

import java.util.Locale;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.base.options.Option;

/** A manual page in the language of man(7), as it is written; for one thread. */
final class Page {
  /** Of a line of text; mandoc(1) minds longer ones than 80 bytes. */
  private static final int WIDTH = 76;

  private static final String PROGRAM = Version.of("doveadm-sshd");

  private final StringBuilder text = new StringBuilder();

  /** Whether a heading was the last: it begins a paragraph. */
  private boolean isBelowHeading;

  /**
   * Begins a page.
   *
   * @param name as in {@code man NAME}
   * @param section such as 1 for commands
   * @param date of the build, such as 2026-11-23
   * @param summary what it is, in a line
   */
  Page(String name, int section, String date, String summary) {
    String title = name.toUpperCase(Locale.ROOT);
    text.append(".TH \"%s\" %d %s \"%s\"\n".formatted(literal(title), section, date, PROGRAM));
    section("NAME");
    wrap(literal(name) + " \\- " + escaped(summary));
  }

  void section(String title) {
    macro("SH", title);
    isBelowHeading = true;
  }

  void subsection(String title) {
    macro("SS", title);
    isBelowHeading = true;
  }

  /** A line as it is typed, each in a line of its own. */
  void typed(String line) {
    example(line + "\n");
  }

  /** A paragraph of text, or as many as there are between empty lines. */
  void paragraphs(String all) {
    for (String paragraph : all.strip().split("\n\\s*\n")) {
      if (isTable(paragraph)) {
        example(paragraph);
      } else {
        paragraph();
        fill(paragraph);
      }
    }
  }

  /** An option or setting, and what it means. */
  void item(String name, String meaning) {
    macro("TP");
    isBelowHeading = false;
    text.append("\\fB").append(literal(name)).append("\\fR\n");
    fill(meaning);
  }

  void option(Option option) {
    item(option.usage(), option.help());
  }

  /** Lines in which all spaces and line ends stay. */
  void example(String lines) {
    paragraph();
    macro("nf");
    for (String line : lines.stripTrailing().split("\n")) {
      text.append(line.isBlank() ? "\\&" : guarded(continued(line.stripTrailing()))).append('\n');
    }
    macro("fi");
  }

  /** A line that may be long, over several that are one to the reader. */
  private static String continued(String line) {
    StringBuilder lines = new StringBuilder();
    int length = 0;
    for (String word : line.split("(?<= )")) {
      String next = literal(word);
      if (length > 0 && length + next.length() > WIDTH) {
        lines.append("\\\n");
        length = 0;
      }
      lines.append(next);
      length += next.length();
    }
    return lines.toString();
  }

  /** Text in the language of man(7), as it stands in a template. */
  void template(String part) {
    text.append(part);
  }

  /** Columns, such as those of a list of search keys, are told from text by their gaps. */
  private static boolean isTable(String paragraph) {
    return paragraph.lines().anyMatch(line -> line.strip().contains("  "));
  }

  private void paragraph() {
    if (!isBelowHeading) {
      macro("PP");
    }
    isBelowHeading = false;
  }

  private void macro(String name, String... words) {
    text.append('.').append(name);
    for (String word : words) {
      text.append(" \"").append(literal(word).replace("\"", "\\(dq")).append('"');
    }
    text.append('\n');
  }

  /** Breaks text into lines. */
  private void fill(String paragraph) {
    wrap(escaped(paragraph));
  }

  private void wrap(String words) {
    StringBuilder line = new StringBuilder();
    for (String next : words.strip().split("\\s+")) {
      if (line.length() > 0 && line.length() + 1 + next.length() > WIDTH) {
        text.append(guarded(line.toString())).append('\n');
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(next);
    }
    text.append(guarded(line.toString())).append('\n');
  }

  /** A line that begins as a request does is none. */
  private static String guarded(String line) {
    return line.startsWith(".") || line.startsWith("'") || line.startsWith("\\(aq")
        ? "\\&" + line
        : line;
  }

  private static String escaped(String words) {
    return words
        .replace("\\", "\\e")
        .replace("…", "...")
        .replace("^", "\\(ha")
        .replace("~", "\\(ti")
        .replace("`", "\\(ga")
        .replace("--", "\\-\\-");
  }

  /** Words that somebody may type or copy: their signs are those of the keyboard. */
  private static String literal(String words) {
    return escaped(words.replace("-", "\u0001")).replace("'", "\\(aq").replace("\u0001", "\\-");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
