package org.doveadmsshd.storage.namespace;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespace.ConfiguredMailbox;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.MailStore.ListedName;
import org.doveadmsshd.storage.search.MailboxPattern;

/** Lists the mailboxes of several namespaces. */
final class NamespaceListing {
  private static final String INBOX = MailStore.INBOX;

  private final List<NamespacePart> parts;
  private final BiPredicate<String, NamespacePart> isIn;
  private final Consumer<String> warnings;
  private final Set<NamespacePart> told = new HashSet<>();

  /**
   * @param parts by the length of their prefixes
   * @param isIn whether a name leads into a namespace: others hide what they have names for
   * @param warnings told of namespaces that cannot be listed
   */
  NamespaceListing(
      List<NamespacePart> parts,
      BiPredicate<String, NamespacePart> isIn,
      Consumer<String> warnings) {
    this.parts = parts;
    this.isIn = isIn;
    this.warnings = warnings;
  }

  /** The namespaces that are listed when no prefix is named; aliases would show all twice. */
  List<NamespacePart> listed(Predicate<NamespacePart> wanted) {
    return parts.stream()
        .filter(part -> part.namespace().listed() != Namespace.Listed.NO && !part.isAlias())
        .filter(wanted)
        .toList();
  }

  List<NamespacePart> reachedParts(List<String> masks) {
    return new NamespaceMasks(parts).reached(masks);
  }

  /** Everything that is listed when no prefix is named. */
  List<ListedName> all(Predicate<NamespacePart> wanted) throws Failure {
    Map<String, ListedName> names = new LinkedHashMap<>();
    for (NamespacePart part : listed(wanted)) {
      Tree tree = tree(part);
      tree.prefix().ifPresent(prefix -> names.put(prefix.name(), prefix));
      tree.mailboxes().forEach(each -> names.putIfAbsent(each.name(), each));
    }
    return List.copyOf(names.values());
  }

  /** What the masks may match, in the namespaces that they reach into. */
  List<ListedName> reached(List<String> masks) throws Failure {
    Map<String, ListedName> names = new LinkedHashMap<>();
    for (NamespacePart part : reachedParts(masks)) {
      Tree tree = tree(part);
      Optional<ListedName> prefix = tree.prefix().filter(each -> isNamed(each, masks));
      prefix.ifPresent(each -> names.put(each.name(), each));
      tree.mailboxes().forEach(each -> names.putIfAbsent(each.name(), each));
    }
    ListedName inbox = new ListedName(INBOX, false);
    if (MailboxPattern.anyMatches(masks, inbox)) {
      names.putIfAbsent(INBOX, inbox); // it is listed, but only its namespace opens it
    }
    return List.copyOf(names.values());
  }

  private static boolean isNamed(ListedName prefix, List<String> masks) {
    return masks.stream().anyMatch(prefix.name()::equalsIgnoreCase);
  }

  /**
   * What is in a namespace.
   *
   * @param prefix the name of the tree's own directory, if that is listed
   */
  private record Tree(Optional<ListedName> prefix, Collection<ListedName> mailboxes) {}

  private Tree tree(NamespacePart part) throws Failure {
    if (part.namespace().isForOwners()) {
      return new Tree(prefix(part, false, false), List.of()); // nobody knows whose may be read
    }
    try {
      return opened(part);
    } catch (Failure e) {
      if (e.outcome().endsRequest() || part.bare().isEmpty() || part.hasInbox()) {
        throw e;
      }
      if (told.add(part)) {
        warnings.accept("Cannot list the namespace " + part.prefix() + ": " + e.getMessage());
      }
      return new Tree(
          Optional.of(part.listed(part.bare(), true)), List.of()); // who opens it is told
    }
  }

  private Tree opened(NamespacePart part) throws Failure {
    Map<String, ListedName> mailboxes = new LinkedHashMap<>();
    char own = part.own();
    for (ListedName entry : part.store().list()) {
      Optional<String> name = part.outside(entry.name(), own);
      boolean isRoot = entry.name().equals(INBOX);
      if (name.isEmpty() || isRoot && !part.hasInbox()) {
        continue;
      }
      if (isRoot || isIn.test(name.get(), part)) {
        mailboxes.put(name.get(), part.listed(name.get(), entry.selectable()));
      }
    }
    String below = part.prefix() + INBOX;
    if (mailboxes.values().stream().anyMatch(each -> each.isIn(below))) {
      mailboxes.putIfAbsent(below, part.listed(below, false)); // in the tree it is INBOX itself
    }
    for (ConfiguredMailbox box : part.namespace().mailboxes()) {
      if (box.auto() != Namespace.Auto.NO && isIn.test(part.name(box), part)) {
        mailboxes.putIfAbsent(part.name(box), part.listed(part.name(box), false));
      }
    }
    boolean isMailbox = !part.hasInbox() && part.store().hasInbox();
    return new Tree(prefix(part, isMailbox, !mailboxes.isEmpty()), mailboxes.values());
  }

  private static Optional<ListedName> prefix(
      NamespacePart part, boolean isMailbox, boolean hasMailboxes) {
    if (part.bare().isEmpty() || part.bare().equalsIgnoreCase(INBOX)) {
      return Optional.empty(); // INBOX is the user's own, and listed where it is
    }
    boolean shown =
        part.namespace().listed() == Namespace.Listed.YES
            || hasMailboxes
            || part.namespace().listed() == Namespace.Listed.NO;
    return shown ? Optional.of(part.listed(part.bare(), isMailbox)) : Optional.empty();
  }
}
