package org.doveadmsshd.accounts;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.base.Variables;

/**
 * Where mail lies, as {@code mail_location} and the field {@code mail} of a userdb say it: {@code
 * maildir:<path>}, perhaps with options behind colons.
 *
 * @param path with variables; absolute, or below {@code ~} or {@code %h}
 */
public record MailTemplate(String path) {
  private static final String MAILDIR = "maildir:";

  /** Options that name places of Dovecot's indexes; they are not used here. */
  private static final List<String> IGNORED = List.of("INDEX", "INDEXPVT", "VOLATILEDIR");

  private static final String USUAL_LAYOUT = "layout=maildir++";

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
    String[] pieces = text.substring(MAILDIR.length()).split(":", -1);
    for (int i = 1; i < pieces.length; i++) {
      checkOption(pieces[i]);
    }
    String path = pieces[0];
    boolean complete =
        path.startsWith("/") || isHome(path, "~") || isHome(path, "%h") || isHome(path, "%{home}");
    if (!complete) {
      throw new IllegalArgumentException(
          "expected an absolute path, or one below the home, such as maildir:~/Maildir");
    }
    Variables.of("", "").withHome("").expand(path);
    return new MailTemplate(path);
  }

  private static boolean isHome(String path, String home) {
    return path.equals(home) || path.startsWith(home + "/");
  }

  private static void checkOption(String option) {
    String name = option.split("=", 2)[0];
    if (!IGNORED.contains(name) && !option.toLowerCase(Locale.ROOT).equals(USUAL_LAYOUT)) {
      throw new IllegalArgumentException(
          "the option " + name + " is not supported, as mail would be looked for elsewhere");
    }
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

  /** Whether it lies below {@code ~}, so that what is there is the user's own. */
  public boolean isBelowHome() {
    return path.startsWith("~");
  }
}
