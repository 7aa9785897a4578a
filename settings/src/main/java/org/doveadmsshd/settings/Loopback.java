package org.doveadmsshd.settings;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses that other machines cannot reach. Names are not looked up. */
final class Loopback {
  private static final Pattern ADDRESS =
      Pattern.compile("(localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1\\]):([0-9]{1,5})");

  private static final int LAST_PORT = 65535;

  private Loopback() {}

  /** Whether a value is a path rather than an address. */
  static boolean isPath(String value) {
    return value.startsWith("/") || value.startsWith("~/");
  }

  /** Reads an address and a port; nothing for any other text. */
  static Optional<InetSocketAddress> address(String value) {
    Matcher matcher = ADDRESS.matcher(value);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > LAST_PORT) {
      return Optional.empty();
    }
    String host = matcher.group(1).equals("localhost") ? "127.0.0.1" : matcher.group(1);
    for (String number : host.startsWith("[") ? new String[0] : host.split("\\.")) {
      if (Integer.parseInt(number) > 255) {
        return Optional.empty();
      }
    }
    try {
      InetAddress numeric = InetAddress.getByName(host);
      return Optional.of(new InetSocketAddress(numeric, Integer.parseInt(matcher.group(2))));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
