package org.doveadmsshd.base;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Addresses that somebody may come from, as in the option {@code from=} of sshd(8): addresses with
 * {@code *} and {@code ?}, networks such as {@code 192.0.2.0/24}, separated by commas; {@code !} in
 * front excludes. Names of hosts are not looked up.
 */
public final class AddressPatterns {
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private final List<Rule> rules;

  private AddressPatterns(List<Rule> rules) {
    this.rules = rules;
  }

  /** One of them. */
  private sealed interface Rule {
    boolean excludes();

    boolean matches(InetAddress address);
  }

  private record Network(boolean excludes, byte[] prefix, int bits) implements Rule {
    @Override
    public boolean matches(InetAddress address) {
      byte[] bytes = address.getAddress();
      if (bytes.length != prefix.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> i % 8;
        if ((bytes[i / 8] & mask) != (prefix[i / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  private record Glob(boolean excludes, Pattern pattern) implements Rule {
    @Override
    public boolean matches(InetAddress address) {
      return pattern.matcher(address.getHostAddress()).matches();
    }
  }

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException when it cannot be understood, names a host, or names nothing
   */
  public static AddressPatterns parse(String list) {
    List<Rule> rules = new ArrayList<>();
    for (String word : list.split(",")) {
      String text = word.strip();
      boolean excludes = text.startsWith("!");
      rules.add(rule(excludes ? text.substring(1) : text, excludes));
    }
    if (rules.isEmpty()) { // to some rules nobody at all, to others everybody
      throw new IllegalArgumentException("no addresses: " + list);
    }
    return new AddressPatterns(List.copyOf(rules));
  }

  private static Rule rule(String text, boolean excludes) {
    int slash = text.indexOf('/');
    if (slash >= 0) {
      byte[] prefix = address(text.substring(0, slash)).getAddress();
      String bits = text.substring(slash + 1);
      if (!bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > prefix.length * 8) {
        throw new IllegalArgumentException("no network: " + text);
      }
      return new Network(excludes, prefix, Integer.parseInt(bits));
    }
    if (text.indexOf('*') < 0 && text.indexOf('?') < 0) {
      byte[] whole = address(text).getAddress();
      return new Network(excludes, whole, whole.length * 8);
    }
    if (!text.matches("[0-9A-Fa-f:.*?]+")) {
      throw new IllegalArgumentException("no address, and names are not looked up: " + text);
    }
    String regex = text.replace(".", "\\.").replace("*", "[^ ]*").replace('?', '.');
    return new Glob(excludes, Pattern.compile(regex, Pattern.CASE_INSENSITIVE));
  }

  private static InetAddress address(String text) {
    try {
      if (NUMERIC.matcher(text).matches()) {
        return InetAddress.getByName(text); // numeric: no name server is asked
      }
    } catch (UnknownHostException e) {
      // as below
    }
    throw new IllegalArgumentException("no address, and names are not looked up: " + text);
  }

  /** Whether a numeric address is among them; an exclusion wins. */
  public boolean matches(String numeric) {
    InetAddress address;
    try {
      address = address(numeric);
    } catch (IllegalArgumentException e) {
      return false;
    }
    boolean included = false;
    for (Rule rule : rules) {
      if (rule.matches(address)) {
        if (rule.excludes()) {
          return false;
        }
        included = true;
      }
    }
    return included;
  }
}
