package org.doveadmsshd.storage.mime;

import java.nio.charset.Charset;
import java.util.Optional;
import org.doveadmsshd.storage.charset.Charsets;
import org.doveadmsshd.storage.charset.TextDecoder;

/**
 * Searches the decoded text of one part.
 *
 * <p>As long as a part in an ASCII-compatible charset has shown nothing but ASCII, and characters
 * that cannot be part of a match, bytes are compared as they are. From the first piece on that has
 * others, everything is decoded and folded.
 */
final class PartText implements TransferDecoder.Sink {
  private final Needle needle;
  private final Needle.Search search;
  private final Charset charset;
  private final byte[] tail;
  private int tailLength;
  private final Optional<HighBytes> highBytes;
  private boolean plain;
  private boolean found;
  private final SearchBuffers buffers;
  private TextDecoder decoder;

  PartText(Needle needle, String charsetName, SearchBuffers buffers) {
    this(needle, needle.new Search(buffers), charsetName, buffers, needle.isAscii());
  }

  /** Goes on with a search that has been through the header, in the same buffers. */
  PartText(Needle.Search search, String charsetName, SearchBuffers buffers) {
    this(null, search, charsetName, buffers, false);
  }

  private PartText(
      Needle needle,
      Needle.Search search,
      String charsetName,
      SearchBuffers buffers,
      boolean comparesBytes) {
    this.needle = needle;
    this.search = search;
    this.buffers = buffers;
    this.charset = Charsets.of(charsetName);
    this.plain = comparesBytes && isAsciiCompatible(charset);
    this.highBytes = plain ? HighBytes.of(charset) : Optional.empty();
    this.tail = new byte[plain ? 2 * needle.length() : 0];
  }

  /** Whether bytes below 0x80 always mean ASCII, wherever they stand. */
  private static boolean isAsciiCompatible(Charset charset) {
    String name = charset.name();
    return name.equals("UTF-8")
        || name.startsWith("ISO-8859-")
        || name.startsWith("windows-125")
        || name.startsWith("x-amended-windows-125")
        || name.startsWith("KOI8")
        || name.startsWith("x-amended-EUC-");
  }

  @Override
  public void accept(byte[] bytes, int offset, int length) {
    if (found || length == 0) {
      return;
    }
    if (plain && isPlain(bytes, offset, offset + length)) {
      comparePlain(bytes, offset, length);
      return;
    }
    if (plain) {
      plain = false;
      decode(tail, 0, tailLength);
    }
    decode(bytes, offset, length);
  }

  /** Whether comparing bytes is enough in a piece. */
  private boolean isPlain(byte[] bytes, int from, int to) {
    int high = Octets.nextHigh(bytes, from, to);
    if (high == to) {
      return true;
    }
    return highBytes.isPresent() && !highBytes.get().mayMatch(needle.pattern(), bytes, from, to);
  }

  private void comparePlain(byte[] bytes, int offset, int length) {
    int keep = needle.length() - 1;
    if (tailLength > 0) {
      // a match may begin in the last piece and end in this one
      int take = Math.min(keep, length);
      System.arraycopy(bytes, offset, tail, tailLength, take);
      found = needle.pattern().find(tail, 0, tailLength + take) >= 0;
    }
    found = found || needle.pattern().find(bytes, offset, offset + length) >= 0;
    if (length >= keep) {
      System.arraycopy(bytes, offset + length - keep, tail, 0, keep);
      tailLength = keep;
    } else {
      int old = Math.min(tailLength, keep - length);
      System.arraycopy(tail, tailLength - old, tail, 0, old);
      System.arraycopy(bytes, offset, tail, old, length);
      tailLength = old + length;
    }
  }

  private void decode(byte[] bytes, int offset, int length) {
    if (decoder == null) {
      decoder = new TextDecoder(charset, buffers.chars(), this::search);
    }
    decoder.accept(bytes, offset, length);
    found = search.isFound();
  }

  private void search(char[] text, int offset, int length) {
    search.accept(text, offset, offset + length);
  }

  boolean isFound() {
    return found;
  }
}
