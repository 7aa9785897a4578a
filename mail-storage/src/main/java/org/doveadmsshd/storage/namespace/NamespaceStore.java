package org.doveadmsshd.storage.namespace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespaces;
import org.doveadmsshd.accounts.OwnerPrefix;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.Oddity;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.QuotaUsage;

/**
 * A user's mail in several namespaces. Names are those that an IMAP client sees; each goes to the
 * namespace with the longest prefix that it begins with, as in Dovecot.
 */
public final class NamespaceStore implements MailStore {
  /** Of other users' mail that one request may open. */
  private static final int MOST_OWNERS = 1000;

  private final Namespaces namespaces;
  private final String user;
  private final Opener opener;
  private final List<NamespacePart> parts = new ArrayList<>();
  private final Map<String, NamespacePart> owners = new LinkedHashMap<>();
  private final NamespacePart inbox;
  private final NamespaceListing listing;
  private final NamespaceSubscriptions subscriptions;

  /** Opens trees of mailboxes. */
  @FunctionalInterface
  public interface Opener {
    /**
     * Opens the tree of a namespace.
     *
     * @param owner whose mail it is where a name in it names one; nothing for the user himself
     * @param shown makes a name that people see of a name in the tree
     * @throws Failure when it cannot be opened, or the scope does not reach there
     */
    MailStore open(Namespace namespace, Optional<String> owner, Shown shown) throws Failure;
  }

  /** Makes names that people see of names in a tree. */
  @FunctionalInterface
  public interface Shown {
    String of(String inside);
  }

  /**
   * Opens the trees when they are needed; the caller closes it.
   *
   * @param namespaces without mistakes, at least one
   * @param user who looks at the mail
   * @param warnings told of namespaces that cannot be listed
   */
  public NamespaceStore(
      Namespaces namespaces, String user, Opener opener, Consumer<String> warnings) {
    this.namespaces = namespaces;
    this.user = user;
    this.opener = opener;
    for (Namespace each : namespaces.all()) {
      parts.add(
          new NamespacePart(
              each,
              each.fixedPrefix(),
              shown -> opener.open(each, Optional.empty(), shown::apply)));
    }
    this.inbox = parts.stream().filter(NamespacePart::hasInbox).findFirst().orElseThrow();
    this.listing = new NamespaceListing(parts, this::isIn, warnings);
    this.subscriptions = new NamespaceSubscriptions(parts, inbox);
  }

  private boolean isIn(String name, NamespacePart part) {
    return part(name).filter(found -> found == part).isPresent();
  }

  /** The namespace of a name; nothing when it is in none. */
  private Optional<NamespacePart> part(String name) {
    if (name.equalsIgnoreCase(INBOX)) {
      return Optional.of(inbox);
    }
    Optional<NamespacePart> best = Optional.empty();
    for (NamespacePart each : parts) { // the last has the longest prefix
      best = each.holds(name) ? Optional.of(each) : best;
    }
    return best.isPresent() && best.get().namespace().isForOwners()
        ? ownersPart(best.get().namespace(), name)
        : best;
  }

  private Optional<NamespacePart> ownersPart(Namespace namespace, String name) {
    Optional<OwnerPrefix> found = OwnerPrefix.find(namespace, user, name);
    if (found.isEmpty() || owners.size() >= MOST_OWNERS) {
      return Optional.empty();
    }
    OwnerPrefix owner = found.get();
    return Optional.of(
        owners.computeIfAbsent(
            owner.prefix(),
            prefix ->
                new NamespacePart(
                    namespace,
                    prefix,
                    shown -> opener.open(namespace, Optional.of(owner.owner()), shown::apply))));
  }

  private NamespacePart existingPart(String name, String what) throws Failure {
    return part(name)
        .orElseThrow(
            () ->
                new Failure(
                    Outcome.DATA_ERROR, what + ": no namespace has names like this one: " + name));
  }

  private static String spelled(NamespacePart part, String name) {
    return name.equalsIgnoreCase(INBOX) ? INBOX : part.spelled(name);
  }

  @Override
  public boolean isThere() {
    try {
      return inbox.store().isThere();
    } catch (Failure e) {
      return true; // whoever looks into it is told why not
    }
  }

  @Override
  public List<ListedName> list() throws Failure {
    return listing.all(part -> true);
  }

  @Override
  public List<ListedName> list(List<String> masks) throws Failure {
    return listing.reached(masks);
  }

  @Override
  public List<ListedName> own() throws Failure {
    return listing.all(NamespacePart::isOwn);
  }

  @Override
  public ListedName named(String name) {
    Optional<NamespacePart> part = part(name);
    return part.isPresent()
        ? part.get().listed(spelled(part.get(), name), true)
        : new ListedName(name, true, separator(), Set.of());
  }

  /** That of the namespaces which are listed. */
  private char separator() {
    return parts.stream()
        .filter(each -> each.namespace().listed() != Namespace.Listed.NO)
        .findFirst()
        .orElse(inbox)
        .separator();
  }

  @Override
  public List<String> meant(String name) {
    if (!name.startsWith("\\")) {
      return List.of(name);
    }
    List<String> names = new ArrayList<>();
    for (NamespacePart part : parts) {
      part.namespace().mailboxes().stream()
          .filter(box -> !part.isAlias())
          .filter(box -> box.uses().stream().anyMatch(name::equalsIgnoreCase))
          .forEach(box -> names.add(part.name(box)));
    }
    return names.isEmpty() ? List.of(name) : names;
  }

  @Override
  public List<ListedName> aliases(String name) throws Failure {
    Optional<NamespacePart> part = part(name);
    if (part.isEmpty()) {
      return List.of(named(name));
    }
    List<NamespacePart> all = new ArrayList<>(parts);
    all.addAll(owners.values());
    return NamespaceAliases.of(part.get(), spelled(part.get(), name), all);
  }

  @Override
  public List<String> subscriptions() throws Failure {
    return subscriptions.of(listing.listed(part -> true));
  }

  @Override
  public List<String> subscriptions(List<String> masks) throws Failure {
    return subscriptions.of(listing.reachedParts(masks));
  }

  @Override
  public Optional<Mailbox> find(String name) throws Failure {
    for (String each : meant(name)) {
      Optional<Mailbox> found = findOne(each);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<Mailbox> findOne(String name) throws Failure {
    Optional<NamespacePart> part = part(name);
    if (part.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> inside = part.get().inside(spelled(part.get(), name));
    if (inside.isEmpty() || inside.get().equals(INBOX) && !hasRoot(part.get())) {
      return Optional.empty();
    }
    Optional<Mailbox> found = part.get().store().find(inside.get());
    return found.isPresent() ? found : MailboxToMake.of(part.get(), spelled(part.get(), name));
  }

  /** The user's own INBOX is always there, the directory of another tree need not be a mailbox. */
  private static boolean hasRoot(NamespacePart part) throws Failure {
    return part.hasInbox() || part.store().hasInbox();
  }

  /** The first that is there of those that a name means; the first of all if none is. */
  private String one(String name) throws Failure {
    List<String> meant = meant(name);
    for (String each : meant) {
      Optional<Mailbox> found = findOne(each);
      if (found.isPresent()) {
        found.get().close();
        return each;
      }
    }
    return meant.get(0);
  }

  private static Failure missing(String name) {
    return new Failure(Outcome.NOT_FOUND, "Mailbox doesn't exist: " + name);
  }

  @Override
  public void create(String name, Optional<String> guid) throws Failure {
    String full = meant(name).get(0);
    NamespacePart part = existingPart(full, "Mailbox can't be created");
    String inside = part.validInside(spelled(part, full));
    if (inside.equals(INBOX) && !part.hasInbox()) {
      throw new Failure(
          Outcome.DATA_ERROR, "Mailbox can't be created, it is a prefix of mailboxes: " + full);
    }
    part.store().create(inside, guid);
  }

  @Override
  public void delete(String name, boolean onlyEmpty, boolean force) throws Failure {
    String full = one(name);
    NamespacePart part = part(full).orElseThrow(() -> missing(full));
    String inside = part.inside(spelled(part, full)).orElseThrow(() -> missing(full));
    if (inside.equals(INBOX) && !part.hasInbox()) {
      throw Failure.usage("The mail directory of a namespace can't be deleted: " + full);
    }
    part.store().delete(inside, onlyEmpty, force);
  }

  @Override
  public void rename(String from, String to) throws Failure {
    String full = one(from);
    NamespacePart source = part(full).orElseThrow(() -> missing(full));
    NamespacePart target = existingPart(to, "Mailbox can't be renamed");
    String inside = source.inside(spelled(source, full)).orElseThrow(() -> missing(full));
    String renamed = target.validInside(spelled(target, to));
    if (base(source) != base(target)) {
      throw new Failure(
          Outcome.DATA_ERROR,
          "Mailboxes are not renamed across namespaces: make %s and move the mails of %s there"
              .formatted(to, full));
    }
    target.store().rename(inside, renamed);
  }

  /** The namespace whose tree it is, where this one is an alias. */
  private Namespace base(NamespacePart part) {
    return namespaces.aliased(part.namespace()).orElse(part.namespace());
  }

  @Override
  public List<String> subscribe(List<String> names, boolean subscribed) throws Failure {
    List<String> unchanged = new ArrayList<>();
    for (String name : names) {
      String full = meant(name).get(0);
      NamespacePart part = existingPart(full, "Mailbox can't be subscribed");
      if (!subscriptions.change(part, spelled(part, full), subscribed)) {
        unchanged.add(full);
      }
    }
    return unchanged;
  }

  @Override
  public String path(String name, PathType type) throws Failure {
    String full = one(name);
    NamespacePart part = part(full).orElseThrow(() -> missing(full));
    return part.store().path(part.validInside(spelled(part, full)), type);
  }

  @Override
  public QuotaRules quotaRules() {
    try {
      return inbox.store().quotaRules();
    } catch (Failure e) {
      return QuotaRules.NONE;
    }
  }

  /** What lies in other users' mail, or nobody's, is not counted. */
  @Override
  public QuotaUsage quota(QuotaRules rules) throws Failure {
    QuotaUsage sum = inbox.store().quota(rules);
    for (NamespacePart part : parts) {
      if (part != inbox
          && part.isOwn()
          && !part.isAlias()
          && part.namespace().location().isPresent()) {
        QuotaUsage more = part.store().quota(rules);
        sum =
            new QuotaUsage(
                sum.name(),
                sum.bytes() + more.bytes(),
                sum.messages() + more.messages(),
                sum.byteLimit(),
                sum.messageLimit());
      }
    }
    return sum;
  }

  @Override
  public void recalculateQuota() throws Failure {
    inbox.store().recalculateQuota();
  }

  /** What lies in other users' mail, or nobody's, has other owners and is left out. */
  @Override
  public void check(Oddity.Taker found) throws Failure, IOException {
    inbox.store().check(found);
    for (NamespacePart part : parts) {
      if (part != inbox
          && part.isOwn()
          && !part.isAlias()
          && part.namespace().location().isPresent()) {
        part.store().check(found);
      }
    }
  }

  @Override
  public void close() {
    closeAll(parts);
    closeAll(owners.values());
  }

  private static void closeAll(Collection<NamespacePart> parts) {
    parts.forEach(NamespacePart::close);
  }
}
