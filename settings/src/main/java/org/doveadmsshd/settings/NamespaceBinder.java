package org.doveadmsshd.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.MailTemplate;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespace.ConfiguredMailbox;
import org.doveadmsshd.accounts.Namespaces;

/** Makes namespaces of the sections of that name, and refuses those that cannot be together. */
final class NamespaceBinder {
  private final String mailLocation;
  private final Map<Namespace, Section> places = new HashMap<>();

  /**
   * @param mailLocation where mail is of namespaces that do not say it
   */
  NamespaceBinder(String mailLocation) {
    this.mailLocation = mailLocation;
  }

  Namespaces namespaces(List<Section> sections) {
    List<Namespace> all = new ArrayList<>();
    for (Section section : sections) {
      if (isNamed(section, all)) {
        Namespace namespace = namespace(section);
        places.put(namespace, section);
        all.add(namespace);
      }
    }
    Namespaces namespaces = new Namespaces(all);
    for (Namespaces.Mistake mistake : namespaces.mistakes()) {
      Section place = places.get(mistake.namespace());
      place.problem("namespace " + place.name() + ": " + mistake.text());
    }
    return namespaces;
  }

  private static boolean isNamed(Section section, List<Namespace> before) {
    if (section.name().isEmpty()) {
      section.problem("a namespace needs a name: namespace inbox {");
      return false;
    }
    if (before.stream().anyMatch(each -> each.name().equals(section.name()))) {
      section.problem("namespace " + section.name() + " stands here twice");
      return false;
    }
    return true;
  }

  private Namespace namespace(Section section) {
    Optional<String> location =
        Optional.of(section.text("location")).filter(text -> !text.isEmpty());
    Namespace namespace =
        new Namespace(
            section.name(),
            Namespace.Type.valueOf(word(section, "type")),
            section.text("prefix"),
            separator(section, location.orElse(mailLocation)),
            location,
            section.yes("inbox"),
            Namespace.Listed.valueOf(word(section, "list")),
            section.yes("subscriptions"),
            section.yes("hidden"),
            section.says("alias_for") ? Optional.of(section.text("alias_for")) : Optional.empty(),
            mailboxes(section));
    location
        .flatMap(text -> MailTemplate.mistake(namespace.isForOwners() ? of(text) : text))
        .ifPresent(mistake -> section.problem("location", mistake));
    return namespace;
  }

  /** A location whose variables are the owner's, as one with the user's. */
  private static String of(String location) {
    return location.replace("%%", "%");
  }

  private static String word(Section section, String key) {
    return section.text(key).toUpperCase(Locale.ROOT);
  }

  private static char separator(Section section, String location) {
    String text = section.text("separator");
    if (!text.isEmpty()) {
      return text.charAt(0);
    }
    String plain = of(location);
    return MailTemplate.mistake(plain).isEmpty()
        ? MailTemplate.parse(plain).layout().kind().separator()
        : '.';
  }

  private static List<ConfiguredMailbox> mailboxes(Section section) {
    List<ConfiguredMailbox> mailboxes = new ArrayList<>();
    for (Section inside : section.inside()) {
      if (inside.name().isEmpty()) {
        inside.problem("a mailbox needs a name: mailbox Trash {");
        continue;
      }
      Set<String> uses = new LinkedHashSet<>(inside.words("special_use"));
      mailboxes.add(
          new ConfiguredMailbox(inside.name(), uses, Namespace.Auto.valueOf(word(inside, "auto"))));
    }
    return mailboxes;
  }
}
