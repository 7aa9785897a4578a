package org.doveadmsshd.accounts;

/**
 * How the names of mailboxes become paths below the directories of a {@link MailLocation}; after
 * Dovecot's options of a location.
 *
 * @param kind Dovecot's {@code LAYOUT}
 * @param utf8 whether names on disk are UTF-8 rather than modified UTF-7
 * @param directoryName a further directory in which the mail of each mailbox lies; empty for none.
 *     Only with {@link Kind#FS}
 * @param isDirectoryNameEverywhere whether it stands in paths of control files and indexes, too
 * @param subscriptions name of the file of subscriptions
 * @param dropsParents whether a parent that is no mailbox goes with its last child
 */
public record MailboxLayout(
    Kind kind,
    boolean utf8,
    String directoryName,
    boolean isDirectoryNameEverywhere,
    String subscriptions,
    boolean dropsParents) {
  /** Maildir++ as Dovecot has it without any option. */
  public static final MailboxLayout USUAL =
      new MailboxLayout(Kind.MAILDIRPLUSPLUS, false, "", false, "subscriptions", false);

  /** The layouts. */
  public enum Kind {
    /** {@code A.B} is the directory {@code .A.B}. */
    MAILDIRPLUSPLUS("maildir++", '.'),
    /** {@code A/B} is the directory {@code A/B}. */
    FS("fs", '/');

    private final String word;
    private final char separator;

    Kind(String word, char separator) {
      this.word = word;
      this.separator = separator;
    }

    /** As {@code LAYOUT=} names it. */
    public String word() {
      return word;
    }

    /** What stands between the levels of a name on disk. */
    public char separator() {
      return separator;
    }
  }
}
