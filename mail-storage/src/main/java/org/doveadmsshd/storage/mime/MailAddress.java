package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.james.mime4j.dom.address.Address;
import org.apache.james.mime4j.dom.address.AddressList;
import org.apache.james.mime4j.dom.address.Group;
import org.apache.james.mime4j.dom.address.Mailbox;
import org.apache.james.mime4j.field.address.LenientAddressParser;
import org.apache.james.mime4j.stream.ParserCursor;
import org.apache.james.mime4j.util.ByteArrayBuffer;

/**
 * One address of a header field, as IMAP's ENVELOPE has it (RFC 3501 section 7.4.2): a group begins
 * with an entry that has only its name as mailbox and ends with one that has nothing.
 *
 * @param name of the person, encoded-words not decoded, one char a byte; null for none
 * @param mailbox null at the end of a group
 * @param domain null at the beginning and the end of a group; empty where it is missing
 */
public record MailAddress(String name, String route, String mailbox, String domain) {
  /** Stands for {@code =?} where an encoded-word is to be left alone; made of atom characters. */
  static final String HIDDEN = "=`?";

  /** Where a field is longer than this, the rest is not looked at. */
  private static final int MAX_LENGTH = 1024 * 1024;

  /** Reads the addresses of a field value. */
  public static List<MailAddress> parse(String value) {
    List<MailAddress> addresses = new ArrayList<>();
    for (Address address : list(value)) {
      if (address instanceof Group) {
        Group group = (Group) address;
        addresses.add(new MailAddress(null, null, shown(group.getName()), null));
        group.getMailboxes().forEach(mailbox -> addresses.add(of(mailbox)));
        addresses.add(new MailAddress(null, null, null, null));
      } else {
        addresses.add(of((Mailbox) address));
      }
    }
    return addresses;
  }

  /** The addresses as the parser gives them, with {@link #HIDDEN} in them. */
  static AddressList list(String value) {
    String unfolded = HeaderText.unfold(value);
    String cut = unfolded.substring(0, Math.min(unfolded.length(), MAX_LENGTH));
    // encoded-words are text here, so the parser must not recognize them
    byte[] bytes = cut.replace("=?", HIDDEN).getBytes(StandardCharsets.ISO_8859_1);
    return LenientAddressParser.DEFAULT.parseAddressList(
        new ByteArrayBuffer(bytes, true), new ParserCursor(0, bytes.length));
  }

  private static MailAddress of(Mailbox mailbox) {
    String name = mailbox.getName();
    String domain = mailbox.getDomain();
    String route =
        mailbox.getRoute().isEmpty() ? null : "@" + String.join(",@", mailbox.getRoute());
    return new MailAddress(
        name == null || name.isEmpty() ? null : shown(name),
        route,
        mailbox.getLocalPart() == null ? "" : shown(mailbox.getLocalPart()),
        domain == null ? "" : shown(domain));
  }

  private static String shown(String text) {
    return text.replace(HIDDEN, "=?");
  }
}
