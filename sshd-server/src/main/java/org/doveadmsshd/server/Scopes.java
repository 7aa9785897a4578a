package org.doveadmsshd.server;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.ScopeRule;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.settings.Settings;

/** Makes scopes of settings. */
final class Scopes {
  private Scopes() {}

  /** The scopes of all master users, by name. */
  static Map<String, Scope> of(Map<String, List<Settings.RuleSettings>> masters) {
    Map<String, Scope> scopes = new TreeMap<>();
    masters.forEach(
        (name, rules) -> scopes.put(name, new Scope(rules.stream().map(Scopes::rule).toList())));
    return scopes;
  }

  private static ScopeRule rule(Settings.RuleSettings settings) {
    Set<String> commands = new HashSet<>();
    settings.commands().forEach(word -> commands.addAll(Access.commands(word)));
    return new ScopeRule(
        settings.allows(),
        settings.users().stream().map(UserMask::new).toList(),
        commands,
        settings.mailboxes(),
        settings.from(),
        settings.until(),
        settings.text());
  }
}
