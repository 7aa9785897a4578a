package org.doveadmsshd.setup.dovecot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;

/**
 * Reads what {@code doveconf} prints, and files of the same syntax that Dovecot's settings name
 * ({@code dovecot-sql.conf.ext}). Nothing is included, interpolated or looked up. Values with
 * control characters are refused: they can reach neither a terminal nor a file of ours.
 */
public final class DoveconfParser {
  /** Characters of a text. */
  static final int MOST = 4 << 20;

  /** Characters of a line with those that continue it. */
  private static final int LONGEST_LINE = 64 << 10;

  private static final int MOST_LINES = 100_000;
  private static final int MAX_DEPTH = 16;
  private static final int SHOWN = 60;

  private static final Pattern HEADER =
      Pattern.compile("# ([0-9][0-9A-Za-z.-]{0,30})(?: \\([0-9a-f]{1,40}\\))?: (\\S.{0,300})");

  private final String file;
  private final String[] lines;
  private final Deque<Open> open = new ArrayDeque<>();
  private String version = "";
  private String origin;
  private int at;

  /** A section that is not closed yet. */
  private record Open(String type, String name, Map<String, String> values, List<Block> blocks) {
    Open(String type, String name) {
      this(type, name, new LinkedHashMap<>(), new ArrayList<>());
    }

    Block closed() {
      return new Block(type, name, values, blocks);
    }
  }

  private DoveconfParser(String text, String file) throws Failure {
    this.file = file;
    origin = file;
    if (text.length() > MOST) {
      throw wrong("more than " + MOST + " characters are not read");
    }
    lines = text.split("\n", MOST_LINES + 1);
    if (lines.length > MOST_LINES) {
      throw wrong("more than " + MOST_LINES + " lines are not read");
    }
  }

  /**
   * Reads what doveconf has printed.
   *
   * @param file where it is from, for messages
   * @throws Failure when it is of another version, or cannot be understood
   */
  public static Doveconf parse(String text, String file) throws Failure {
    DoveconfParser parser = new DoveconfParser(text, file);
    Block root = parser.read();
    Doveconf read =
        new Doveconf(
            root.find("dovecot_config_version").orElse(parser.version), parser.origin, root);
    read.checkVersion();
    return read;
  }

  /**
   * Reads a file of settings.
   *
   * @throws Failure when it cannot be understood
   */
  public static Block settings(String text, String file) throws Failure {
    return new DoveconfParser(text, file).read();
  }

  private Block read() throws Failure {
    open.push(new Open("", ""));
    while (at < lines.length) {
      line(next());
    }
    if (open.size() > 1) {
      throw wrong("a section is not closed with }");
    }
    return open.pop().closed();
  }

  /** A line with those that continue it. */
  private String next() throws Failure {
    String line = withoutComment(lines[at++]).strip();
    while (line.endsWith("\\") && at < lines.length && line.length() <= LONGEST_LINE) {
      line = line.substring(0, line.length() - 1).strip() + " ";
      line += withoutComment(lines[at++]).strip();
    }
    if (line.length() > LONGEST_LINE) {
      throw wrong("a line of more than " + LONGEST_LINE + " characters is not read");
    }
    if (line.codePoints().anyMatch(c -> c != '\t' && Printable.isControl(c))) {
      throw wrong("a control character stands in it");
    }
    return line;
  }

  private void line(String line) throws Failure {
    if (line.isEmpty()) {
      return;
    }
    if (line.equals("}")) {
      close();
    } else if (line.endsWith("{") && (line.indexOf('=') < 0 || line.indexOf('"') >= 0)) {
      open(line.substring(0, line.length() - 1).strip());
    } else if (line.startsWith("!include")) {
      throw wrong("it includes another file; expected what doveconf prints, where none is left");
    } else {
      setting(line);
    }
  }

  private void open(String head) throws Failure {
    if (open.size() > MAX_DEPTH) {
      throw wrong("sections are nested too deeply");
    }
    String[] words = head.split("\\s+", 2);
    open.push(new Open(words[0], words.length > 1 ? unquoted(words[1].strip()) : ""));
  }

  private void close() throws Failure {
    if (open.size() == 1) {
      throw wrong("there is no section that this } could close");
    }
    Block block = open.pop().closed();
    open.element().blocks().add(block);
  }

  private void setting(String line) throws Failure {
    int equals = line.indexOf('=');
    if (equals <= 0) {
      throw wrong("expected name = value: " + Printable.line(line, SHOWN));
    }
    String name = line.substring(0, equals).strip();
    open.element().values().put(name, unquoted(line.substring(equals + 1).strip()));
  }

  /** A comment begins with # at the start or after white space, outside of quotes. */
  private String withoutComment(String line) {
    header(line);
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && (i == 0 || line.charAt(i - 1) != '\\')) {
        quoted = !quoted;
      }
      if (c == '#' && !quoted && (i == 0 || Character.isWhitespace(line.charAt(i - 1)))) {
        return line.substring(0, i);
      }
    }
    return line;
  }

  /** The first line that looks so says which Dovecot has printed it, and of which file. */
  private void header(String line) {
    if (version.isEmpty() && line.startsWith("# ") && line.length() < 400) {
      Matcher matcher = HEADER.matcher(line);
      if (matcher.matches()) {
        version = matcher.group(1);
        origin = Printable.line(matcher.group(2));
      }
    }
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted
        ? value.substring(1, value.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\")
        : value;
  }

  private Failure wrong(String what) {
    return new Failure(Outcome.DATA_ERROR, "%s:%d: %s".formatted(file, at, what));
  }
}
