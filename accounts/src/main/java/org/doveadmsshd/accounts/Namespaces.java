package org.doveadmsshd.accounts;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The namespaces that the mail of every user consists of.
 *
 * @param all by the length of their prefixes, as Dovecot goes through them; none where a user has
 *     one tree of mailboxes, without prefix
 */
public record Namespaces(List<Namespace> all) {
  /** Where no configuration names any. */
  public static final Namespaces NONE = new Namespaces(List.of());

  public Namespaces {
    List<Namespace> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparingInt(each -> each.fixedPrefix().length()));
    all = List.copyOf(sorted);
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** A mistake in what a namespace says, for people. */
  public record Mistake(Namespace namespace, String text) {}

  /** What cannot be together; mostly what Dovecot refuses, too. */
  public List<Mistake> mistakes() {
    List<Mistake> mistakes = new ArrayList<>();
    for (Namespace each : all) {
      own(each).ifPresent(text -> mistakes.add(new Mistake(each, text)));
      beside(each).ifPresent(text -> mistakes.add(new Mistake(each, text)));
    }
    if (!all.isEmpty()) {
      together().ifPresent(text -> mistakes.add(new Mistake(all.get(0), text)));
    }
    return mistakes;
  }

  private static Optional<String> own(Namespace each) {
    String prefix = each.fixedPrefix();
    boolean ends = prefix.isEmpty() || prefix.endsWith("" + each.separator());
    if (!ends || !each.prefix().endsWith(prefix.isEmpty() ? "" : "" + each.separator())) {
      return Optional.of("prefix must end with the separator " + each.separator());
    }
    if (prefix.startsWith("" + each.separator())) {
      return Optional.of("prefix must not begin with the separator " + each.separator());
    }
    if (each.type() == Namespace.Type.PRIVATE && each.prefix().indexOf('%') >= 0) {
      return Optional.of("prefix: only a namespace with type = shared has variables in it");
    }
    if (each.type() != Namespace.Type.PRIVATE && each.location().isEmpty()) {
      return Optional.of("location must be set where mail is not the user's own");
    }
    if (each.inbox() && each.type() != Namespace.Type.PRIVATE) {
      return Optional.of("inbox = yes: INBOX is the user's own; expected type = private");
    }
    return each.isForOwners() ? OwnerPrefix.mistake(each) : Optional.empty();
  }

  private Optional<String> beside(Namespace each) {
    for (Namespace other : all.subList(0, all.indexOf(each))) {
      if (other.prefix().equals(each.prefix())) {
        return Optional.of(
            "two namespaces have the prefix \"%s\": %s and %s"
                .formatted(each.prefix(), other.name(), each.name()));
      }
      if (other.inbox() && each.inbox()) {
        return Optional.of(
            "two namespaces have inbox = yes: " + other.name() + " and " + each.name());
      }
      if (isListed(other) && isListed(each) && other.separator() != each.separator()) {
        return Optional.of(
            "namespaces that are listed must have the same separator, and %s has another than %s"
                .formatted(each.name(), other.name()));
      }
    }
    return each.aliasFor().isPresent() ? alias(each) : Optional.empty();
  }

  private Optional<String> alias(Namespace each) {
    Optional<Namespace> target = aliased(each);
    if (target.isEmpty() || target.get() == each) {
      return Optional.of(
          "alias_for = " + each.aliasFor().get() + ": there is no other namespace of that prefix");
    }
    return target.get().aliasFor().isPresent()
        ? Optional.of("alias_for names a namespace that is an alias itself")
        : Optional.empty();
  }

  private static boolean isListed(Namespace namespace) {
    return namespace.listed() != Namespace.Listed.NO;
  }

  private Optional<String> together() {
    if (all.stream().noneMatch(Namespace::inbox)) {
      return Optional.of("one namespace must have inbox = yes");
    }
    if (all.stream().noneMatch(each -> each.listed() == Namespace.Listed.YES)) {
      return Optional.of("one namespace must have list = yes");
    }
    if (all.stream().allMatch(Namespace::hidden)) {
      return Optional.of("one namespace must have hidden = no");
    }
    return all.stream().noneMatch(Namespace::subscriptions)
        ? Optional.of("one namespace must have subscriptions = yes")
        : Optional.empty();
  }

  /** The namespace that another one shows by other names. */
  public Optional<Namespace> aliased(Namespace namespace) {
    return all.stream()
        .filter(each -> namespace.aliasFor().equals(Optional.of(each.prefix())))
        .findFirst();
  }
}
