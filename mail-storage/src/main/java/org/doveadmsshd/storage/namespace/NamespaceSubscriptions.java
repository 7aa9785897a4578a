package org.doveadmsshd.storage.namespace;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * Subscriptions in several namespaces. One with {@code subscriptions = no} has them in the file of
 * the namespace around it, with its prefix before the name in its own tree, as Dovecot writes them.
 */
final class NamespaceSubscriptions {
  private final List<NamespacePart> parts;
  private final NamespacePart inbox;

  /**
   * @param parts by the length of their prefixes
   */
  NamespaceSubscriptions(List<NamespacePart> parts, NamespacePart inbox) {
    this.parts = parts;
    this.inbox = inbox;
  }

  /** The names that are subscribed to in some namespaces, each once. */
  List<String> of(List<NamespacePart> wanted) throws Failure {
    Set<String> names = new LinkedHashSet<>();
    for (NamespacePart part : wanted) {
      Optional<NamespacePart> keeper = keeper(part);
      if (keeper.isPresent() && !part.namespace().isForOwners()) {
        add(part, keeper.get(), names);
      }
      part.namespace().mailboxes().stream()
          .filter(box -> box.auto() == Namespace.Auto.SUBSCRIBE)
          .forEach(box -> names.add(part.name(box)));
    }
    return List.copyOf(names);
  }

  private void add(NamespacePart part, NamespacePart keeper, Set<String> names) throws Failure {
    for (String kept : keeper.store().subscriptions()) {
      if (owner(keeper, kept) == part) {
        String inside = part == keeper ? kept : behind(part, keeper, kept);
        Optional<String> name =
            inside.isEmpty() ? Optional.of(part.bare()) : part.outside(inside, part.own());
        name.ifPresent(names::add);
      }
    }
  }

  private static String behind(NamespacePart part, NamespacePart keeper, String kept) {
    return kept.substring(
        Math.min(kept.length(), part.prefix().length() - keeper.prefix().length()));
  }

  /** The namespace of a line in the file of another one. */
  private NamespacePart owner(NamespacePart keeper, String kept) {
    NamespacePart owner = keeper;
    for (NamespacePart each : parts) { // the last has the longest prefix
      boolean isOther =
          !each.namespace().subscriptions() && keeper(each).equals(Optional.of(keeper));
      owner = isOther && (keeper.prefix() + kept).startsWith(each.prefix()) ? each : owner;
    }
    return owner;
  }

  /** The namespace that has the subscriptions of another one; nothing when none has. */
  private Optional<NamespacePart> keeper(NamespacePart part) {
    if (part.namespace().subscriptions()) {
      return Optional.of(part);
    }
    Optional<NamespacePart> keeper = Optional.empty();
    for (NamespacePart each : parts) {
      boolean isAround =
          each.namespace().subscriptions() && part.prefix().startsWith(each.prefix());
      keeper = isAround && (keeper.isEmpty() || !each.isAlias()) ? Optional.of(each) : keeper;
    }
    return keeper;
  }

  /**
   * Subscribes to a name, or ends that.
   *
   * @return whether that has changed anything
   */
  boolean change(NamespacePart part, String name, boolean subscribed) throws Failure {
    NamespacePart keeper =
        keeper(part)
            .orElseThrow(
                () ->
                    new Failure(
                        Outcome.DATA_ERROR, "This namespace has no subscriptions: " + name));
    if (keeper == part || part == inbox) {
      String inside = part.validInside(name);
      return keeper.store().subscribe(List.of(inside), subscribed).isEmpty();
    }
    boolean isPrefix = name.equals(part.bare());
    String kept = part.prefix() + (isPrefix ? "" : part.validInside(name));
    String line = kept.substring(keeper.prefix().length());
    return keeper.store().subscribeAsKept(line, subscribed);
  }
}
