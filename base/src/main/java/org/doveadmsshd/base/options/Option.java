package org.doveadmsshd.base.options;

/**
 * An option of a command.
 *
 * @param letter the short name, or 0
 * @param name the long name, without dashes
 * @param argument what its argument is called in help; null when it takes none
 * @param help one line
 */
public record Option(char letter, String name, String argument, String help) {
  /** Separates the values of an option that was given several times. */
  public static final String AGAIN = "\n";

  /** Whether it may be given several times; its values are then joined by {@link #AGAIN}. */
  public boolean isRepeatable() {
    return hasArgument() && argument.equals("name=value");
  }

  public boolean hasArgument() {
    return argument != null;
  }

  /** {@code -m, --mailbox <mailbox>}. */
  public String usage() {
    String text = letter == 0 ? "--" + name : "-" + letter + ", --" + name;
    return hasArgument() ? text + " <" + argument + ">" : text;
  }
}
