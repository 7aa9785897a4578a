package org.doveadmsshd.storage.maildir;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Modified UTF-7: how mailbox names are spelled on disk (RFC 3501 section 5.1.3). */
public final class ModifiedUtf7 {
  private ModifiedUtf7() {}

  /** Encodes any text; printable ASCII stays as it is. */
  public static String encode(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      if (isDirect(c)) {
        out.append(c == '&' ? "&-" : String.valueOf(c));
        i++;
        continue;
      }
      int end = i;
      while (end < text.length() && !isDirect(text.charAt(end))) {
        end++;
      }
      byte[] utf16 = text.substring(i, end).getBytes(StandardCharsets.UTF_16BE);
      String base64 = Base64.getEncoder().withoutPadding().encodeToString(utf16);
      out.append('&').append(base64.replace('/', ',')).append('-');
      i = end;
    }
    return out.toString();
  }

  /** Decodes, or says nothing when the name is not what {@link #encode} would have written. */
  public static Optional<String> decode(String encoded) {
    StringBuilder out = new StringBuilder(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c != '&') {
        if (!isDirect(c)) {
          return Optional.empty();
        }
        out.append(c);
        continue;
      }
      int end = encoded.indexOf('-', i);
      if (end < 0 || !decodeRun(encoded.substring(i + 1, end), out)) {
        return Optional.empty();
      }
      i = end;
    }
    String decoded = out.toString();
    return encode(decoded).equals(encoded) ? Optional.of(decoded) : Optional.empty();
  }

  private static boolean decodeRun(String base64, StringBuilder out) {
    if (base64.isEmpty()) {
      out.append('&');
      return true;
    }
    if (base64.indexOf('/') >= 0) {
      return false;
    }
    try {
      byte[] utf16 = Base64.getDecoder().decode(base64.replace(',', '/'));
      out.append(StandardCharsets.UTF_16BE.newDecoder().decode(ByteBuffer.wrap(utf16)));
      return true;
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return false;
    }
  }

  private static boolean isDirect(char c) {
    return c >= 0x20 && c <= 0x7e;
  }
}
