package org.doveadmsshd.storage.mime;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.dom.address.Address;
import org.apache.james.mime4j.dom.address.AddressList;
import org.apache.james.mime4j.dom.address.Group;
import org.apache.james.mime4j.dom.address.Mailbox;
import org.apache.james.mime4j.field.address.LenientAddressParser;
import org.apache.james.mime4j.stream.ParserCursor;
import org.apache.james.mime4j.util.ByteArrayBuffer;

/** The readable text of header values. */
public final class HeaderText {
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
   * The addresses of a field, each as {@code name <mailbox@domain>}, groups as {@code name: …;},
   * and decoded. What is no address stays as it is.
   */
  public static String addresses(String value) {
    byte[] bytes = unfold(value).getBytes(StandardCharsets.ISO_8859_1);
    AddressList list =
        LenientAddressParser.DEFAULT.parseAddressList(
            new ByteArrayBuffer(bytes, true), new ParserCursor(0, bytes.length));
    if (list.isEmpty()) {
      return decode(value);
    }
    StringBuilder text = new StringBuilder();
    for (Address address : list) {
      text.append(text.length() > 0 ? ", " : "");
      append(address, text);
    }
    return text.toString();
  }

  private static void append(Address address, StringBuilder text) {
    if (address instanceof Group) {
      Group group = (Group) address;
      text.append(group.getName()).append(": ");
      String between = "";
      for (Mailbox mailbox : group.getMailboxes()) {
        append(mailbox, text.append(between));
        between = ", ";
      }
      text.append(';');
    } else {
      append((Mailbox) address, text);
    }
  }

  private static void append(Mailbox mailbox, StringBuilder text) {
    if (mailbox.getName() == null) {
      text.append(mailbox.getAddress());
    } else {
      text.append(ifUtf8(mailbox.getName())).append(" <").append(mailbox.getAddress()).append('>');
    }
  }

  /** Takes line breaks out; the white space after them stays. */
  private static String unfold(String value) {
    return value.indexOf('\n') < 0 ? value : value.replace("\r\n", "").replace("\n", "");
  }

  private static String utf8(String oneCharAByte) {
    return isAscii(oneCharAByte)
        ? oneCharAByte
        : new String(oneCharAByte.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** The parser decodes encoded-words, but leaves raw UTF-8 as one char a byte: reads that. */
  private static String ifUtf8(String text) {
    if (isAscii(text) || text.chars().anyMatch(c -> c > 0xff)) {
      return text;
    }
    try {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return text;
    }
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
