package org.doveadmsshd.accounts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.base.Variables;

/**
 * Where mail lies, as {@code mail_location} and the field {@code mail} of a userdb say it: {@code
 * maildir:<path>}, perhaps with options behind colons. Paths have variables; they are absolute, or
 * below {@code ~} or {@code %h}.
 *
 * @param path of the mail
 * @param control of UID lists, keywords and subscriptions; empty where they lie with the mail
 * @param index of Dovecot's indexes; empty where they lie with the mail, or nowhere
 * @param inbox of the mailbox INBOX; empty for its usual place
 */
public record MailTemplate(
    String path,
    Optional<String> control,
    Optional<String> index,
    Optional<String> inbox,
    MailboxLayout layout) {
  private static final String MAILDIR = "maildir:";

  /** As long as a path may be on Linux. */
  private static final int LONGEST = 4096;

  /**
   * Reads a location.
   *
   * @throws IllegalArgumentException when it is not supported; the message is for people, and goes
   *     on after {@code …: }
   */
  public static MailTemplate parse(String text) {
    if (!text.startsWith(MAILDIR)) {
      throw new IllegalArgumentException(
          "only Maildir is supported: expected maildir:<path>, such as maildir:~/Maildir");
    }
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("it is longer than " + LONGEST + " characters");
    }
    List<String> pieces = pieces(text.substring(MAILDIR.length()));
    MailLocationOptions options = new MailLocationOptions();
    pieces.subList(1, pieces.size()).forEach(options::add);
    return options.template(checked("", pieces.get(0)));
  }

  /** Splits at colons; two of them stand for one that is meant. */
  private static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isDoubled = c == ':' && text.startsWith(":", i + 1);
      if (c == ':' && !isDoubled) {
        pieces.add(piece.toString());
        piece.setLength(0);
      } else {
        piece.append(c);
        i += isDoubled ? 1 : 0;
      }
    }
    if (!piece.isEmpty() || pieces.isEmpty()) { // a colon at the end says nothing
      pieces.add(piece.toString());
    }
    return pieces;
  }

  /**
   * A path of a location.
   *
   * @param option which names it; empty for the path of the mail itself
   * @throws IllegalArgumentException for a relative one, or a mistake in a variable
   */
  static String checked(String option, String path) {
    boolean complete =
        path.startsWith("/") || isHome(path, "~") || isHome(path, "%h") || isHome(path, "%{home}");
    if (!complete) {
      throw new IllegalArgumentException(
          (option.isEmpty() ? "" : option + ": ")
              + "expected an absolute path, or one below the home, such as "
              + (option.isEmpty() ? "maildir:" : option + "=")
              + "~/Maildir");
    }
    Variables.of("", "").withHome("").expand(path);
    return path;
  }

  private static boolean isHome(String path, String home) {
    return path.equals(home) || path.startsWith(home + "/");
  }

  /** The mistake in a location, for people; nothing when it can be used. */
  public static Optional<String> mistake(String text) {
    try {
      parse(text);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Whether all of it lies below {@code ~}, so that what is there is the user's own. */
  public boolean isBelowHome() {
    return Stream.of(Optional.of(path), control, index, inbox)
        .flatMap(Optional::stream)
        .allMatch(MailTemplate::isBelowHome);
  }

  static boolean isBelowHome(String path) {
    return path.startsWith("~");
  }
}
