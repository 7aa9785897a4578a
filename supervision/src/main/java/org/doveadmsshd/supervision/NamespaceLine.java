package org.doveadmsshd.supervision;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespace.ConfiguredMailbox;
import org.doveadmsshd.base.TabLines;

/** A namespace as one value of a line (docs/SUPERVISOR.md): a line of its own inside of it. */
final class NamespaceLine {
  private static final String MAILBOX = "mailbox=";
  private static final String USE = "use=";

  private NamespaceLine() {}

  static String write(Namespace namespace) {
    List<String> values = new ArrayList<>();
    values.add("name=" + namespace.name());
    values.add("type=" + namespace.type());
    values.add("prefix=" + namespace.prefix());
    values.add("separator=" + namespace.separator());
    namespace.location().ifPresent(location -> values.add("location=" + location));
    values.add("inbox=" + namespace.inbox());
    values.add("list=" + namespace.listed());
    values.add("subscriptions=" + namespace.subscriptions());
    values.add("hidden=" + namespace.hidden());
    namespace.aliasFor().ifPresent(prefix -> values.add("alias_for=" + prefix));
    namespace.mailboxes().forEach(box -> values.add(MAILBOX + mailbox(box)));
    return TabLines.line(values.toArray(String[]::new));
  }

  private static String mailbox(ConfiguredMailbox box) {
    List<String> values = new ArrayList<>(List.of("name=" + box.name(), "auto=" + box.auto()));
    box.uses().forEach(use -> values.add(USE + use));
    return TabLines.line(values.toArray(String[]::new));
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IllegalArgumentException for anything else
   */
  static Namespace read(String line) {
    List<String> values = TabLines.values(line);
    Map<String, String> named = TabLines.named(values);
    return new Namespace(
        text(named, "name"),
        Namespace.Type.valueOf(text(named, "type")),
        text(named, "prefix"),
        text(named, "separator").charAt(0),
        Optional.ofNullable(named.get("location")),
        isTrue(named, "inbox"),
        Namespace.Listed.valueOf(text(named, "list")),
        isTrue(named, "subscriptions"),
        isTrue(named, "hidden"),
        Optional.ofNullable(named.get("alias_for")),
        behind(values, MAILBOX).stream().map(NamespaceLine::readMailbox).toList());
  }

  private static ConfiguredMailbox readMailbox(String line) {
    List<String> values = TabLines.values(line);
    Map<String, String> named = TabLines.named(values);
    return new ConfiguredMailbox(
        text(named, "name"),
        Set.copyOf(behind(values, USE)),
        Namespace.Auto.valueOf(text(named, "auto")));
  }

  private static List<String> behind(List<String> values, String key) {
    return values.stream()
        .filter(value -> value.startsWith(key))
        .map(value -> value.substring(key.length()))
        .toList();
  }

  private static boolean isTrue(Map<String, String> named, String key) {
    return text(named, key).equals("true");
  }

  private static String text(Map<String, String> named, String key) {
    String value = named.get(key);
    if (value == null) {
      throw new IllegalArgumentException("a namespace does not say " + key);
    }
    return value;
  }
}
