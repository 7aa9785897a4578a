package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;
import org.doveadmsshd.storage.charset.Charsets;
import org.doveadmsshd.storage.charset.TextDecoder;

/**
 * The beginning of what a mail says: that of its first part of type text; in multipart/alternative
 * of one that is plain, else of the last in HTML, else of the last of another kind. Messages inside
 * do not count.
 */
public final class Preview implements MimeVisitor {
  private static final int OTHER = 1;
  private static final int HTML = 2;
  private static final int PLAIN = 3;

  private final SearchBuffers buffers = new SearchBuffers();
  private Snippet snippet = new Snippet();
  private TransferDecoder transfer;

  /** The multipart whose parts are alternatives to the one chosen so far; null outside of one. */
  private Part alternatives;

  /** The kind of what has been chosen; 0 for nothing yet. */
  private int chosen;

  private boolean isLast;
  private boolean done;

  @Override
  public boolean headerEnd(Part part) {
    Part among = outermostAlternative(part.parent());
    done = chosen > 0 && among != alternatives;
    int kind = kind(part);
    if (done || kind < chosen || kind == 0 || isInMessage(part)) {
      return false;
    }
    if (among != null && among != part.parent()) {
      return false; // deeper inside nobody looks
    }
    alternatives = among;
    chosen = kind;
    isLast = among == null || kind == PLAIN;
    begin(part);
    return true;
  }

  private static Part outermostAlternative(Part inner) {
    Part found = null;
    for (Part part = inner; part != null; part = part.parent()) {
      found = part.type().equals("multipart/alternative") ? part : found;
    }
    return found;
  }

  private static int kind(Part part) {
    return switch (part.type()) {
      case "text/plain" -> PLAIN;
      case "text/html" -> HTML;
      default -> part.type().equals("text") || part.type().startsWith("text/") ? OTHER : 0;
    };
  }

  private static boolean isInMessage(Part part) {
    for (Part outer = part.parent(); outer != null; outer = outer.parent()) {
      if (outer.isMessage()) {
        return true;
      }
    }
    return false;
  }

  private void begin(Part part) {
    snippet = new Snippet();
    boolean readable = !part.type().equals("text"); // a subtype is missing
    TextDecoder.Sink text =
        part.type().equals("text/html") ? new HtmlText(snippet)::accept : snippet::accept;
    TextDecoder charset = new TextDecoder(Charsets.of(part.charset()), buffers.chars(), text);
    Part.Encoding encoding = readable ? part.encoding() : Part.Encoding.UNKNOWN;
    transfer = new TransferDecoder(encoding, charset::accept, buffers);
  }

  @Override
  public void body(byte[] bytes, int offset, int length) {
    if (!snippet.isFull()) {
      transfer.accept(bytes, offset, length);
    }
    done = isLast && snippet.isFull();
  }

  @Override
  public void bodyEnd() {
    done |= isLast;
  }

  @Override
  public boolean isDone() {
    return done;
  }

  /** The preview; empty where there is no text. */
  public String text() {
    return snippet.text();
  }

  /** The preview in UTF-8. */
  public byte[] bytes() {
    return text().getBytes(StandardCharsets.UTF_8);
  }
}
