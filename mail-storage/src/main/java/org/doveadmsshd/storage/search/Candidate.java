package org.doveadmsshd.storage.search;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.MimeScanner;
import org.doveadmsshd.storage.mime.MimeVisitor;
import org.doveadmsshd.storage.mime.Part;
import org.doveadmsshd.storage.mime.SentDate;

/**
 * The mail that is being looked at, with what has been read of it so far.
 *
 * <p>One object serves a whole search: {@link #take} turns it to the next mail. It holds the first
 * {@value MimeScanner#BUFFER} bytes of the file, which for most mails is all of it.
 */
public final class Candidate {
  private final byte[] head = new byte[MimeScanner.BUFFER];
  private final byte[] scanBuffer = new byte[MimeScanner.BUFFER];
  private final int mailCount;
  private Mail mail;
  private Flags flags;
  private int headLength;
  private boolean whole;
  private List<HeaderField> header;

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
    header = null;
    return this;
  }

  public Mail mail() {
    return mail;
  }

  int mailCount() {
    return mailCount;
  }

  /** The mail's flags. */
  public Flags flags() throws Failure {
    if (flags == null) {
      flags = mail.flags();
    }
    return flags;
  }

  /** The fields of the mail's own header. */
  public List<HeaderField> header() throws Failure {
    if (header == null) {
      List<HeaderField> fields = new ArrayList<>();
      scan(new FieldList(fields), true);
      header = fields;
    }
    return header;
  }

  /** The Date field; 1970 when there is none that can be read. */
  public SentDate sent() throws Failure {
    for (HeaderField field : header()) {
      if (field.isNamed("date")) {
        return SentDate.parse(field.value()).orElse(SentDate.NONE);
      }
    }
    return SentDate.NONE;
  }

  /** Shows all of the mail to a visitor. */
  void scan(MimeVisitor visitor) throws Failure {
    scan(visitor, false);
  }

  private void scan(MimeVisitor visitor, boolean headerOnly) throws Failure {
    try {
      readHead();
      if (whole) {
        System.arraycopy(head, 0, scanBuffer, 0, headLength);
        run(new MimeScanner(scanBuffer, headLength, null, visitor), headerOnly);
        return;
      }
      try (InputStream in = mail.open()) {
        run(new MimeScanner(scanBuffer, 0, in, visitor), headerOnly);
      }
    } catch (IOException e) {
      throw Failure.temporary("A mail cannot be read", e);
    }
  }

  private static void run(MimeScanner scanner, boolean headerOnly) throws IOException {
    if (headerOnly) {
      scanner.scanHeader();
    } else {
      scanner.scan();
    }
  }

  private void readHead() throws Failure, IOException {
    if (headLength >= 0) {
      return;
    }
    try (InputStream in = mail.open()) {
      headLength = Math.max(0, in.readNBytes(head, 0, head.length));
      whole = headLength < head.length;
    }
  }

  /** Gathers header fields. */
  private record FieldList(List<HeaderField> fields) implements MimeVisitor {
    @Override
    public void field(Part part, HeaderField field) {
      fields.add(field);
    }

    @Override
    public boolean headerEnd(Part part) {
      return false;
    }

    @Override
    public void body(byte[] bytes, int offset, int length) {}

    @Override
    public void bodyEnd() {}

    @Override
    public boolean isDone() {
      return false;
    }
  }
}
