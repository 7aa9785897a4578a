package org.doveadmsshd.base.options;

import java.util.List;

/**
 * What a word behind a command or an option stands for.
 *
 * @param kind what it is, for help, completion and hiding
 * @param name what it is called in help, without brackets
 * @param choices the words it may be, or may be made of; none when they cannot be listed here
 */
public record Argument(Kind kind, String name, List<String> choices) implements Syntax {
  public Argument {
    choices = List.copyOf(choices);
  }

  private Argument(Kind kind, String name) {
    this(kind, name, List.of());
  }

  /** One word of a list that is complete. */
  public static Argument choice(String name, List<String> choices) {
    return new Argument(Kind.CHOICE, name, choices);
  }

  /** What arguments can be. */
  public enum Kind {
    /** The name of a mail user. */
    USER,
    /** A mail user, or a mask for several. */
    USER_MASK,
    /** The name of a master user. */
    MASTER,
    /** A master user, or a mask for several. */
    MASTER_MASK,
    /** The name of a server. */
    SERVER,
    /** A mailbox that there is. */
    MAILBOX,
    /** A mailbox that there is not yet, or need not be. */
    NEW_MAILBOX,
    /** A mailbox, or a mask for several. */
    MAILBOX_MASK,
    /** A search query: all words that follow. */
    QUERY,
    /** A query of which every branch must name a mailbox and something else. */
    NARROW_QUERY,
    /** One search key and what follows it, or keys in parentheses. */
    SEARCH_KEY,
    /** As {@link #SEARCH_KEY}, but of the keys about parts of a mail. */
    PART_KEY,
    /** Names of fields in one word, separated by spaces. */
    FIELDS,
    /** The name of one field. */
    FIELD,
    /** Flags and keywords in one word, separated by spaces. */
    FLAGS,
    /** The name of an attribute, or how it begins. */
    KEY,
    /** A file of whoever types; {@code -} is standard input. */
    FILE,
    /** Where mail lies, or may be copied to. */
    LOCATION,
    /** A length of time. */
    SPAN,
    /** So many in a span of time: {@code 50/s}, {@code 30/min}. */
    RATE,
    /** A moment, as search queries have it. */
    DATE,
    /** A number from 1 on. */
    NUMBER,
    /** A number of bytes: {@code 500k}. */
    SIZE,
    /** Numbers of mails: {@code 1,5:9,12:*}. */
    NUMBER_SET,
    /** An identity. */
    GUID,
    /** What goes on at a server, by its number. */
    ACTIVITY,
    /** A command, its options and arguments: several words. */
    COMMAND,
    /** What help explains, by its name: a command, a search key, a field; one word or more. */
    TOPIC,
    /** A setting and its value: {@code name=value}. */
    SETTING,
    /** A password or the hash of one; shown to nobody. */
    SECRET,
    /** One of a few words. */
    CHOICE,
    /** Anything else. */
    TEXT;

    /** An argument of this kind. */
    public Argument named(String name) {
      return new Argument(this, name);
    }

    /** Whether it is made of as many words as there are. */
    public boolean isOfSeveralWords() {
      return switch (this) {
        case QUERY, NARROW_QUERY, SEARCH_KEY, PART_KEY, COMMAND, TOPIC -> true;
        default -> false;
      };
    }
  }

  @Override
  public String text() {
    return "<" + name + ">";
  }

  @Override
  public int least() {
    return 1;
  }

  @Override
  public int most() {
    return kind.isOfSeveralWords() ? MANY : 1;
  }

  @Override
  public List<Argument> arguments() {
    return List.of(this);
  }
}
