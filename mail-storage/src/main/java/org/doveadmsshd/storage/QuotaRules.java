package org.doveadmsshd.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much a user may store, as Dovecot's quota plugin is told: {@code quota = count:User quota},
 * {@code quota_rule = *:storage=1G}, {@code quota_rule2 = Trash:storage=+100M}.
 *
 * @param driver how it is counted; nothing where there is no quota
 * @param name for people
 * @param rules in order; a later one about the same mailbox replaces the earlier
 */
public record QuotaRules(Optional<Driver> driver, String name, List<Rule> rules) {
  /** No quota at all. */
  public static final QuotaRules NONE = new QuotaRules(Optional.empty(), "", List.of());

  private static final Pattern QUOTA = Pattern.compile("(count|maildir):([^:]*)(:.*)?");
  private static final Pattern LIMIT =
      Pattern.compile("(storage|bytes|messages)=([+-]?)([0-9]{1,15})([bkmgt%]?)");

  public QuotaRules {
    rules = List.copyOf(rules);
  }

  /** Where the numbers come from. */
  public enum Driver {
    /** Mails are counted, with CRLF line ends. */
    COUNT,
    /** The file {@code maildirsize} is kept, with sizes as stored. */
    MAILDIR
  }

  /**
   * A rule.
   *
   * @param mailbox its name; {@code *} for all
   * @param ignored whether its mails do not count
   */
  public record Rule(String mailbox, boolean ignored, Amount bytes, Amount messages) {}

  /**
   * A limit.
   *
   * @param number bytes, messages or percent
   * @param relative whether it is added to that of all mailboxes
   */
  public record Amount(long number, boolean relative, boolean percent) {
    static final Amount NONE = new Amount(0, true, false);

    private long of(long all) {
      long own = percent ? all / 100 * number : number;
      return relative ? all + own : own;
    }
  }

  /** Reads {@code count:User quota}; empty text is no quota; nothing when it is malformed. */
  public static Optional<QuotaRules> of(String quota, List<String> rules) {
    if (quota.isEmpty()) {
      return Optional.of(NONE);
    }
    Matcher matcher = QUOTA.matcher(quota);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    List<Rule> read = new ArrayList<>();
    for (String rule : rules) {
      Optional<Rule> one = rule(rule);
      if (one.isEmpty()) {
        return Optional.empty();
      }
      read.add(one.get());
    }
    Driver driver = Driver.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
    return Optional.of(new QuotaRules(Optional.of(driver), matcher.group(2), read));
  }

  /** These rules, counted in another way: {@code maildir:User quota}. */
  public Optional<QuotaRules> countedAs(String quota) {
    return of(quota, List.of()).map(other -> new QuotaRules(other.driver, other.name, rules));
  }

  /** These rules with one more, as a userdb may have it for a user. */
  public Optional<QuotaRules> with(String rule) {
    return rule(rule)
        .map(
            more -> {
              List<Rule> all = new ArrayList<>(rules);
              all.add(more);
              return new QuotaRules(driver, name, all);
            });
  }

  /**
   * Reads {@code <mailbox>:<limit>[:<limit>]} or {@code <mailbox>:ignore}. Dovecot's configurations
   * write a percent sign twice.
   */
  private static Optional<Rule> rule(String text) {
    String[] words = text.replace("%%", "%").split(":");
    if (words.length < 2 || words[0].isEmpty()) {
      return Optional.empty();
    }
    boolean ignored = false;
    Amount bytes = Amount.NONE;
    Amount messages = Amount.NONE;
    for (int i = 1; i < words.length; i++) {
      Matcher matcher = LIMIT.matcher(words[i].toLowerCase(Locale.ROOT));
      if (words[i].equals("ignore")) {
        ignored = true;
      } else if (!matcher.matches()) {
        return Optional.empty();
      } else if (matcher.group(1).equals("messages")) {
        messages = amount(matcher, 1);
      } else {
        bytes = amount(matcher, matcher.group(1).equals("storage") ? 1024 : 1);
      }
    }
    return Optional.of(new Rule(words[0], ignored, bytes, messages));
  }

  /** A number without a unit counts in {@code plain}s. */
  private static Amount amount(Matcher matcher, long plain) {
    String unit = matcher.group(4);
    boolean percent = unit.equals("%");
    long factor = unit.isEmpty() ? plain : percent ? 1 : 1L << 10 * "bkmgt".indexOf(unit);
    long number = Math.min(Long.parseLong(matcher.group(3)), Long.MAX_VALUE / 2 / factor) * factor;
    long signed = matcher.group(2).equals("-") ? -number : number;
    return new Amount(signed, !matcher.group(2).isEmpty() || percent, percent);
  }

  /** Whether mails of a mailbox count. */
  public boolean counts(String mailbox) {
    return last(mailbox).map(rule -> !rule.ignored()).orElse(true);
  }

  /** Most bytes that a mailbox's owner may have after adding mail; 0 for no limit. */
  public long byteLimit(String mailbox) {
    long all = last("*").map(rule -> Math.max(0, rule.bytes().of(0))).orElse(0L);
    return all == 0 ? 0 : last(mailbox).map(rule -> rule.bytes().of(all)).orElse(all);
  }

  /** Most messages that a mailbox's owner may have after adding mail; 0 for no limit. */
  public long messageLimit(String mailbox) {
    long all = last("*").map(rule -> Math.max(0, rule.messages().of(0))).orElse(0L);
    return all == 0 ? 0 : last(mailbox).map(rule -> rule.messages().of(all)).orElse(all);
  }

  private Optional<Rule> last(String mailbox) {
    return rules.stream().filter(rule -> rule.mailbox().equals(mailbox)).reduce((a, b) -> b);
  }
}
