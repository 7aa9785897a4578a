package org.doveadmsshd.keys;

import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.doveadmsshd.base.AddressPatterns;

/**
 * An authorized key with its restrictions.
 *
 * @param from addresses it may be used from; nothing for all
 * @param expiry when it ends; nothing for never
 * @param command the one command line that it is for; nothing for any
 * @param users masks of users it is for; none for all
 * @param commands names of commands it is for; none for all
 */
public record AuthorizedKey(
    PublicKey key,
    Optional<AddressPatterns> from,
    Optional<Instant> expiry,
    Optional<String> command,
    List<String> users,
    Set<String> commands) {

  /** Options that ask for less than everybody gets here anyway. */
  private static final Set<String> HARMLESS =
      Set.of(
          "restrict",
          "pty",
          "no-pty",
          "no-port-forwarding",
          "no-agent-forwarding",
          "no-x11-forwarding",
          "no-user-rc");

  private static final DateTimeFormatter EXPIRY =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT);

  /** As they stand in the options of an entry, by name in lower case. */
  static AuthorizedKey of(PublicKey key, Map<String, String> options) {
    for (String name : options.keySet()) {
      boolean enforced =
          Set.of("from", "expiry-time", "command", "scope", "commands").contains(name);
      if (!enforced && !HARMLESS.contains(name)) {
        throw new IllegalArgumentException("the option " + name + " is not supported");
      }
    }
    return new AuthorizedKey(
        key,
        Optional.ofNullable(options.get("from")).map(AddressPatterns::parse),
        Optional.ofNullable(options.get("expiry-time")).map(AuthorizedKey::expiry),
        Optional.ofNullable(options.get("command")),
        words(options.get("scope"), "[\\s,]+"),
        Set.copyOf(words(options.get("commands"), "\\s*,\\s*")));
  }

  private static List<String> words(String list, String separator) {
    if (list == null) {
      return List.of();
    }
    List<String> words =
        List.of(list.strip().split(separator)).stream().filter(w -> !w.isEmpty()).toList();
    if (words.isEmpty()) {
      throw new IllegalArgumentException("an empty list would restrict nothing");
    }
    return words;
  }

  /** {@code YYYYMMDD[HHMM[SS]][Z]}, in the server's own zone without the Z, as in sshd(8). */
  private static Instant expiry(String text) {
    boolean utc = text.endsWith("Z");
    String digits = utc ? text.substring(0, text.length() - 1) : text;
    try {
      String whole =
          digits.length() == 8 ? digits + "000000" : digits.length() == 12 ? digits + "00" : digits;
      LocalDateTime time = LocalDateTime.parse(whole, EXPIRY);
      return time.atZone(utc ? ZoneOffset.UTC : ZoneId.systemDefault()).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("no expiry-time: " + text, e);
    }
  }

  /** Whether it may be used from an address at a time. */
  boolean isUsable(String address, Instant now) {
    return from.map(patterns -> patterns.matches(address)).orElse(true)
        && expiry.map(now::isBefore).orElse(true);
  }

  /** What a login with it may do. */
  public Grant grant() {
    String method = "publickey " + KeyUtils.getFingerPrint(key);
    return new Grant(method, command, users, commands, false);
  }
}
