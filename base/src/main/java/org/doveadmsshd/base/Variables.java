package org.doveadmsshd.base;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The variables that Dovecot's settings may use: {@code %u %n %d %s %c %r}, their long forms {@code
 * %{user}} and so on, {@code %{login_user}}, and {@code %h} where mail lies; {@code %L} and {@code
 * %U} before a letter make it lower or upper case; {@code %%} is a percent sign. Long forms may
 * have filters behind them, as in Dovecot 2.4: {@code %{user | domain | lower}}.
 */
public final class Variables {
  /** Stands for a name that has no letter: {@code %} and this begin a long name. */
  private static final char LONG_ONLY = '{';

  private static final Map<String, Character> LONG =
      Map.of(
          "user", 'u',
          "username", 'n',
          "domain", 'd',
          "service", 's',
          "secured", 'c',
          "home", 'h',
          "rip", 'r',
          "auth_user", 'u',
          "login_user", LONG_ONLY);

  private static final String SERVICE = "doveadm";

  /** As Dovecot's own doveadm, which has no connection that could be secured. */
  private static final String UNSECURED = "";

  private final Map<Character, String> values;

  private Variables(Map<Character, String> values) {
    this.values = values;
  }

  /**
   * The values of variables when a user is looked up.
   *
   * @param address of the client that asks; may be empty
   */
  public static Variables of(String user, String address) {
    int at = user.lastIndexOf('@');
    return new Variables(
        Map.of(
            'u',
            user,
            'n',
            at < 0 ? user : user.substring(0, at),
            'd',
            at < 0 ? "" : user.substring(at + 1),
            's',
            SERVICE,
            'c',
            UNSECURED,
            'r',
            address,
            LONG_ONLY,
            ""));
  }

  /** The variables alone that have the same value for every client: {@code %s} and {@code %c}. */
  public static Variables constants() {
    return new Variables(Map.of('s', SERVICE, 'c', UNSECURED));
  }

  /** These, and {@code %h} for a home. */
  public Variables withHome(String home) {
    Map<Character, String> more = new HashMap<>(values);
    more.put('h', home);
    return new Variables(more);
  }

  /** Whether a text has any. */
  public static boolean isIn(String text) {
    return text.replace("%%", "").indexOf('%') >= 0;
  }

  /** The mistake in a text, for people; nothing if every variable in it is known. */
  public static Optional<String> mistake(String text) {
    try {
      of("", "").expand(text);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * Replaces all of them.
   *
   * @throws IllegalArgumentException for one that is not known; see {@link #mistake}
   */
  public String expand(String text) {
    return expand(text, UnaryOperator.identity());
  }

  /**
   * As {@link #expand(String)}.
   *
   * @param escaped escapes a value, so that it is not taken for syntax
   */
  public String expand(String text, UnaryOperator<String> escaped) {
    StringBuilder expanded = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        expanded.append(c);
        continue;
      }
      boolean lower = text.startsWith("L", i + 1);
      boolean upper = text.startsWith("U", i + 1);
      i += lower || upper ? 2 : 1;
      int end = text.startsWith("{", i) ? text.indexOf('}', i) : i;
      if (i >= text.length() || end < 0) {
        throw new IllegalArgumentException("a variable is not complete at the end");
      }
      String name = text.substring(i, end + 1);
      String value = value(name);
      String cased =
          lower ? value.toLowerCase(Locale.ROOT) : upper ? value.toUpperCase(Locale.ROOT) : value;
      expanded.append(name.equals("%") ? cased : escaped.apply(cased));
      i = end;
    }
    return expanded.toString();
  }

  private String value(String name) {
    if (name.equals("%")) {
      return "%";
    }
    boolean isLong = name.length() > 1;
    if (isLong && name.indexOf('|') >= 0) {
      return filtered(name.substring(1, name.length() - 1).split("\\|", -1));
    }
    Character letter =
        isLong ? LONG.get(name.substring(1, name.length() - 1)) : Character.valueOf(name.charAt(0));
    String value = letter == null ? null : values.get(letter);
    if (value == null) {
      throw new IllegalArgumentException(
          "unknown variable %" + name + " (there are: %u %n %d %s %c %r %{login_user})");
    }
    return value;
  }

  /** The value of a variable, put through filters. */
  private String filtered(String[] pieces) {
    String value = value("{" + pieces[0].strip() + "}");
    for (int i = 1; i < pieces.length; i++) {
      value = filtered(value, pieces[i].strip());
    }
    return value;
  }

  private static String filtered(String value, String filter) {
    int at = value.lastIndexOf('@');
    return switch (filter) {
      case "username" -> at < 0 ? value : value.substring(0, at);
      case "domain" -> at < 0 ? "" : value.substring(at + 1);
      case "lower" -> value.toLowerCase(Locale.ROOT);
      case "upper" -> value.toUpperCase(Locale.ROOT);
      default ->
          throw new IllegalArgumentException(
              "unknown filter " + filter + " (there are: username domain lower upper)");
    };
  }
}
