package org.doveadmsshd.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Wildcards;

/**
 * How much a user may store, as Dovecot's quota plugin is told: {@code quota = count:User quota},
 * {@code quota_rule = *:storage=1G}, {@code quota_rule2 = Trash:storage=+100M}.
 *
 * @param driver how it is counted; nothing where there is no quota
 * @param name for people
 * @param rules in order, one for each mask: of several about a mailbox the first counts
 */
public record QuotaRules(Optional<Driver> driver, String name, List<Rule> rules) {
  /** No quota at all. */
  public static final QuotaRules NONE = new QuotaRules(Optional.empty(), "", List.of());

  /** The mask of the rule that other rules add to. */
  private static final String ALL = "*";

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
   * @param mask of the mailboxes that it is about: {@code *} stands for anything, {@code ?} for one
   *     character. A star alone is about the user, and what other rules add to
   * @param ignored whether their mails do not count
   * @param bytes nothing where the rule does not say it
   * @param messages nothing where the rule does not say it
   */
  public record Rule(
      String mask, boolean ignored, Optional<Amount> bytes, Optional<Amount> messages) {

    private boolean isAboutAll() {
      return mask.equals(ALL);
    }

    private boolean isAbout(String mailbox) {
      return !isAboutAll() && Wildcards.matches(mask, mailbox);
    }

    /** With what a later rule of the same mask says. */
    private Rule and(Rule later) {
      return new Rule(
          mask,
          ignored || later.ignored,
          later.bytes.or(() -> bytes),
          later.messages.or(() -> messages));
    }
  }

  /**
   * A limit.
   *
   * @param number bytes, messages or percent
   * @param relative whether it is added to that of all mailboxes
   */
  public record Amount(long number, boolean relative, boolean percent) {
    private long of(long all) {
      long own = percent ? all / 100 * number + all % 100 * number / 100 : number;
      return relative ? all + own : own;
    }
  }

  /**
   * Reads the settings of a program as {@link #of} does.
   *
   * @throws Failure when they are malformed
   */
  public static QuotaRules configured(String quota, List<String> rules) throws Failure {
    return of(quota, rules)
        .orElseThrow(
            () -> new Failure(Outcome.CONFIGURATION_ERROR, "The quota settings are malformed"));
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
      add(read, one.get());
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
              add(all, more);
              return new QuotaRules(driver, name, all);
            });
  }

  /** A rule says more about its mask, rather than something else. */
  private static void add(List<Rule> rules, Rule more) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).mask().equals(more.mask())) {
        rules.set(i, rules.get(i).and(more));
        return;
      }
    }
    rules.add(more);
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
    Optional<Amount> bytes = Optional.empty();
    Optional<Amount> messages = Optional.empty();
    for (int i = 1; i < words.length; i++) {
      Matcher matcher = LIMIT.matcher(words[i].toLowerCase(Locale.ROOT));
      if (words[i].equals("ignore")) {
        ignored = true;
      } else if (!matcher.matches()) {
        return Optional.empty();
      } else if (matcher.group(1).equals("messages")) {
        messages = Optional.of(amount(matcher, 1));
      } else {
        bytes = Optional.of(amount(matcher, matcher.group(1).equals("storage") ? 1024 : 1));
      }
    }
    return Optional.of(new Rule(mask(words[0]), ignored, bytes, messages));
  }

  private static String mask(String mailbox) {
    if (mailbox.equals("?")) {
      return ALL; // as Dovecot has it
    }
    return mailbox.equalsIgnoreCase(MailStore.INBOX) ? MailStore.INBOX : mailbox;
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
    return about(mailbox).map(rule -> !rule.ignored()).orElse(true);
  }

  /** Most bytes that a mailbox's owner may have after adding mail; 0 for no limit. */
  public long byteLimit(String mailbox) {
    return limit(mailbox, Rule::bytes);
  }

  /** Most messages that a mailbox's owner may have after adding mail; 0 for no limit. */
  public long messageLimit(String mailbox) {
    return limit(mailbox, Rule::messages);
  }

  private long limit(String mailbox, Function<Rule, Optional<Amount>> which) {
    Optional<Rule> user = rules.stream().filter(Rule::isAboutAll).findFirst();
    long all = user.flatMap(which).map(amount -> Math.max(0, amount.of(0))).orElse(0L);
    boolean own = all > 0 && !mailbox.equals(ALL);
    return own ? about(mailbox).flatMap(which).map(amount -> amount.of(all)).orElse(all) : all;
  }

  private Optional<Rule> about(String mailbox) {
    return rules.stream().filter(rule -> rule.isAbout(mailbox)).findFirst();
  }
}
