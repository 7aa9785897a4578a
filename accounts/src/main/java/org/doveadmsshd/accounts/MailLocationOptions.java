package org.doveadmsshd.accounts;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of a location, as Dovecot 2.3 knows them. What has no meaning here is passed over;
 * what mail would be looked for elsewhere by is refused.
 */
final class MailLocationOptions {
  /** Places of what only Dovecot itself writes, and of mail that is no Maildir. */
  private static final Set<String> WITHOUT_MEANING =
      Set.of("INDEXPVT", "INDEXCACHE", "LISTINDEX", "VOLATILEDIR", "ALT", "ALTNOCHECK");

  /** What cannot be honoured, and why. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "MAILBOXDIR", "mail would be looked for elsewhere",
          "ITERINDEX", "mailboxes are found by their mail, not by Dovecot's indexes of them",
          "BROKENCHAR", "mailboxes would have other names",
          "NO-FS-VALIDATION", "a mailbox name could lead elsewhere");

  private static final String MEMORY = "MEMORY";

  private Optional<String> control = Optional.empty();
  private Optional<String> index = Optional.empty();
  private Optional<String> inbox = Optional.empty();
  private MailboxLayout.Kind kind = MailboxLayout.Kind.MAILDIRPLUSPLUS;
  private boolean utf8;
  private String directoryName = "";
  private boolean isEverywhere;
  private String subscriptions = MailboxLayout.USUAL.subscriptions();
  private boolean dropsParents;

  /**
   * Takes in an option.
   *
   * @param option such as {@code CONTROL=/var/control/%u}, or {@code UTF-8}
   * @throws IllegalArgumentException for one that is unknown, or not supported
   */
  void add(String option) {
    int at = option.indexOf('=');
    String name = at < 0 ? option : option.substring(0, at);
    String value = at < 0 ? "" : option.substring(at + 1);
    switch (name) {
      case "CONTROL" -> control = Optional.of(MailTemplate.checked(name, value));
      case "INDEX" -> index = index(value);
      case "INBOX" -> inbox = Optional.of(MailTemplate.checked(name, value));
      case "LAYOUT" -> kind = kind(value);
      case "UTF-8" -> utf8 = true;
      case "DIRNAME", "FULLDIRNAME" -> {
        directoryName = fileName(name, value);
        isEverywhere = name.startsWith("FULL");
      }
      case "SUBSCRIPTIONS" -> subscriptions = fileName(name, value);
      case "NO-NOSELECT" -> dropsParents = true;
      default -> checkUnused(name);
    }
  }

  private static Optional<String> index(String value) {
    return value.equals(MEMORY)
        ? Optional.empty()
        : Optional.of(MailTemplate.checked("INDEX", value));
  }

  private static MailboxLayout.Kind kind(String value) {
    for (MailboxLayout.Kind kind : MailboxLayout.Kind.values()) {
      if (kind.word().equals(value.toLowerCase(Locale.ROOT))) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "the layout " + value + " is not supported; expected LAYOUT=maildir++ or LAYOUT=fs");
  }

  private static String fileName(String option, String value) {
    boolean valid =
        !value.isEmpty()
            && !value.equals(".")
            && !value.equals("..")
            && value.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/');
    if (!valid) {
      throw new IllegalArgumentException(option + ": expected a name of a file, without /");
    }
    return value;
  }

  private static void checkUnused(String name) {
    if (WITHOUT_MEANING.contains(name)) {
      return;
    }
    if (REFUSED.containsKey(name)) {
      throw new IllegalArgumentException(
          "the option " + name + " is not supported, as " + REFUSED.get(name));
    }
    throw new IllegalArgumentException("there is no option " + name + " of a mail location");
  }

  MailTemplate template(String path) {
    if (!directoryName.isEmpty() && kind != MailboxLayout.Kind.FS) {
      throw new IllegalArgumentException("DIRNAME has a meaning with LAYOUT=fs only");
    }
    MailboxLayout layout =
        new MailboxLayout(kind, utf8, directoryName, isEverywhere, subscriptions, dropsParents);
    return new MailTemplate(path, control, index, inbox, layout);
  }
}
