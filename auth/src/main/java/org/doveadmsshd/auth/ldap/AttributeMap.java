package org.doveadmsshd.auth.ldap;

import com.unboundid.ldap.sdk.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Variables;

/**
 * Which fields are made of which attributes, as Dovecot's {@code user_attrs} and {@code pass_attrs}
 * say: {@code attribute=field}, {@code attribute=field=text with %$} for the value, {@code
 * =field=text with %{ldap:attribute}}. An attribute without a field is left out.
 */
final class AttributeMap {
  /** A field whose attribute has a value for each key. */
  private static final String KEYS = "authorized_keys";

  private static final Pattern REFERENCE = Pattern.compile("%\\{ldap:([A-Za-z0-9;.-]+)(:[^}]*)?}");
  private static final String VALUE = "%$";

  private final List<Rule> rules;

  /**
   * A field.
   *
   * @param attribute empty where the template names what it needs
   * @param template empty for the value as it is
   */
  private record Rule(String attribute, String field, String template) {}

  private AttributeMap(List<Rule> rules) {
    this.rules = rules;
  }

  /**
   * Reads a setting.
   *
   * @throws IllegalArgumentException when it cannot be understood; the message is for people
   */
  static AttributeMap parse(String setting) {
    List<Rule> rules = new ArrayList<>();
    for (String word : setting.split(",")) {
      String[] pieces = word.strip().split("=", 3);
      String attribute = pieces[0].strip();
      if (word.isBlank() || pieces.length == 1) {
        continue;
      }
      String field = pieces[1].strip();
      String template = pieces.length == 3 ? pieces[2].strip() : "";
      boolean complete = attribute.isEmpty() ? pieces.length == 3 : attribute.matches("[\\w;.-]+");
      if (!complete || !field.matches("[\\w.-]+")) {
        throw new IllegalArgumentException(
            "expected attribute=field or =field=text: " + word.strip());
      }
      Variables.mistake(withoutReferences(template))
          .ifPresent(
              mistake -> {
                throw new IllegalArgumentException(mistake);
              });
      rules.add(new Rule(attribute, field, template));
    }
    return new AttributeMap(rules);
  }

  private static String withoutReferences(String template) {
    return REFERENCE.matcher(template).replaceAll("").replace(VALUE, "");
  }

  /** The attributes to be asked for. */
  String[] attributes() {
    Set<String> names = new LinkedHashSet<>();
    for (Rule rule : rules) {
      if (!rule.attribute().isEmpty()) {
        names.add(rule.attribute());
      }
      Matcher matcher = REFERENCE.matcher(rule.template());
      while (matcher.find()) {
        names.add(matcher.group(1));
      }
    }
    return names.isEmpty() ? new String[] {"1.1"} : names.toArray(String[]::new);
  }

  /** The fields of an entry; those whose attribute it does not have are left out. */
  Map<String, String> fields(Entry entry, Variables variables) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (Rule rule : rules) {
      Optional<String> value = rule.attribute().isEmpty() ? Optional.of("") : value(entry, rule);
      value.ifPresent(
          text ->
              fields.put(
                  rule.field(),
                  rule.template().isEmpty() ? text : expand(rule, text, entry, variables)));
    }
    return fields;
  }

  /** The first value, or all lines of the one field that has several. */
  private static Optional<String> value(Entry entry, Rule rule) {
    String[] values = entry.getAttributeValues(rule.attribute());
    if (values == null || values.length == 0) {
      return Optional.empty();
    }
    return Optional.of(rule.field().equals(KEYS) ? String.join("\n", values) : values[0]);
  }

  /** Values of the directory are put in last, so that nothing in them is taken for a variable. */
  private static String expand(Rule rule, String value, Entry entry, Variables variables) {
    StringBuilder expanded = new StringBuilder();
    Pattern special = Pattern.compile(REFERENCE.pattern() + "|%\\$");
    Matcher matcher = special.matcher(rule.template());
    int at = 0;
    while (matcher.find()) {
      expanded.append(variables.expand(rule.template().substring(at, matcher.start())));
      String referred =
          matcher.group(1) == null ? value : entry.getAttributeValue(matcher.group(1));
      expanded.append(referred == null ? "" : referred);
      at = matcher.end();
    }
    return expanded.append(variables.expand(rule.template().substring(at))).toString();
  }
}
