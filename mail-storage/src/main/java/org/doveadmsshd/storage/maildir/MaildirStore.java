package org.doveadmsshd.storage.maildir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.FileName;
import org.doveadmsshd.storage.posix.PosixException;

/** A user's Maildir++ tree: INBOX is the root, {@code A.B} is the directory {@code .A.B} in it. */
public final class MaildirStore implements MailStore {
  /** Where Dovecot puts mailboxes while it deletes them. */
  private static final String TRASHED = "..DOVECOT-TRASHED";

  private static final int MAX_COMPONENT = 255;

  private final Directory root;
  private final Context context;

  /**
   * How a store behaves.
   *
   * @param lockPatience how long to wait for a locked mailbox
   * @param checkpoint called wherever it may take long
   * @param warnings told, in words for people, what is wrong but does not stop the command
   */
  public record Context(Duration lockPatience, Checkpoint checkpoint, Consumer<String> warnings) {}

  /** Says whether to go on. */
  @FunctionalInterface
  public interface Checkpoint {
    /**
     * Returns, or ends what is being done.
     *
     * @throws Failure when it should stop
     */
    void check() throws Failure;
  }

  private MaildirStore(Directory root, Context context) {
    this.root = root;
    this.context = context;
  }

  /**
   * Opens the tree of one user. A user who has no mail directory yet has an empty INBOX.
   *
   * @param trusted a directory named by the administrator; links on the way to it are followed
   * @param below further directories below it, which are the user's: no link is followed
   */
  public static MaildirStore open(Path trusted, List<String> below, Context context)
      throws Failure {
    try {
      Directory directory = Directory.open(trusted);
      for (String name : below) {
        try (Directory parent = directory) {
          directory = parent.directory(FileName.of(name));
        }
      }
      return new MaildirStore(directory, context);
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return new MaildirStore(null, context);
      }
      throw Failure.temporary("Cannot open the mail directory: " + reason(e), e);
    }
  }

  /** Why something could not be opened, in words that name no path. */
  static String reason(PosixException e) {
    return e.isLink() || e.isNotDirectory()
        ? "there is a file or a symbolic link where a directory should be"
        : e.reason();
  }

  @Override
  public List<Entry> list() throws Failure {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry(INBOX, true));
    if (root == null) {
      return entries;
    }
    Set<String> names = new HashSet<>();
    Set<String> parents = new HashSet<>();
    try {
      for (String file : root.list()) {
        Optional<String> name = mailboxName(file);
        if (name.isPresent() && isMailbox(file) && names.add(name.get())) {
          entries.add(new Entry(name.get(), true));
          addParents(name.get(), parents);
        }
      }
    } catch (PosixException e) {
      throw Failure.temporary("Cannot list mailboxes: " + e.reason(), e);
    }
    parents.removeAll(names);
    parents.remove(INBOX);
    parents.forEach(parent -> entries.add(new Entry(parent, false)));
    return entries;
  }

  private static void addParents(String name, Set<String> parents) {
    for (int at = name.lastIndexOf(SEPARATOR); at > 0; at = name.lastIndexOf(SEPARATOR, at - 1)) {
      parents.add(name.substring(0, at));
    }
  }

  /** The mailbox name that a directory entry stands for. */
  private Optional<String> mailboxName(String file) {
    if (file.length() < 2 || file.charAt(0) != '.' || file.equals(TRASHED)) {
      return Optional.empty();
    }
    Optional<String> name = ModifiedUtf7.decode(file.substring(1));
    if (name.isEmpty() || hasEmptyComponent(name.get())) {
      context
          .warnings()
          .accept("Ignored a directory whose name is no mailbox: " + FileName.display(file));
      return Optional.empty();
    }
    return name;
  }

  private boolean isMailbox(String file) {
    try (Directory mailbox = root.directory(file)) {
      return mailbox.status("cur").isDirectory();
    } catch (PosixException e) {
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
      throw Failure.temporary("Cannot read the subscriptions: " + e.reason(), e);
    }
  }

  @Override
  public Optional<Mailbox> find(String name) throws Failure {
    if (name.equalsIgnoreCase(INBOX)) {
      return Optional.of(new MaildirMailbox(INBOX, root, root, context));
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
      if (isThere(directory)) {
        return Optional.of(new MaildirMailbox(name, directory, root, context));
      }
      directory.close();
      return Optional.empty();
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return Optional.empty();
      }
      throw Failure.temporary("Mailbox " + name + ": " + reason(e), e);
    }
  }

  private static boolean isThere(Directory mailbox) throws PosixException {
    try {
      mailbox.status("cur");
      return true;
    } catch (PosixException e) {
      if (e.isMissing()) {
        return false;
      }
      mailbox.close();
      throw e;
    }
  }

  private static boolean hasEmptyComponent(String name) {
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
  }
}
