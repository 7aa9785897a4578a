package org.doveadmsshd.base.options;

import java.util.Optional;

/**
 * An option of a command or of a program.
 *
 * @param letter the short name, or 0
 * @param name the long name, without dashes
 * @param argument what follows it; nothing for most
 * @param form whether the argument may be left out, and the option be given again
 * @param help one line
 */
public record Option(
    char letter, String name, Optional<Argument> argument, Form form, String help) {
  /** Separates the values of an option that was given several times. */
  public static final String AGAIN = "\n";

  /** How an option may be given. */
  public enum Form {
    /** Of several values the last one counts. */
    USUAL,
    /** All values count; they are joined by {@link #AGAIN}. */
    REPEATABLE,
    /** It stands once. */
    ONCE,
    /** It stands once, and its argument may be left out: {@code --name} or {@code --name=value}. */
    ONCE_BARE
  }

  /** One that takes no argument. */
  public static Option flag(char letter, String name, String help) {
    return new Option(letter, name, Optional.empty(), Form.USUAL, help);
  }

  /** One that takes no argument and has no short name. */
  public static Option flag(String name, String help) {
    return flag((char) 0, name, help);
  }

  /** One that takes an argument. */
  public static Option of(char letter, String name, Argument argument, String help) {
    return new Option(letter, name, Optional.of(argument), Form.USUAL, help);
  }

  /** One that takes an argument and has no short name. */
  public static Option of(String name, Argument argument, String help) {
    return of((char) 0, name, argument, help);
  }

  /** The same, but it may be given several times. */
  public Option repeatable() {
    return new Option(letter, name, argument, Form.REPEATABLE, help);
  }

  /** The same, but given twice it is a mistake. */
  public Option once() {
    return new Option(letter, name, argument, Form.ONCE, help);
  }

  /** The same, but given twice it is a mistake, and its argument may be left out. */
  public Option onceOrBare() {
    return new Option(letter, name, argument, Form.ONCE_BARE, help);
  }

  /** Whether an argument must follow. */
  public boolean hasArgument() {
    return argument.isPresent() && form != Form.ONCE_BARE;
  }

  boolean isRepeatable() {
    return form == Form.REPEATABLE;
  }

  boolean isOnce() {
    return form == Form.ONCE || form == Form.ONCE_BARE;
  }

  /** Whether a word is this option and nothing else, so that its argument is the next word. */
  public boolean isWord(String word) {
    return word.equals("--" + name) || letter != 0 && word.equals("-" + letter);
  }

  /** {@code -m, --mailbox <mailbox>}, or {@code --shuffle[=<seed>]}. */
  public String usage() {
    String text = letter == 0 ? "--" + name : "-" + letter + ", --" + name;
    return argument
        .map(each -> hasArgument() ? text + " " + each.text() : text + "[=" + each.text() + "]")
        .orElse(text);
  }
}
