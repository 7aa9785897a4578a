package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.doveadmsshd.accounts.MailLocation;
import org.doveadmsshd.accounts.UserDirectory;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileName;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.posix.Scratch;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.Oddity;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.QuotaUsage;
import org.doveadmsshd.storage.compression.CompressionRules;

/**
 * The mailboxes of one location: a Maildir++ tree, in which {@code A.B} is the directory {@code
 * .A.B}, or a tree of directories, in which {@code A/B} is {@code A/B}. INBOX is the root, if the
 * location does not say otherwise.
 */
public final class MaildirStore implements MailStore {
  /** Of a line of subscriptions: as long as a path may be. */
  private static final int MAX_LINE = 4096;

  private final MailRoots roots;
  private final MailboxPaths paths;
  private final Context context;
  private final MaildirQuota quota;
  private UnaryOperator<String> shown = UnaryOperator.identity();

  /** Directories that a warning has named already. */
  private final Set<String> told = new HashSet<>();

  /**
   * How a store behaves.
   *
   * @param lockPatience how long to wait for a locked mailbox
   * @param checkpoint called wherever it may take long
   * @param warnings told, in words for people, what is wrong but does not stop the command
   * @param quota how much may be stored
   * @param compression of mails that are saved, and how far any may inflate
   * @param settled how long a mailbox must have been left alone before its listing is remembered in
   *     a file beside it; nothing for no such files
   * @param memory what is known of mails is taken from
   */
  public record Context(
      Duration lockPatience,
      Checkpoint checkpoint,
      Consumer<String> warnings,
      QuotaRules quota,
      CompressionRules compression,
      Optional<Duration> settled,
      MemoryTurns.Holder memory) {}

  /** Says whether to go on. */
  @FunctionalInterface
  public interface Checkpoint {
    /**
     * Returns, or stops the work.
     *
     * @throws Failure when it should stop
     */
    void check() throws Failure;
  }

  private MaildirStore(MailRoots roots, Context context) {
    this.roots = roots;
    this.paths = roots.paths();
    this.context = context;
    this.quota =
        new MaildirQuota(context.quota(), roots.control(), this::count, context.warnings());
  }

  /** Opens a Maildir++ tree that has all that belongs to it; see {@link UserDirectory}. */
  public static MaildirStore open(Path trusted, List<String> below, Context context)
      throws Failure {
    return open(MailLocation.maildir(trusted, below), context);
  }

  /**
   * Opens the mail of one user. A user who has no mail directory yet has an empty INBOX; the
   * directory is made when something is put into it.
   */
  public static MaildirStore open(MailLocation location, Context context) throws Failure {
    try {
      return new MaildirStore(MailRoots.open(location), context);
    } catch (PosixException e) {
      String hint =
          e.isLink() || e.isNotDirectory()
              ? "; a link is followed only where mail_location names it by an absolute path"
              : "";
      String shown = FileName.display(location.root().path().toString());
      throw Failure.temporary(
          "Cannot open the mail directory " + shown + ": " + reason(e) + hint, e);
    }
  }

  /**
   * Gives mailboxes other names where people see them.
   *
   * @param names makes the name that is shown of one that the tree has
   */
  public MaildirStore showing(UnaryOperator<String> names) {
    this.shown = names;
    return this;
  }

  /** Leaves INBOX out where the mail directory has to be made. */
  public MaildirStore withoutInbox() {
    roots.leaveInboxOut();
    return this;
  }

  /** Why something could not be opened, in words that name no path. */
  static String reason(PosixException e) {
    if (e.isFull()) {
      return "the disk or the quota is full, or no inode is left";
    }
    return e.isLink() || e.isNotDirectory()
        ? "there is a file or a symbolic link where a directory should be"
        : e.reason();
  }

  @Override
  public boolean isThere() {
    return roots.isThere();
  }

  @Override
  public boolean hasInbox() throws Failure {
    try (MailboxFiles inbox = roots.inbox().orElse(null)) {
      return inbox != null && roots.isMailbox(inbox.mail());
    } catch (PosixException e) {
      throw Failure.temporary("Cannot open mailbox " + shown.apply(INBOX) + ": " + reason(e), e);
    }
  }

  @Override
  public ListedName named(String name) {
    return listed(MailboxPaths.isInbox(name) ? INBOX : name, true);
  }

  @Override
  public List<ListedName> list() throws Failure {
    List<ListedName> entries = new ArrayList<>();
    entries.add(listed(INBOX, true));
    if (roots.mail() == null) {
      return entries;
    }
    MailboxListing listing = new MailboxListing(roots, this::tell);
    try {
      listing.list().forEach((name, selectable) -> entries.add(listed(name, selectable)));
    } catch (PosixException e) {
      throw Failure.temporary("Cannot list mailboxes: " + e.file() + ": " + reason(e), e);
    }
    return entries;
  }

  private ListedName listed(String name, boolean selectable) {
    return new ListedName(name, selectable, paths.separator(), Set.of());
  }

  private void tell(String file, String warning) {
    if (told.add(file)) {
      context.warnings().accept(warning);
    }
  }

  @Override
  public List<String> subscriptions() throws Failure {
    Directory root = roots.control();
    if (root == null) {
      return List.of();
    }
    try {
      List<String> names = new ArrayList<>();
      for (String line : subscriptionsIn(root).read()) {
        paths.subscribed(line).ifPresent(names::add);
      }
      return names;
    } catch (PosixException e) {
      throw Failure.temporary("Cannot read the subscriptions: " + e.file() + ": " + reason(e), e);
    }
  }

  private Subscriptions subscriptionsIn(Directory root) {
    return new Subscriptions(root, paths.layout().subscriptions(), paths.separator());
  }

  @Override
  public Optional<Mailbox> find(String name) throws Failure {
    try {
      if (MailboxPaths.isInbox(name)) {
        String inbox = shown.apply(INBOX);
        Optional<MailboxFiles> files = roots.inbox();
        return Optional.of(
            files.isPresent()
                ? opened(inbox, files.get())
                : new MaildirMailbox(inbox, this::madeInbox, context, quota));
      }
      Optional<List<String>> directory = paths.find(name);
      if (roots.mail() == null || directory.isEmpty()) {
        return Optional.empty();
      }
      return roots.find(directory.get()).map(files -> opened(shown.apply(name), files));
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return Optional.empty();
      }
      throw Failure.temporary("Mailbox " + shown.apply(name) + ": " + reason(e), e);
    }
  }

  private MaildirMailbox opened(String name, MailboxFiles files) {
    quota.use(roots.control()); // which has been made, where it lies apart
    return new MaildirMailbox(name, files, context, quota);
  }

  /** The user's INBOX, made if need be, with the mail directory. */
  private MailboxFiles madeInbox() throws PosixException {
    MailboxFiles inbox = roots.madeInbox();
    quota.use(roots.madeControl());
    return inbox;
  }

  @Override
  public void create(String name, Optional<String> guid) throws Failure {
    List<String> directory = paths.newDirectory(name);
    if (MailboxPaths.isInbox(name) || exists(name)) {
      throw new Failure(Outcome.DATA_ERROR, "Mailbox already exists: " + shown.apply(name));
    }
    try {
      roots.made();
      quota.use(roots.madeControl());
      new NewMailbox(roots, name, directory).make(guid);
    } catch (PosixException e) {
      throw Failure.temporary("Cannot create mailbox " + shown.apply(name) + ": " + reason(e), e);
    }
  }

  private boolean exists(String name) throws Failure {
    Optional<Mailbox> found = find(name);
    found.ifPresent(Mailbox::close);
    return found.isPresent();
  }

  @Override
  public void delete(String name, boolean onlyEmpty, boolean force) throws Failure {
    if (MailboxPaths.isInbox(name)) {
      throw new Failure(Outcome.DATA_ERROR, "INBOX can't be deleted");
    }
    try (Mailbox mailbox = find(name).orElse(null)) {
      if (mailbox == null) {
        changes().deleteParent(name);
        return;
      }
      MailTable mails = ((MaildirMailbox) mailbox).table();
      if (onlyEmpty && mails.size() > 0) {
        throw new Failure(Outcome.DATA_ERROR, "Mailbox isn't empty: " + shown.apply(name));
      }
      changes().delete(name, force ? null : mails);
      if (context.quota().driver().equals(Optional.of(QuotaRules.Driver.MAILDIR))) {
        quota.recount();
      }
    } catch (PosixException e) {
      throw Failure.temporary("Cannot delete mailbox " + shown.apply(name) + ": " + reason(e), e);
    }
  }

  private TreeChanges changes() {
    return new TreeChanges(roots, shown, context.warnings());
  }

  static Failure missing(String name) {
    return new Failure(
        Outcome.NOT_FOUND, "Mailbox doesn't exist: " + (name.isEmpty() ? "''" : name));
  }

  @Override
  public void rename(String from, String to) throws Failure {
    if (MailboxPaths.isInbox(from) || MailboxPaths.isInbox(to)) {
      throw new Failure(Outcome.DATA_ERROR, "INBOX can't be renamed, nor anything to INBOX");
    }
    paths.newDirectory(to);
    boolean isThere = exists(from);
    if (!isThere && paths.isBelow(to, from)) {
      throw missing(shown.apply(from));
    }
    Map<String, String> renames = new LinkedHashMap<>();
    boolean recounts = quota.notes(shown.apply(from)) != quota.notes(shown.apply(to));
    for (ListedName entry : list()) {
      if (entry.selectable() && paths.isBelow(entry.name(), from)) {
        String renamed = to + entry.name().substring(from.length());
        renames.put(entry.name(), renamed);
        recounts |= quota.notes(shown.apply(entry.name())) != quota.notes(shown.apply(renamed));
      }
    }
    if (isThere) {
      renames.put(from, to); // last: what a crash leaves undone can be done again
    }
    try {
      changes().rename(from, to, renames);
      if (recounts) {
        quota.recount();
      }
    } catch (PosixException e) {
      throw Failure.temporary("Cannot rename mailbox " + shown.apply(from) + ": " + reason(e), e);
    }
  }

  @Override
  public List<String> subscribe(List<String> names, boolean subscribed) throws Failure {
    List<String> encoded = new ArrayList<>();
    for (String name : names) {
      encoded.add(paths.subscription(MailboxPaths.isInbox(name) ? INBOX : name));
    }
    return subscribeEncoded(encoded, subscribed);
  }

  @Override
  public boolean subscribeAsKept(String line, boolean subscribed) throws Failure {
    String encoded = paths.line(line);
    if (encoded.length() > MAX_LINE) {
      throw Failure.usage("Mailbox name is too long: " + line);
    }
    return subscribeEncoded(List.of(encoded), subscribed).isEmpty();
  }

  private List<String> subscribeEncoded(List<String> encoded, boolean subscribed) throws Failure {
    List<String> unchanged = new ArrayList<>();
    try {
      Directory root = roots.madeControl();
      quota.use(root);
      subscriptionsIn(root)
          .change(
              context,
              before -> {
                List<String> after = new ArrayList<>(before);
                for (String name : encoded) {
                  boolean changed =
                      subscribed
                          ? !after.contains(name) && after.add(name)
                          : after.removeIf(name::equals);
                  if (!changed) {
                    unchanged.add(paths.subscribed(name).orElse(name));
                  }
                }
                return after;
              });
    } catch (PosixException e) {
      throw Failure.temporary("Cannot change the subscriptions: " + e.file() + ": " + reason(e), e);
    }
    return unchanged;
  }

  @Override
  public String path(String name, PathType type) throws Failure {
    return Printable.line(roots.path(name, type).toString());
  }

  private MaildirQuota.Total count(MaildirQuota asked) throws Failure {
    MaildirQuota.Total total = new MaildirQuota.Total(0, 0);
    for (ListedName entry : list()) {
      if (entry.selectable() && asked.counts(shown.apply(entry.name()))) {
        context.checkpoint().check();
        try (Mailbox mailbox = find(entry.name()).orElse(null)) {
          total = mailbox == null ? total : total.plus(count(mailbox, asked));
        }
      }
    }
    return total;
  }

  private static MaildirQuota.Total count(Mailbox mailbox, MaildirQuota asked) throws Failure {
    long bytes = 0;
    long messages = 0;
    for (MaildirMail mail : ((MaildirMailbox) mailbox).mails(false)) {
      try {
        bytes += countedSize(mail, asked);
        messages++;
      } catch (MailGoneException e) {
        // it counts no more
      }
    }
    return new MaildirQuota.Total(bytes, messages);
  }

  /** Notes the size of a mail that cannot be read: the file's size, without added line ends. */
  private static long countedSize(MaildirMail mail, MaildirQuota asked) throws Failure {
    try {
      return asked.size(mail);
    } catch (MailFailure e) {
      return mail.storedSize();
    }
  }

  @Override
  public QuotaRules quotaRules() {
    return context.quota();
  }

  @Override
  public QuotaUsage quota(QuotaRules rules) throws Failure {
    return new MaildirQuota(rules, roots.control(), this::count, context.warnings()).usage();
  }

  @Override
  public void recalculateQuota() throws Failure {
    try {
      quota.recalculate();
    } catch (PosixException e) {
      throw Failure.temporary("Cannot write the quota: " + e.file() + ": " + e.reason(), e);
    }
  }

  @Override
  public void check(Oddity.Taker found) throws Failure, IOException {
    if (!roots.isThere()) {
      return;
    }
    try (MailRoots unnoticed = roots.unnoticed()) {
      Findings findings = new Findings(unnoticed, context, found, Instant.now());
      new TreeCheck(unnoticed, shown, findings).run();
    } catch (PosixException e) {
      throw Failure.temporary("Cannot look at the mail: " + e.file() + ": " + reason(e), e);
    }
  }

  @Override
  public void close() {
    roots.close();
    Scratch.handOn();
  }
}
