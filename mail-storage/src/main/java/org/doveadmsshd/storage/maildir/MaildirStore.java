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
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
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

/** A user's Maildir++ tree: INBOX is the root, {@code A.B} is the directory {@code .A.B} in it. */
public final class MaildirStore implements MailStore {
  private static final int MAX_COMPONENT = 255;

  /** Of a line of subscriptions: as long as a path may be. */
  private static final int MAX_LINE = 4096;

  private final Path path;
  private final Context context;
  private final MaildirQuota quota;
  private Directory root;
  private MaildirMailbox.Maker maker;
  private UnaryOperator<String> shown = UnaryOperator.identity();
  private boolean hasOwnInbox = true;

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

  private MaildirStore(Path path, Directory root, Context context) {
    this.path = path;
    this.root = root;
    this.context = context;
    this.quota = new MaildirQuota(context.quota(), root, this::count, context.warnings());
  }

  /** Opens the mail of one user; as {@link #open(Path, List, Context)}. */
  public static MaildirStore open(MailLocation location, Context context) throws Failure {
    return open(location.root().trusted(), location.root().below(), context);
  }

  /**
   * Opens the tree of one user. A user who has no mail directory yet has an empty INBOX; the
   * directory is made when something is put into it.
   *
   * @param trusted a directory named by the administrator; links on the way to it are followed
   * @param below further directories below it, which are the user's: no link is followed
   */
  public static MaildirStore open(Path trusted, List<String> below, Context context)
      throws Failure {
    Path path = trusted;
    for (String name : below) {
      path = path.resolve(name);
    }
    try {
      return new MaildirStore(path, open(trusted, below, false), context);
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        MaildirStore store = new MaildirStore(path, null, context);
        store.maker = () -> open(trusted, below, true);
        return store;
      }
      String hint =
          e.isLink() || e.isNotDirectory()
              ? "; a link is followed only where mail_location names it by an absolute path"
              : "";
      String shown = FileName.display(path.toString());
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
    this.hasOwnInbox = false;
    return this;
  }

  private static Directory open(Path trusted, List<String> below, boolean make)
      throws PosixException {
    Directory directory = Directory.open(trusted);
    for (String name : below) {
      try (Directory parent = directory) {
        directory =
            make
                ? MaildirDelivery.subdirectory(parent, FileName.of(name))
                : parent.directory(FileName.of(name));
      }
    }
    return directory;
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
    return root != null;
  }

  @Override
  public boolean hasInbox() throws Failure {
    try {
      return root != null && isThere(root);
    } catch (PosixException e) {
      throw Failure.temporary("Cannot open mailbox " + shown.apply(INBOX) + ": " + reason(e), e);
    }
  }

  @Override
  public List<ListedName> list() throws Failure {
    List<ListedName> entries = new ArrayList<>();
    if (root == null) {
      return List.of(new ListedName(INBOX, true));
    }
    Set<String> names = new HashSet<>();
    Set<String> parents = new HashSet<>();
    try {
      for (String file : root.list()) {
        Optional<String> name = mailboxName(file);
        if (name.isPresent() && isMailbox(file) && names.add(name.get())) {
          entries.add(new ListedName(name.get(), true));
          addParents(name.get(), parents);
        }
      }
    } catch (PosixException e) {
      throw Failure.temporary("Cannot list mailboxes: " + e.file() + ": " + reason(e), e);
    }
    parents.removeAll(names);
    parents.remove(INBOX);
    parents.forEach(parent -> entries.add(new ListedName(parent, false)));
    entries.add(new ListedName(INBOX, true));
    return entries;
  }

  private static void addParents(String name, Set<String> parents) {
    for (int at = name.lastIndexOf(SEPARATOR); at > 0; at = name.lastIndexOf(SEPARATOR, at - 1)) {
      parents.add(name.substring(0, at));
    }
  }

  /** The mailbox name that a directory entry stands for. */
  private Optional<String> mailboxName(String file) {
    if (file.length() < 2 || file.charAt(0) != '.' || file.startsWith(MailboxTree.TRASHED)) {
      return Optional.empty();
    }
    Optional<String> name = ModifiedUtf7.decode(file.substring(1));
    if (name.isEmpty() || hasEmptyComponent(name.get())) {
      if (told.add(file)) {
        context
            .warnings()
            .accept("Ignored a directory whose name is no mailbox: " + FileName.display(file));
      }
      return Optional.empty();
    }
    return name;
  }

  private boolean isMailbox(String file) throws PosixException {
    try (Directory mailbox = root.directory(file)) {
      return isThere(mailbox);
    } catch (PosixException e) {
      if (!e.isMissing() && !e.isLink() && !e.isDenied()) {
        throw e; // no file can be opened, or the disk is broken: it may be there
      }
      if (root.leadsToDirectory(file) && told.add(file)) {
        context
            .warnings()
            .accept(
                "Left out a mailbox that is a symbolic link, as none is followed there: "
                    + FileName.display(file.substring(1)));
      }
      return e.isDenied(); // it may be there: opening it will tell the user why not
    }
  }

  @Override
  public List<String> subscriptions() throws Failure {
    if (root == null) {
      return List.of();
    }
    try {
      List<String> names = new ArrayList<>();
      for (String storageName : Subscriptions.read(root)) {
        ModifiedUtf7.decode(storageName).ifPresent(names::add);
      }
      return names;
    } catch (PosixException e) {
      throw Failure.temporary("Cannot read the subscriptions: " + e.file() + ": " + reason(e), e);
    }
  }

  @Override
  public Optional<Mailbox> find(String name) throws Failure {
    if (name.equalsIgnoreCase(INBOX)) {
      return Optional.of(
          root == null
              ? new MaildirMailbox(shown.apply(INBOX), this::made, context, quota)
              : new MaildirMailbox(shown.apply(INBOX), root, root, context, quota));
    }
    if (root == null || hasEmptyComponent(name) || name.indexOf('/') >= 0) {
      return Optional.empty();
    }
    String file = "." + ModifiedUtf7.encode(name);
    if (file.length() > MAX_COMPONENT) {
      return Optional.empty();
    }
    return findBelow(file, name);
  }

  private Optional<Mailbox> findBelow(String file, String name) throws Failure {
    try {
      Directory directory = root.directory(file);
      boolean there = false;
      try {
        there = isThere(directory);
      } finally {
        if (!there) {
          directory.close();
        }
      }
      return there
          ? Optional.of(new MaildirMailbox(shown.apply(name), directory, root, context, quota))
          : Optional.empty();
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return Optional.empty();
      }
      throw Failure.temporary("Mailbox " + name + ": " + reason(e), e);
    }
  }

  /**
   * Whether a directory is a mailbox. What makes copies of files alone, as git and object stores
   * do, leaves empty directories out: each of the three may be missing.
   */
  static boolean isThere(Directory mailbox) throws PosixException {
    return mailbox.has("cur") || mailbox.has("new") || mailbox.has(UidList.FILE);
  }

  @Override
  public void create(String name, Optional<String> guid) throws Failure {
    String file = fileName(name);
    if (name.equalsIgnoreCase(INBOX) || exists(name)) {
      throw new Failure(Outcome.DATA_ERROR, "Mailbox already exists: " + shown.apply(name));
    }
    try {
      new MailboxTree(made()).create(file, guid);
    } catch (PosixException e) {
      throw Failure.temporary("Cannot create mailbox " + shown.apply(name) + ": " + reason(e), e);
    }
  }

  private boolean exists(String name) throws Failure {
    Optional<Mailbox> found = find(name);
    found.ifPresent(Mailbox::close);
    return found.isPresent();
  }

  /** The user's mail directory, made if need be with an empty INBOX. */
  private Directory made() throws PosixException {
    if (root == null) {
      root = maker.make();
      for (String part : hasOwnInbox ? List.of("tmp", "new", "cur") : List.<String>of()) {
        MaildirDelivery.subdirectory(root, part).close();
      }
      quota.use(root);
    }
    return root;
  }

  /**
   * The directory of a mailbox.
   *
   * @throws Failure with exit code 64 for a name that no mailbox can have
   */
  private static String fileName(String name) throws Failure {
    String file = "." + ModifiedUtf7.encode(name);
    if (hasEmptyComponent(name) || name.indexOf('/') >= 0) {
      throw Failure.usage(
          "Invalid mailbox name: '%s' (levels have '%c' between them, and no '/')"
              .formatted(name, SEPARATOR));
    }
    if (file.length() > MAX_COMPONENT) {
      throw Failure.usage("Mailbox name is too long: " + name);
    }
    return file;
  }

  @Override
  public void delete(String name, boolean onlyEmpty, boolean force) throws Failure {
    if (name.equalsIgnoreCase(INBOX)) {
      throw new Failure(Outcome.DATA_ERROR, "INBOX can't be deleted");
    }
    try (Mailbox mailbox = find(name).orElseThrow(() -> missing(shown.apply(name)))) {
      MailTable mails = ((MaildirMailbox) mailbox).table();
      if (onlyEmpty && mails.size() > 0) {
        throw new Failure(Outcome.DATA_ERROR, "Mailbox isn't empty: " + shown.apply(name));
      }
      new MailboxTree(root)
          .delete(fileName(name), shown.apply(name), force ? null : mails, context.warnings());
      if (context.quota().driver().equals(Optional.of(QuotaRules.Driver.MAILDIR))) {
        quota.recount();
      }
    } catch (PosixException e) {
      throw Failure.temporary("Cannot delete mailbox " + shown.apply(name) + ": " + reason(e), e);
    }
  }

  static Failure missing(String name) {
    return new Failure(
        Outcome.NOT_FOUND, "Mailbox doesn't exist: " + (name.isEmpty() ? "''" : name));
  }

  @Override
  public void rename(String from, String to) throws Failure {
    if (from.equalsIgnoreCase(INBOX) || to.equalsIgnoreCase(INBOX)) {
      throw new Failure(Outcome.DATA_ERROR, "INBOX can't be renamed, nor anything to INBOX");
    }
    String target = fileName(to);
    if (to.startsWith(from + SEPARATOR) && !exists(from)) {
      throw missing(shown.apply(from));
    }
    Map<String, String> renames = new LinkedHashMap<>();
    boolean recounts = quota.notes(shown.apply(from)) != quota.notes(shown.apply(to));
    for (ListedName entry : list()) {
      if (entry.selectable() && entry.name().startsWith(from + SEPARATOR)) {
        String renamed = to + entry.name().substring(from.length());
        renames.put(fileName(entry.name()), fileName(renamed));
        recounts |= quota.notes(shown.apply(entry.name())) != quota.notes(shown.apply(renamed));
      }
    }
    if (exists(from)) {
      renames.put(fileName(from), target); // last: what a crash leaves undone can be done again
    } else if (renames.isEmpty()) {
      throw missing(shown.apply(from));
    }
    try {
      new MailboxTree(root).rename(renames);
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
      encoded.add(fileName(name.equalsIgnoreCase(INBOX) ? INBOX : name).substring(1));
    }
    return subscribeEncoded(encoded, subscribed);
  }

  @Override
  public boolean subscribeAsKept(String line, boolean subscribed) throws Failure {
    String encoded = ModifiedUtf7.encode(line);
    if (encoded.length() > MAX_LINE) {
      throw Failure.usage("Mailbox name is too long: " + line);
    }
    return subscribeEncoded(List.of(encoded), subscribed).isEmpty();
  }

  private List<String> subscribeEncoded(List<String> encoded, boolean subscribed) throws Failure {
    List<String> unchanged = new ArrayList<>();
    try {
      Subscriptions.change(
          made(),
          context,
          before -> {
            List<String> after = new ArrayList<>(before);
            for (String name : encoded) {
              boolean changed =
                  subscribed
                      ? !after.contains(name) && after.add(name)
                      : after.removeIf(name::equals);
              if (!changed) {
                unchanged.add(ModifiedUtf7.decode(name).orElse(name));
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
    Path directory = name.equalsIgnoreCase(INBOX) ? path : path.resolve(fileName(name));
    return FileName.display(directory.toString());
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
    return new MaildirQuota(rules, root, this::count, context.warnings()).usage();
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
    if (root == null) {
      return;
    }
    try (Directory tree = root.unnoticed()) {
      String name = FileName.of(path.toString());
      Findings findings = new Findings(name, tree.status(), context, found, Instant.now());
      new TreeCheck(tree, shown, findings).run();
    } catch (PosixException e) {
      throw Failure.temporary("Cannot look at the mail: " + e.file() + ": " + reason(e), e);
    }
  }

  static boolean hasEmptyComponent(String name) {
    return name.isEmpty()
        || name.charAt(0) == SEPARATOR
        || name.charAt(name.length() - 1) == SEPARATOR
        || name.contains("..");
  }

  @Override
  public void close() {
    if (root != null) {
      root.close();
    }
    Scratch.handOn();
  }
}
