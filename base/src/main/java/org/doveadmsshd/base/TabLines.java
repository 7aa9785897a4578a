package org.doveadmsshd.base;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lines of values between tabs, with 0x01 as the escape character: what Dovecot's auth processes
 * speak (lib/strescape.c there), and the supervisor and its workers here (docs/SUPERVISOR.md).
 */
public final class TabLines {
  private TabLines() {}

  /** The line of these values, without a line break. */
  public static String line(String... values) {
    List<String> escaped = new ArrayList<>();
    for (String value : values) {
      escaped.add(
          value
              .replace("\001", "\0011")
              .replace("\0", "\0010")
              .replace("\t", "\001t")
              .replace("\r", "\001r")
              .replace("\n", "\001n"));
    }
    return String.join("\t", escaped);
  }

  /** The values of a line, at least one. Whatever the line is, it has values. */
  public static List<String> values(String line) {
    List<String> values = new ArrayList<>();
    for (String value : line.split("\t", -1)) {
      values.add(unescape(value));
    }
    return values;
  }

  private static String unescape(String value) {
    if (value.indexOf('\001') < 0) {
      return value;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '\001' || i + 1 == value.length()) {
        text.append(c);
        continue;
      }
      char escaped = value.charAt(++i);
      int known = "01trn".indexOf(escaped);
      text.append(known < 0 ? escaped : "\0\001\t\r\n".charAt(known));
    }
    return text.toString();
  }

  /** {@code name=value}, or only a name that stands for yes. */
  public static Map<String, String> named(List<String> values) {
    Map<String, String> named = new LinkedHashMap<>();
    for (String value : values) {
      int equals = value.indexOf('=');
      if (equals < 0) {
        named.put(value, "yes");
      } else {
        named.put(value.substring(0, equals), value.substring(equals + 1));
      }
    }
    return named;
  }
}
