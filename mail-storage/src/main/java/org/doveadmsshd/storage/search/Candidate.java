package org.doveadmsshd.storage.search;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.MimeScanner;
import org.doveadmsshd.storage.mime.MimeTree;
import org.doveadmsshd.storage.mime.MimeVisitor;
import org.doveadmsshd.storage.mime.Part;
import org.doveadmsshd.storage.mime.SearchBuffers;
import org.doveadmsshd.storage.mime.SentDate;
import org.doveadmsshd.storage.mime.TextSearch;
import org.doveadmsshd.storage.mime.TextSearches;

/**
 * The mail that a search looks at, with the bytes that have been read so far.
 *
 * <p>One object serves a whole search: {@link #take} turns it to the next mail. It holds the first
 * {@value MimeScanner#BUFFER} bytes of the file, which for most mails is all of it.
 */
public final class Candidate implements Closeable {
  /** Most headers are shorter. */
  private static final int HEADER = 4096;

  /** How much is kept of the fields of a mail's own header that are asked for, in bytes. */
  static final int MAX_HEADER = 4 * 1024 * 1024;

  private final List<SearchBuffers> buffers = new ArrayList<>();

  /** The first bytes of the file; nothing as long as no file has been read. */
  private byte[] head = {};

  private final int mailCount;
  private Mail mail;
  private Flags flags;
  private int headLength;
  private boolean whole;
  private MimeTree structure;
  private Map<Query.Text, Boolean> found;

  /** What follows the head; null once it has been read. */
  private InputStream rest;

  /**
   * @param mailCount how many mails the mailbox has: what {@code *} means in a sequence set
   */
  public Candidate(int mailCount) {
    this.mailCount = mailCount;
  }

  /** Turns to another mail. */
  public Candidate take(Mail next) {
    mail = next;
    flags = null;
    headLength = -1;
    structure = null;
    found = null;
    close();
    return this;
  }

  public Mail mail() {
    return mail;
  }

  int mailCount() {
    return mailCount;
  }

  /** Whether the mail has a flag. */
  boolean has(Flag flag) throws Failure {
    return flags == null ? mail.has(flag) : flags.has(flag);
  }

  /** The mail's flags. */
  public Flags flags() throws Failure {
    if (flags == null) {
      flags = mail.flags();
    }
    return flags;
  }

  /** The fields of some names, in lower case, of the mail's own header. */
  List<HeaderField> header(List<String> names) throws Failure {
    FieldList fields = new FieldList(names);
    scan(fields, true);
    return fields.fields;
  }

  /**
   * The values of the fields of a name, in any case, in the mail's own header. Cached values cost
   * nothing; values that belong into the cache are given to the store.
   */
  public List<String> header(String name) throws Failure {
    Optional<List<String>> remembered = mail.rememberedHeader(name);
    if (remembered.isPresent()) {
      return remembered.get();
    }
    List<String> values = new ArrayList<>(1);
    for (HeaderField field : readHeader(name)) {
      if (field.isNamed(name)) {
        values.add(field.value());
      }
    }
    return values;
  }

  /** Reads the fields of a name, and with them those that the store remembers. */
  private List<HeaderField> readHeader(String name) throws Failure {
    if (mail.rememberedNames().stream().noneMatch(name::equalsIgnoreCase)) {
      return header(List.of(name));
    }
    List<HeaderField> fields = header(mail.rememberedNames());
    mail.rememberHeader(fields);
    return fields;
  }

  /** The structure of the mail. */
  public MimeTree structure() throws Failure {
    if (structure == null) {
      MimeTree tree = new MimeTree();
      scan(tree);
      structure = tree;
    }
    return structure;
  }

  /**
   * Whether a text is in it.
   *
   * @param all the texts of the query, which are all looked for when the first is asked for
   */
  boolean has(Query.Text text, List<Query.Text> all) throws Failure {
    if (found == null) {
      List<TextSearch> searches = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        if (buffers.size() == i) {
          buffers.add(new SearchBuffers());
        }
        searches.add(new TextSearch(all.get(i).needle(), all.get(i).inHeaders(), buffers.get(i)));
      }
      TextSearches together = new TextSearches(searches);
      if (!together.isDone()) {
        scan(together);
      }
      found = new IdentityHashMap<>();
      for (int i = 0; i < all.size(); i++) {
        found.put(all.get(i), searches.get(i).isFound());
      }
    }
    return found.get(text);
  }

  /** The Date field; 1970 when there is none that can be read. */
  public SentDate sent() throws Failure {
    return readableSent().orElse(SentDate.NONE);
  }

  /** The Date field; nothing when there is none that can be read. */
  Optional<SentDate> readableSent() throws Failure {
    List<String> dates = header("date");
    return dates.isEmpty() ? Optional.empty() : SentDate.parse(dates.get(0));
  }

  /** Shows all of the mail to a visitor. */
  public void scan(MimeVisitor visitor) throws Failure {
    scan(visitor, false);
  }

  private void scan(MimeVisitor visitor, boolean headerOnly) throws Failure {
    try {
      read(headerOnly ? HEADER : MimeScanner.BUFFER);
      if (headerOnly && !whole && !hasHeaderEnd()) {
        read(MimeScanner.BUFFER);
      }
      if (headerOnly && (whole || hasHeaderEnd())) {
        new MimeScanner(head, headLength, null, visitor).scanHeader();
      } else if (whole) {
        new MimeScanner(head, headLength, null, visitor).scan();
      } else {
        scanAll(visitor, headerOnly);
      }
    } catch (UnreadableMailException e) {
      throw e.failure();
    } catch (IOException e) {
      throw new MailFailure("A mail cannot be read: " + Reason.of(e), e);
    }
  }

  private void scanAll(MimeVisitor visitor, boolean headerOnly) throws Failure, IOException {
    byte[] buffer = head.clone(); // the scanner moves in it, and others want to see the head
    try (InputStream in = takeRest()) {
      MimeScanner scanner = new MimeScanner(buffer, headLength, in, visitor);
      if (headerOnly) {
        scanner.scanHeader();
      } else {
        scanner.scan();
      }
    }
  }

  /** Whether the header ends within the head, so that nothing else need be read for it. */
  private boolean hasHeaderEnd() {
    for (int i = 0; i + 2 < headLength; i++) {
      boolean bare = head[i] == '\n' && head[i + 1] == '\n';
      if (bare || head[i] == '\n' && head[i + 1] == '\r' && head[i + 2] == '\n') {
        return true;
      }
    }
    return headLength > 0 && head[0] == '\n';
  }

  private InputStream takeRest() throws Failure, IOException {
    InputStream taken = rest;
    rest = null;
    if (taken == null) {
      taken = mail.open();
      taken.skipNBytes(headLength);
    }
    return taken;
  }

  /**
   * Reads this much of the mail into the head, or all of it where it is shorter. The rest is taken
   * only when the head is full.
   */
  private void read(int wanted) throws Failure, IOException {
    if (headLength < 0) {
      rest = mail.open();
      head = head.length == 0 ? new byte[MimeScanner.BUFFER] : head;
      headLength = 0;
      whole = false;
    }
    if (whole || headLength >= wanted) {
      return;
    }
    headLength += rest.readNBytes(head, headLength, wanted - headLength);
    whole = headLength < wanted;
    if (whole) {
      close();
    }
  }

  /** Closes the mail; the candidate may be turned to another one. */
  @Override
  public void close() {
    if (rest != null) {
      try {
        rest.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // of a file that is only read: cannot happen
      }
      rest = null;
    }
  }

  /** Gathers the header fields of some names; fields beyond a limit are ignored. */
  private static final class FieldList implements MimeVisitor {
    private final List<HeaderField> fields = new ArrayList<>();
    private final List<String> names;
    private int size;

    FieldList(List<String> names) {
      this.names = names;
    }

    @Override
    public boolean wantsField(byte[] bytes, int from, int to) {
      for (String name : names) {
        if (HeaderField.isNamed(name, bytes, from, to)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void field(Part part, HeaderField field) {
      int more = field.name().length() + field.value().length();
      if (size + more <= MAX_HEADER && names.stream().anyMatch(field::isNamed)) {
        fields.add(field);
        size += more;
      }
    }
  }
}
