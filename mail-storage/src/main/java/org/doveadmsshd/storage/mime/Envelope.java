package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.storage.mime.MimeTree.Node;

/** The main header fields of a mail, of which ENVELOPE is made. One char a byte, not decoded. */
public final class Envelope {
  private final Node mail;

  /** The envelope of a mail, or of a message inside one. */
  public Envelope(Node mail) {
    this.mail = mail;
  }

  /** Of several fields the last, with its line breaks; null when there is none. */
  String folded(String name) {
    String value = null;
    for (HeaderField field : mail.fields()) {
      value = field.isNamed(name) ? field.envelopeValue() : value;
    }
    return value;
  }

  /** As {@link #folded}, in one line; null when there is none. */
  public String value(String name) {
    return PartDescription.line(folded(name));
  }

  /** The subject with single spaces; null when there is none. */
  public String subject() {
    String subject = folded("subject");
    return subject == null ? null : compressed(subject.replace("\0", FieldReader.REPLACEMENT));
  }

  /** With every run of white space made one space, and none at the ends. */
  static String compressed(String text) {
    StringBuilder compressed = new StringBuilder(text.length());
    boolean space = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        space = compressed.length() > 0;
      } else {
        compressed.append(space ? " " : "").append(c);
        space = false;
      }
    }
    return compressed.toString();
  }

  /** The addresses of all fields of a name; Sender and Reply-To are From where they are missing. */
  List<MailAddress> addresses(String name) {
    List<MailAddress> addresses = new ArrayList<>();
    for (HeaderField field : mail.fields()) {
      if (field.isNamed(name)) {
        addresses.addAll(MailAddress.parseFilled(field.value()));
      }
    }
    boolean isFrom = name.equals("sender") || name.equals("reply-to");
    return addresses.isEmpty() && isFrom ? addresses("from") : addresses;
  }

  /** As {@link #addresses}, in one form: {@code name <mailbox@domain>}. */
  public String addressText(String name) {
    List<MailAddress> compressed = new ArrayList<>();
    for (MailAddress each : addresses(name)) {
      String named = each.name() == null ? null : compressed(each.name());
      compressed.add(new MailAddress(named, each.route(), each.mailbox(), each.domain()));
    }
    return HeaderText.write(compressed);
  }
}
