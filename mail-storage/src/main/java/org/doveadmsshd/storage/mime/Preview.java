package org.doveadmsshd.storage.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.storage.charset.Charsets;

/**
 * The beginning of what a mail says: of its first text part at most {@value #LENGTH} characters,
 * without markup and quoted lines, white space made single spaces.
 */
public final class Preview implements MimeVisitor, TransferDecoder.Output {
  private static final int LENGTH = 200;

  /** How much of a part is looked at, in decoded bytes. */
  private static final int MAX_BYTES = 64 * 1024;

  private final ByteArrayOutputStream decoded = new ByteArrayOutputStream();
  private Part chosen;
  private TransferDecoder transfer;
  private boolean done;

  @Override
  public boolean headerEnd(Part part) {
    boolean plain = part.type().equals("text/plain");
    boolean html = part.type().equals("text/html");
    if (chosen != null || !plain && !html || isInMessage(part)) {
      return false;
    }
    chosen = part;
    transfer = new TransferDecoder(part.encoding(), this);
    return true;
  }

  private static boolean isInMessage(Part part) {
    for (Part outer = part.parent(); outer != null; outer = outer.parent()) {
      if (outer.isMessage()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void body(byte[] bytes, int offset, int length) {
    transfer.accept(bytes, offset, length);
    done = decoded.size() >= MAX_BYTES;
  }

  @Override
  public void accept(byte[] bytes, int offset, int length) {
    decoded.write(bytes, offset, Math.min(length, MAX_BYTES));
  }

  @Override
  public void bodyEnd() {
    done = chosen != null;
  }

  @Override
  public boolean isDone() {
    return done;
  }

  /** The preview; empty where there is no text. */
  public String text() {
    if (chosen == null) {
      return "";
    }
    String text = new String(decoded.toByteArray(), Charsets.of(chosen.charset()));
    String plain = chosen.type().equals("text/html") ? withoutMarkup(text) : withoutQuotes(text);
    String collapsed =
        plain.replaceAll("[\\s\\x00\\u00a0\\u200b\\u200e\\u200f\\ufeff]+", " ").strip();
    int end = Math.min(collapsed.codePointCount(0, collapsed.length()), LENGTH);
    return collapsed.substring(0, collapsed.offsetByCodePoints(0, end)).stripTrailing();
  }

  private static String withoutQuotes(String text) {
    StringBuilder own = new StringBuilder();
    for (String line : text.split("\n")) {
      if (!line.startsWith(">")) {
        own.append(line).append('\n');
      }
    }
    return own.toString();
  }

  /** Linear in the text, whatever it holds. */
  private static String withoutMarkup(String html) {
    StringBuilder text = new StringBuilder();
    String hidden = null;
    int at = 0;
    while (at < html.length()) {
      int open = html.indexOf('<', at);
      int end = open < 0 ? html.length() : open;
      if (hidden == null) {
        text.append(html, at, end);
      }
      if (open < 0) {
        break;
      }
      int close =
          html.startsWith("<!--", open) ? html.indexOf("-->", open) + 2 : html.indexOf('>', open);
      if (close < open) {
        break;
      }
      hidden = hidden(html, open, hidden);
      text.append(' ');
      at = close + 1;
    }
    return entities(text.toString());
  }

  /** The element whose content is not shown, after a tag. */
  private static String hidden(String html, int tag, String before) {
    for (String element : new String[] {"style", "script", "head", "title", "blockquote"}) {
      boolean opens = html.regionMatches(true, tag + 1, element, 0, element.length());
      if (opens && before == null && !isNameChar(html, tag + 1 + element.length())) {
        return element;
      }
      boolean closes =
          html.startsWith("/", tag + 1)
              && html.regionMatches(true, tag + 2, element, 0, element.length());
      if (closes && element.equals(before)) {
        return null;
      }
    }
    return before;
  }

  private static boolean isNameChar(String html, int at) {
    return at < html.length() && Character.isLetterOrDigit(html.charAt(at));
  }

  private static String entities(String text) {
    return text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
  }

  /** The preview in UTF-8. */
  public byte[] bytes() {
    return text().getBytes(StandardCharsets.UTF_8);
  }
}
