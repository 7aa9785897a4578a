package org.doveadmsshd.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.AddressPatterns;

/** Makes rules of what stands in a master_user section. */
final class RuleBinder {
  private static final List<String> KEYS =
      List.of("users", "domains", "commands", "mailboxes", "from", "until");

  private final List<String> commands;

  /**
   * @param commands what may be named
   */
  RuleBinder(List<String> commands) {
    this.commands = List.copyOf(commands);
  }

  /** The rules inside the section; what stands directly in it is one that allows. */
  List<Settings.RuleSettings> rules(Section master) {
    List<Settings.RuleSettings> rules = new ArrayList<>();
    if (KEYS.stream().anyMatch(key -> !master.text(key).isEmpty())) {
      rules.add(rule(master, true));
    }
    for (Section section : master.inside()) {
      rules.add(rule(section, section.type().equals("allow")));
    }
    if (rules.stream().noneMatch(Settings.RuleSettings::allows)) {
      master.problem(
          "master_user "
              + master.name()
              + ": users must be set, or there must be an allow section");
    }
    return rules;
  }

  private Settings.RuleSettings rule(Section section, boolean allows) {
    List<String> users = new ArrayList<>(section.words("users"));
    section.words("domains").forEach(domain -> users.add("*@" + domain));
    List<String> named = section.words("commands", commands);
    List<String> mailboxes = section.words("mailboxes");
    if (users.isEmpty() && allows) {
      section.problem(
          (section.type() + " " + section.name()).strip() + ": users or domains must be set");
    }
    if (users.isEmpty() && named.isEmpty() && mailboxes.isEmpty() && !allows) {
      section.problem("a deny section needs users, domains, commands or mailboxes");
    }
    String from = String.join(",", section.words("from"));
    return new Settings.RuleSettings(
        allows,
        users.isEmpty() ? List.of("*") : users,
        named,
        mailboxes,
        from.isEmpty() ? Optional.empty() : Optional.of(AddressPatterns.parse(from)),
        Schema.moment(section.text("until")),
        text(section, allows));
  }

  private static String text(Section section, boolean allows) {
    StringBuilder text = new StringBuilder(allows ? "allow" : "deny");
    for (String key : KEYS) {
      String value = String.join(",", section.words(key));
      if (!value.isEmpty()) {
        text.append(' ').append(key).append('=').append(value);
      }
    }
    return text.toString();
  }
}
