package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.dom.address.Address;
import org.apache.james.mime4j.dom.address.AddressList;
import org.apache.james.mime4j.dom.address.Group;
import org.apache.james.mime4j.dom.address.Mailbox;

/** The readable text of header values. */
public final class HeaderText {
  /** One word of RFC 5322 section 3.2.3, raw 8-bit characters included. */
  private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\x80-\\xff-]+";

  private HeaderText() {}

  /** Undoes folding and decodes encoded-words (RFC 2047); raw bytes are read as UTF-8. */
  public static String decode(String value) {
    String unfolded = unfold(value);
    if (!unfolded.contains("=?")) {
      return utf8(unfolded);
    }
    return DecoderUtil.decodeEncodedWords(utf8(unfolded), DecodeMonitor.SILENT);
  }

  /** As {@link #decode}, with every run of white space made one space. */
  public static String decodeCompressed(String value) {
    return decode(value).replaceAll("[ \\t\\r\\n]+", " ");
  }

  /**
   * The addresses of a field in one form, as Dovecot compares them: {@code name <mailbox@domain>}
   * with the name in quotes unless it is a single atom, groups as {@code name: …;}; then decoded.
   * What is no address stays as it is.
   */
  public static String addresses(String value) {
    // quoting is decided before encoded-words are decoded
    AddressList list = MailAddress.list(value);
    if (list.isEmpty()) {
      return decode(value);
    }
    StringBuilder text = new StringBuilder();
    for (Address address : list) {
      text.append(text.length() > 0 ? ", " : "");
      append(address, text);
    }
    return decode(text.toString().replace(MailAddress.HIDDEN, "=?"));
  }

  private static void append(Address address, StringBuilder text) {
    if (address instanceof Group) {
      Group group = (Group) address;
      text.append(group.getName()).append(':');
      String before = " ";
      for (Mailbox mailbox : group.getMailboxes()) {
        append(mailbox, text.append(before));
        before = ", ";
      }
      text.append(';');
    } else {
      append((Mailbox) address, text);
    }
  }

  private static void append(Mailbox mailbox, StringBuilder text) {
    String name = mailbox.getName();
    if (name == null || name.isEmpty()) {
      text.append(mailbox.getAddress());
      return;
    }
    boolean atom = name.matches(ATOM);
    text.append(atom ? name : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    text.append(" <").append(mailbox.getAddress()).append('>');
  }

  /** Takes line breaks out; the white space after them stays. */
  static String unfold(String value) {
    return value.indexOf('\n') < 0 ? value : value.replace("\r\n", "").replace("\n", "");
  }

  private static String utf8(String oneCharAByte) {
    return isAscii(oneCharAByte)
        ? oneCharAByte
        : new String(oneCharAByte.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
