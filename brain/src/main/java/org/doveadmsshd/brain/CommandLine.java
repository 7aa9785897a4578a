package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;

/**
 * Splits the one string that an ssh client sends, or a line of a script, into words as a shell
 * would: spaces separate, {@code '…'} takes everything as it is, {@code "…"} and a backslash take
 * the next character. Nothing is expanded and no shell is involved: what a shell would take for
 * more than a word is refused, taken as words it would mean something else than was meant.
 *
 * <p>In a script a line that ends with a backslash goes on with the next one, {@code #} where a
 * word could begin starts a comment, and {@code <<END} says that the lines up to {@code END} are
 * input. A quote must be closed on its line: one that is forgotten must not swallow the commands
 * after it.
 */
public final class CommandLine {
  /** Most characters, of a line of a script with all lines that it goes on with. */
  public static final int MAX_LENGTH = 256 * 1024;

  /** Words that are a shell's when they stand there without quotes. */
  private static final Set<String> OPERATORS = Set.of("|", "||", "|&", "&", "&&", ";", ";;", "#");

  /** Redirections begin so; behind it there may be a file. */
  private static final Pattern REDIRECTION = Pattern.compile("(?:[0-9]|&)?[<>].*", Pattern.DOTALL);

  /** At the end of a line of the interactive shell, as in that of MySQL. */
  private static final String VERTICAL = "\\G";

  /** Whether it is read as in a script, or in a shell. */
  private final boolean ofScript;

  /** Whether a backslash at the end of a line joins the next one to it. */
  private final boolean joins;

  /** Whether {@code \G} may stand behind it. */
  private final boolean ofShell;

  /** Whether {@code > file} may stand behind it, too. */
  private final boolean mayBeSaved;

  private final List<Word> words = new ArrayList<>();
  private StringBuilder word;
  private int start;

  /** Whether it began with {@code >}. */
  private boolean redirects;

  /** Whether part of the word was in quotes, or taken by a backslash. */
  private boolean quoted;

  /** Whether the last character of the word was. */
  private boolean lastQuoted;

  private char quote;
  private int length;

  /** The one that was added last. */
  private String line = "";

  /** The first one. The line is read on: a here-document must not be taken for commands. */
  private Failure mistake;

  /** Whether {@code <<} has been read, but not yet what ends the here-document. */
  private boolean lacksEnd;

  private boolean stripsTabs;
  private boolean vertical;

  /** Behind {@code >}; empty as long as its name has not come, null without one. */
  private String file;

  private HereDocument hereDocument;

  /**
   * The lines behind a command that are its input.
   *
   * @param end the line that ends them, and is none of them
   * @param stripsTabs whether tabs at the beginning of lines are no part of them
   */
  public record HereDocument(String end, boolean stripsTabs) {}

  /** Where a line comes from. */
  private enum Origin {
    EXEC,
    SCRIPT,
    SHELL,
    /** The shell, where it is not complete yet. */
    TYPED
  }

  private CommandLine(Origin origin) {
    ofScript = origin != Origin.EXEC;
    joins = origin == Origin.SCRIPT || origin == Origin.SHELL;
    ofShell = origin == Origin.TYPED || origin == Origin.SHELL;
    mayBeSaved = origin == Origin.SHELL;
  }

  /** The words of a line that stands alone. */
  public static List<String> split(String line) throws Failure {
    CommandLine all = new CommandLine(Origin.EXEC);
    all.add(line);
    return all.words();
  }

  /**
   * The words of a line of a shell or script that is still being typed, right or wrong; none of one
   * that is too long.
   */
  public static List<Word> typed(String line) {
    CommandLine all = new CommandLine(Origin.TYPED);
    all.add(line);
    return all.words;
  }

  /** A line of a script, to which its text is {@linkplain #add added}. */
  public static CommandLine ofScript() {
    return new CommandLine(Origin.SCRIPT);
  }

  /** A line of the interactive shell: as in a script, and {@code \G} may stand behind it. */
  public static CommandLine ofShell() {
    return new CommandLine(Origin.SHELL);
  }

  /**
   * Adds a line of the file.
   *
   * @return whether the command is complete; if not, the next line of the file belongs to it
   */
  public boolean add(String line) {
    length += line.length();
    if (length > MAX_LENGTH) {
      mistake("The command line is too long");
    } else if (line.indexOf('\0') >= 0) {
      mistake("The command line has a NUL character in it");
    } else if (goesOn(line)) {
      return false;
    }
    return true;
  }

  /** The words; none on a line that is empty, or a comment. */
  public List<String> words() throws Failure {
    if (mistake != null) {
      throw mistake;
    }
    return words.stream().map(Word::text).toList();
  }

  /** The input that follows it. */
  public Optional<HereDocument> hereDocument() {
    return Optional.ofNullable(hereDocument);
  }

  /** The file behind {@code >} at its end, in which what is shown is to be saved. */
  public Optional<String> file() {
    return Optional.ofNullable(file);
  }

  /** Whether {@code \G} stands at its end: values are to be shown one below the other. */
  public boolean isVertical() {
    return vertical;
  }

  private boolean isVertical(String line, int at) {
    return ofShell
        && quote == 0
        && line.startsWith(VERTICAL, at)
        && line.substring(at + VERTICAL.length()).isBlank();
  }

  private boolean goesOn(String text) {
    line = text;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        endWord(i);
        continue;
      }
      if (isVertical(line, i)) {
        vertical = true;
        endWord(i);
        break;
      }
      if (ofScript) {
        if (joins && c == '\\' && i + 1 == line.length() && quote != '\'') {
          return true;
        }
        if (c == '#' && quote == 0 && word == null) {
          break;
        }
        if (beginsHereDocument(line, i)) {
          i += stripsTabs ? 2 : 1;
          continue;
        }
      }
      i += take(line, i);
    }
    if (quote != 0) {
      mistake("A quote is not closed: " + quote);
    }
    endWord(line.length());
    if (lacksEnd) {
      mistake("<< must be followed by the word that ends the input: <<END");
    }
    if (file != null && file.isEmpty()) {
      mistake("> must be followed by the name of a file");
    }
    return false;
  }

  /** Takes a character into the word; returns how many more were taken with it. */
  private int take(String line, int at) {
    char c = line.charAt(at);
    if (word == null) {
      word = new StringBuilder();
      start = at;
      redirects = c == '>' && !line.startsWith(">>", at);
    }
    lastQuoted = true;
    boolean escape = isEscape(line, at);
    if (escape) {
      word.append(line.charAt(at + 1));
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      word.append(c);
      lastQuoted = quote != 0;
    }
    quoted |= lastQuoted;
    return escape ? 1 : 0;
  }

  /** Whether a backslash takes the next character; between double quotes it takes a few only. */
  private boolean isEscape(String line, int at) {
    boolean backslash = line.charAt(at) == '\\' && at + 1 < line.length();
    return backslash && quote != '\'' && (quote == 0 || "\"\\$`".indexOf(line.charAt(at + 1)) >= 0);
  }

  /** {@code <<} and {@code <<-}, but not {@code <<<}, also right behind a word. */
  private boolean beginsHereDocument(String line, int at) {
    boolean behindOne = word != null && !lastQuoted && word.charAt(word.length() - 1) == '<';
    boolean operator = line.startsWith("<<", at) && !line.startsWith("<<<", at);
    if (quote != 0 || !operator || behindOne) {
      return false;
    }
    if (word != null && !quoted && word.chars().allMatch(Character::isDigit)) {
      mistake(needsShell(word + "<<", ofScript, "")); // the input of a descriptor
    }
    endWord(at);
    if (lacksEnd || hereDocument != null) {
      mistake("A command has one input only, but << stands here twice");
    }
    lacksEnd = true;
    stripsTabs = line.startsWith("<<-", at);
    return true;
  }

  private void endWord(int end) {
    if (word == null) {
      return;
    }
    String text = word.toString();
    if (isFile(text)) {
      word = null;
      quoted = false;
      return;
    }
    boolean ofShell = isOfShell(text);
    if (ofShell && mistake == null) {
      mistake(needsShell(text, ofScript, ofScript ? "" : OwnShell.line(line, start, end)));
    }
    if (lacksEnd) {
      hereDocument = new HereDocument(text, stripsTabs);
      lacksEnd = false;
    } else {
      words.add(new Word(text, start, end, quote, ofShell));
    }
    word = null;
    quoted = false;
  }

  /** Takes {@code >}, and the name behind it, which is the end of the line. */
  private boolean isFile(String text) {
    boolean begins = mayBeSaved && file == null && redirects;
    boolean named = file != null && file.isEmpty() && !isOfShell(text);
    if (begins) {
      file = text.substring(1);
    } else if (named) {
      file = text;
    } else if (file != null) {
      mistake("Nothing can stand behind the file: " + text);
    }
    return begins || named;
  }

  private boolean isOfShell(String text) {
    boolean whole = OPERATORS.contains(text) || REDIRECTION.matcher(text).matches();
    boolean end = text.endsWith(";") && !lastQuoted;
    return whole && !quoted || end;
  }

  /**
   * What is said of a word that is of a shell.
   *
   * @param instead the line as it should be typed; empty when it is not known
   */
  static Failure needsShell(String text, boolean ofScript, String instead) {
    return Failure.usage(
        "No shell of the system reads this line, so "
            + text
            + " cannot do what it does in one; nothing was done."
            + (instead.isEmpty() ? "" : " For your own shell: " + instead + " .")
            + " As a word of the command it must be in quotes"
            + (ofScript ? "" : ", inside those of your own shell: ssh … 'doveadm … \"|\" …'"));
  }

  private void mistake(String text) {
    mistake(Failure.usage(text));
  }

  private void mistake(Failure found) {
    mistake = mistake == null ? found : mistake;
  }
}
