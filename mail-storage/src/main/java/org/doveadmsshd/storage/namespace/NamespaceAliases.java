package org.doveadmsshd.storage.namespace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.MailStore.ListedName;

/** Finds all names of a mailbox, so that none of them leads around a scope. */
final class NamespaceAliases {
  private NamespaceAliases() {}

  /**
   * All names of a mailbox; the first is that in the namespace which is no alias.
   *
   * @param part where the name leads
   * @param name as that spells it
   * @param all namespaces that may lead to the same mail
   * @throws Failure with exit code 77 when mail of one namespace lies inside mail of another: its
   *     mailboxes then have names that cannot be told
   */
  static List<ListedName> of(NamespacePart part, String name, List<NamespacePart> all)
      throws Failure {
    Optional<String> inside = part.inside(name);
    if (inside.isEmpty()) {
      return List.of(part.listed(name, true));
    }
    List<NamespacePart> same = new ArrayList<>();
    Path directory = directory(part);
    for (NamespacePart other : all) {
      Optional<Path> its = findDirectory(other);
      if (other == part || its.equals(Optional.of(directory))) {
        same.add(other);
      } else if (its.isPresent()) {
        checkApart(part, directory, other, its.get());
      }
    }
    same.sort(Comparator.comparingInt(NamespaceAliases::rank));
    Set<ListedName> names = new LinkedHashSet<>();
    for (NamespacePart each : same) {
      each.outside(inside.get(), each.own())
          .ifPresent(found -> names.add(each.listed(found, true)));
    }
    names.add(part.listed(name, true));
    return List.copyOf(names);
  }

  /** Scopes go by the name in a namespace that is the user's own, and no alias. */
  private static int rank(NamespacePart part) {
    if (part.isAlias()) {
      return 2;
    }
    return part.isOwn() ? 0 : 1;
  }

  private static void checkApart(NamespacePart one, Path first, NamespacePart two, Path second)
      throws Failure {
    if (first.startsWith(second) || second.startsWith(first)) {
      throw new Failure(
          Outcome.NO_PERMISSION,
          "Your scope covers some mailboxes only, and mail of the namespaces %s and %s lies inside one another"
              .formatted(one.namespace().name(), two.namespace().name()));
    }
  }

  private static Optional<Path> findDirectory(NamespacePart part) {
    if (part.namespace().isForOwners() && part.prefix().equals(part.namespace().fixedPrefix())) {
      return Optional.empty(); // it has no mail without an owner
    }
    try {
      return Optional.of(directory(part));
    } catch (Failure e) {
      return Optional.empty(); // nor can anybody get there
    }
  }

  private static Path directory(NamespacePart part) throws Failure {
    Path path = Path.of(part.store().path(MailStore.INBOX, MailStore.PathType.MAILBOX));
    try {
      return path.toRealPath();
    } catch (IOException e) { // not made yet
      return path.toAbsolutePath().normalize();
    }
  }
}
