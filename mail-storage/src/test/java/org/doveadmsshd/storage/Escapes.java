package org.doveadmsshd.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes of mails written in files of text: what they mean is said in {@code structure.answers}. */
public final class Escapes {
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:x([0-9a-f]{2})|([rnt0\\\\])|z\n)|\\{([^{}*])\\*([0-9]+)}");

  private Escapes() {}

  /** A file beside a class. */
  public static String file(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes that a text stands for. */
  public static byte[] bytes(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Matcher matcher = ESCAPE.matcher(escaped);
    int at = 0;
    while (matcher.find()) {
      bytes.writeBytes(escaped.substring(at, matcher.start()).getBytes(StandardCharsets.UTF_8));
      if (matcher.group(1) != null) {
        bytes.write(Integer.parseInt(matcher.group(1), 16));
      } else if (matcher.group(2) != null) {
        bytes.write("\r\n\t\0\\".charAt("rnt0\\".indexOf(matcher.group(2))));
      } else if (matcher.group(3) != null) {
        int count = Integer.parseInt(matcher.group(4));
        bytes.writeBytes(matcher.group(3).repeat(count).getBytes(StandardCharsets.UTF_8));
      }
      at = matcher.end();
    }
    bytes.writeBytes(escaped.substring(at).getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }
}
