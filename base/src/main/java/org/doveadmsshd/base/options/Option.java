package org.doveadmsshd.base.options;

import java.util.Optional;

/**
 * An option of a command or of a program.
 *
 * @param letter the short name, or 0
 * @param name the long name, without dashes
 * @param argument what follows it; nothing for most
 * @param isRepeatable whether it may be given several times; its values are then joined by {@link
 *     #AGAIN}. Of any other option the last value counts
 * @param help one line
 */
public record Option(
    char letter, String name, Optional<Argument> argument, boolean isRepeatable, String help) {
  /** Separates the values of an option that was given several times. */
  public static final String AGAIN = "\n";

  /** One that takes no argument. */
  public static Option flag(char letter, String name, String help) {
    return new Option(letter, name, Optional.empty(), false, help);
  }

  /** One that takes no argument and has no short name. */
  public static Option flag(String name, String help) {
    return flag((char) 0, name, help);
  }

  /** One that takes an argument. */
  public static Option of(char letter, String name, Argument argument, String help) {
    return new Option(letter, name, Optional.of(argument), false, help);
  }

  /** One that takes an argument and has no short name. */
  public static Option of(String name, Argument argument, String help) {
    return of((char) 0, name, argument, help);
  }

  /** The same, but it may be given several times. */
  public Option repeatable() {
    return new Option(letter, name, argument, true, help);
  }

  public boolean hasArgument() {
    return argument.isPresent();
  }

  /** Whether a word is this option and nothing else, so that its argument is the next word. */
  public boolean isWord(String word) {
    return word.equals("--" + name) || letter != 0 && word.equals("-" + letter);
  }

  /** {@code -m, --mailbox <mailbox>}. */
  public String usage() {
    String text = letter == 0 ? "--" + name : "-" + letter + ", --" + name;
    return argument.map(each -> text + " " + each.text()).orElse(text);
  }
}
