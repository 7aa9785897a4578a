package org.doveadmsshd.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.Oddity;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.QuotaUsage;

/**
 * A user's mail in memory, by the promises of {@link MailStore}. What is put into it by {@link
 * #add} is there as if it had come long ago. For one thread.
 */
public final class MemoryMailStore implements MailStore {
  private final Map<String, Folder> folders = new LinkedHashMap<>();
  private final List<String> subscriptions = new ArrayList<>();
  private final List<Oddity> oddities = new ArrayList<>();
  private final QuotaRules rules;
  private int made;
  private int open;
  private int recalculations;
  private boolean closed;
  private boolean readOnly;

  /** A store with an empty INBOX and no quota. */
  public MemoryMailStore() {
    this(QuotaRules.NONE);
  }

  /** A store with an empty INBOX. */
  public MemoryMailStore(QuotaRules rules) {
    this.rules = rules;
    folders.put(INBOX, folder(INBOX));
  }

  private Folder folder(String name) {
    return new Folder(name, nextGuid(), 1000 + folders.size());
  }

  /** 32 hexadecimal digits that have not been there before. */
  String nextGuid() {
    return "%032x".formatted(++made);
  }

  /** Seconds since 1970. */
  long now() {
    return 1_700_000_000L;
  }

  /** Puts a mail into a mailbox, which is made if need be. */
  public StoredMail add(String mailbox, String text, Flags flags, long received) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    Delivery.About about =
        new Delivery.About(
            flags, OptionalLong.of(received), Optional.empty(), OptionalLong.empty());
    return add(mailbox, new StoredMail(content, about, nextGuid(), received));
  }

  /** Puts a further copy of a mail into a mailbox, which is made if need be. */
  public StoredMail addCopy(String mailbox, StoredMail mail) {
    return add(mailbox, mail.copied(mail.received));
  }

  private StoredMail add(String mailbox, StoredMail mail) {
    folders.computeIfAbsent(mailbox, this::folder).append(mail, 0);
    return mail;
  }

  /** The mails of a mailbox by UID. */
  public List<StoredMail> mails(String mailbox) {
    return List.copyOf(folders.get(mailbox).mails);
  }

  /** The mailboxes, and of each what its mails say: for a comparison of before and after. */
  public Map<String, List<String>> contents() {
    Map<String, List<String>> contents = new LinkedHashMap<>();
    folders.forEach(
        (name, folder) ->
            contents.put(
                name,
                folder.mails.stream()
                    .map(mail -> mail.uid + " " + mail.flags + " " + mail.text())
                    .toList()));
    return contents;
  }

  /** Mailboxes that are open now. */
  public int openMailboxes() {
    return open;
  }

  /** How often a mailbox has been put in order. */
  public int resyncs(String mailbox) {
    return folders.get(mailbox).resyncs;
  }

  /** How often what is remembered of a mailbox has been dropped. */
  public int forgotten(String mailbox) {
    return folders.get(mailbox).forgotten;
  }

  /** How often the quota has been counted anew. */
  public int recalculations() {
    return recalculations;
  }

  public boolean isClosed() {
    return closed;
  }

  /** From now on there is something odd. */
  public void addOddity(Oddity oddity) {
    oddities.add(oddity);
  }

  /** From now on whoever changes something fails with exit code 77. */
  public void makeReadOnly() {
    readOnly = true;
  }

  /** From now on whoever wants the mails of a mailbox fails with exit code 75. */
  public void makeUnlistable(String mailbox) {
    folders.get(mailbox).unlistable = true;
  }

  /** From now on whoever removes a mailbox fails with exit code 75. */
  public void makePermanent(String mailbox) {
    folders.get(mailbox).permanent = true;
  }

  /** To be called before something is changed. */
  void checkWritable() throws Failure {
    if (readOnly) {
      throw new Failure(Outcome.NO_PERMISSION, "The mail is read-only");
    }
  }

  void opened(int more) {
    open += more;
  }

  void checkQuota(String mailbox, long bytes, long messages) throws Failure {
    QuotaUsage now = quota(rules);
    long byteLimit = rules.byteLimit(mailbox);
    long messageLimit = rules.messageLimit(mailbox);
    boolean over =
        byteLimit > 0 && now.bytes() + bytes > byteLimit
            || messageLimit > 0 && now.messages() + messages > messageLimit;
    if (over && rules.counts(mailbox)) {
      throw new Failure(Outcome.OVER_QUOTA, "Quota exceeded (mailbox for user is full)");
    }
  }

  @Override
  public boolean isThere() {
    return true;
  }

  @Override
  public List<ListedName> list() {
    List<ListedName> entries = new ArrayList<>();
    Set<String> parents = new HashSet<>();
    for (String name : folders.keySet()) {
      entries.add(new ListedName(name, true));
      for (int at = name.lastIndexOf(SEPARATOR); at > 0; at = name.lastIndexOf(SEPARATOR, at - 1)) {
        parents.add(name.substring(0, at));
      }
    }
    parents.removeAll(folders.keySet());
    parents.forEach(parent -> entries.add(new ListedName(parent, false)));
    return entries;
  }

  @Override
  public List<String> subscriptions() {
    return List.copyOf(subscriptions);
  }

  @Override
  public Optional<Mailbox> find(String name) {
    Folder folder = folders.get(name.equalsIgnoreCase(INBOX) ? INBOX : name);
    return Optional.ofNullable(folder).map(each -> new MemoryMailbox(this, each));
  }

  private static void checkName(String name) throws Failure {
    String levels = SEPARATOR + name + SEPARATOR;
    if (levels.contains("" + SEPARATOR + SEPARATOR) || name.indexOf('/') >= 0) {
      throw Failure.usage("Invalid mailbox name: '" + name + "'");
    }
    if (name.length() > 254) {
      throw Failure.usage("Mailbox name is too long: " + name);
    }
  }

  private Folder existing(String name) throws Failure {
    if (!folders.containsKey(name)) {
      throw new Failure(Outcome.NOT_FOUND, "Mailbox doesn't exist: " + name);
    }
    return folders.get(name);
  }

  @Override
  public void create(String name, Optional<String> guid) throws Failure {
    checkWritable();
    checkName(name);
    if (name.equalsIgnoreCase(INBOX) || folders.containsKey(name)) {
      throw new Failure(Outcome.DATA_ERROR, "Mailbox already exists: " + name);
    }
    Folder folder = folder(name);
    folder.guid = guid.orElse(folder.guid);
    folders.put(name, folder);
  }

  @Override
  public void delete(String name, boolean onlyEmpty, boolean force) throws Failure {
    checkWritable();
    if (name.equalsIgnoreCase(INBOX)) {
      throw new Failure(Outcome.DATA_ERROR, "INBOX can't be deleted");
    }
    Folder folder = existing(name);
    if (!folder.mails.isEmpty() && onlyEmpty) {
      throw new Failure(Outcome.DATA_ERROR, "Mailbox isn't empty: " + name);
    }
    if (folder.permanent) {
      throw folder.inputOutputError();
    }
    folders.remove(name);
  }

  @Override
  public void rename(String from, String to) throws Failure {
    checkWritable();
    if (from.equalsIgnoreCase(INBOX) || to.equalsIgnoreCase(INBOX)) {
      throw new Failure(Outcome.DATA_ERROR, "INBOX can't be renamed, nor anything to INBOX");
    }
    checkName(to);
    List<String> names = new ArrayList<>(folders.keySet());
    names.removeIf(name -> !name.equals(from) && !name.startsWith(from + SEPARATOR));
    if (names.isEmpty()) {
      existing(from);
    }
    for (String name : names) {
      if (folders.containsKey(to + name.substring(from.length()))) {
        throw new Failure(Outcome.DATA_ERROR, "Mailbox already exists: " + to);
      }
    }
    for (String name : names) {
      Folder folder = folders.remove(name);
      folder.name = to + name.substring(from.length());
      folders.put(folder.name, folder);
    }
  }

  @Override
  public List<String> subscribe(List<String> names, boolean subscribed) throws Failure {
    checkWritable();
    for (String name : names) {
      checkName(name);
    }
    List<String> unchanged = new ArrayList<>();
    for (String name : names) {
      boolean changed =
          subscribed
              ? !subscriptions.contains(name) && subscriptions.add(name)
              : subscriptions.remove(name);
      if (!changed) {
        unchanged.add(name);
      }
    }
    return unchanged;
  }

  @Override
  public String path(String name, PathType type) throws Failure {
    checkName(name);
    return "/memory/" + name;
  }

  @Override
  public QuotaRules quotaRules() {
    return rules;
  }

  @Override
  public QuotaUsage quota(QuotaRules by) {
    long bytes = 0;
    long messages = 0;
    for (Folder folder : folders.values()) {
      for (StoredMail mail : by.counts(folder.name) ? folder.mails : List.<StoredMail>of()) {
        boolean stored = by.driver().equals(Optional.of(QuotaRules.Driver.MAILDIR));
        long lines = new String(mail.content, StandardCharsets.ISO_8859_1).lines().count();
        bytes += stored ? mail.content.length : mail.content.length + lines;
        messages++;
      }
    }
    return new QuotaUsage(by.name(), bytes, messages, by.byteLimit("*"), by.messageLimit("*"));
  }

  @Override
  public void check(Oddity.Taker found) throws Failure, IOException {
    for (Oddity oddity : oddities) {
      found.take(oddity);
    }
  }

  @Override
  public void recalculateQuota() throws Failure {
    checkWritable();
    recalculations++;
  }

  @Override
  public void close() {
    closed = true;
  }
}
