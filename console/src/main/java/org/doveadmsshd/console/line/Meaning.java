package org.doveadmsshd.console.line;

import java.util.List;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;

/**
 * What an argument of some kind is, where nothing says it better.
 *
 * @param text a few words
 * @param example as it is typed
 */
record Meaning(String text, String example) {
  private static final List<String> USUAL = List.of("uid", "flags", "messages", "vsize");

  static Meaning of(Argument argument) {
    return switch (argument.kind()) {
      case USER -> new Meaning("a mail user", "alice@example.org");
      case USER_MASK -> new Meaning("a mail user, or a mask for several", "'*@example.org'");
      case MASTER -> new Meaning("a master user", "admin");
      case MASTER_MASK -> new Meaning("a master user, or a mask for several", "'admin*'");
      case SERVER -> new Meaning("the name of a server", "");
      case MAILBOX, NEW_MAILBOX -> new Meaning("the name of a mailbox", "INBOX");
      case MAILBOX_MASK -> new Meaning("a mailbox, or a mask for several", "'Archive/*'");
      case QUERY, NARROW_QUERY, SEARCH_KEY ->
          new Meaning("what must hold of a mail", "mailbox INBOX unseen since 1week");
      case PART_KEY -> new Meaning("what must hold of a part of the mail", "filename ends .zip");
      case FIELDS -> new Meaning("separated by spaces, in quotes", fields(argument));
      case FIELD -> new Meaning("the name of a field", fields(argument));
      case FLAGS -> new Meaning("flags and keywords", "'\\Seen $Forwarded'");
      case KEY -> new Meaning("the name of an attribute", "/private/comment");
      case FILE -> new Meaning("a file, or - for standard input", "-");
      case LOCATION -> new Meaning("where mail lies", "maildir:/var/mail/alice");
      case RATE -> new Meaning("so many in a span of time", "30/min");
      case SPAN -> new Meaning("a length of time", "30s");
      case DATE -> new Meaning("a day, or how long ago", "30d");
      case NUMBER -> new Meaning("a number", "100");
      case SIZE -> new Meaning("a number of bytes", "500k");
      case NUMBER_SET -> new Meaning("numbers", "1,5:9,12:*");
      case GUID -> new Meaning("an identity", "3a1f0b2c4d5e6f708192a3b4c5d6e7f8");
      case ACTIVITY -> new Meaning("what goes on, by its number", "17");
      case COMMAND -> new Meaning("a command", "search mailbox INBOX unseen");
      case TOPIC -> new Meaning("what is to be explained", "search keys");
      case SETTING -> new Meaning("a setting and its value", "doveadm_worker_count=4");
      case SECRET -> new Meaning("a password, or the hash of one", "");
      case CHOICE -> new Meaning("one of " + String.join(", ", argument.choices()), "");
      case TEXT -> new Meaning("text", "");
    };
  }

  /** Two that people ask for, of those there are. */
  private static String fields(Argument argument) {
    List<String> there = argument.choices();
    List<String> known = USUAL.stream().filter(there::contains).toList();
    List<String> some = known.isEmpty() ? there : known;
    return argument.kind() == Kind.FIELDS && some.size() > 1
        ? "\"%s %s\"".formatted(some.get(0), some.get(1))
        : some.stream().findFirst().orElse("");
  }
}
