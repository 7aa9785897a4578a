package org.doveadmsshd.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.ScopeRule;
import org.doveadmsshd.base.TabLines;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.ProtocolException;

/**
 * Scopes as lines (docs/PROTOCOL.md section 6): a line for each rule, {@code allow} or {@code deny}
 * and then fields; {@code within} between a scope and the one it must be within. Rules that hold
 * only sometimes are not written: the caller has sorted out those that do ({@link Scope#at}).
 */
public final class ScopeLines {
  private static final String WITHIN = "within";

  private ScopeLines() {}

  public static List<String> write(Scope scope) {
    List<String> lines = new ArrayList<>();
    for (Optional<Scope> next = Optional.of(scope); next.isPresent(); next = next.get().within()) {
      if (!lines.isEmpty() || next.get() != scope) {
        lines.add(WITHIN);
      }
      next.get().rules().forEach(rule -> lines.add(line(rule)));
    }
    return lines;
  }

  private static String line(ScopeRule rule) {
    List<String> values = new ArrayList<>();
    values.add(rule.allows() ? "allow" : "deny");
    rule.users().forEach(mask -> values.add("user=" + mask.text()));
    rule.commands().forEach(command -> values.add("command=" + command));
    rule.mailboxes().forEach(mask -> values.add("mailbox=" + mask));
    return TabLines.line(values.toArray(String[]::new));
  }

  /**
   * @throws ProtocolException when a line is none of a scope
   */
  public static Scope read(List<String> lines) throws ProtocolException {
    int end = lines.indexOf(WITHIN);
    Optional<Scope> within = Optional.empty();
    if (end >= 0) {
      within = Optional.of(read(lines.subList(end + 1, lines.size())));
    }
    List<ScopeRule> rules = new ArrayList<>();
    for (String line : lines.subList(0, end < 0 ? lines.size() : end)) {
      rules.add(rule(line));
    }
    return new Scope(rules, within);
  }

  private static ScopeRule rule(String line) throws ProtocolException {
    List<String> values = TabLines.values(line);
    List<UserMask> users = new ArrayList<>();
    List<String> commands = new ArrayList<>();
    List<String> mailboxes = new ArrayList<>();
    for (String value : values.subList(1, values.size())) {
      String rest = value.substring(value.indexOf('=') + 1);
      switch (value.substring(0, Math.max(0, value.indexOf('=')))) {
        case "user" -> users.add(new UserMask(rest));
        case "command" -> commands.add(rest);
        case "mailbox" -> mailboxes.add(rest);
        default -> throw new ProtocolException("a scope has an unknown field");
      }
    }
    boolean allows = values.get(0).equals("allow");
    if (!allows && !values.get(0).equals("deny")) {
      throw new ProtocolException("a scope has a rule that neither allows nor denies");
    }
    return new ScopeRule(
        allows, users, Set.copyOf(commands), mailboxes, Optional.empty(), Optional.empty(), line);
  }
}
