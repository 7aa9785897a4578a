package org.doveadmsshd.storage.search;

import org.doveadmsshd.storage.mime.HeaderText;

/**
 * The base subject of a mail (RFC 5256 section 2.1): what its subject and those of its replies and
 * forwards have in common. Loops, as regular expressions for it can be made to overflow the stack.
 */
final class BaseSubject {
  private static final String FORWARDED = "(FWD)";
  private static final String FORWARD_HEADER = "[FWD:";

  private final String text;

  /** The rest of the text. */
  private int start;

  private int end;

  /** Where the blobs end that the text begins with. */
  private int blobsEnd;

  private BaseSubject(String text) {
    this.text = text;
    this.end = text.length();
  }

  /**
   * The base subject of a field value, folded: equal for mails that belong together; empty for
   * none.
   */
  static String of(String value) {
    return new BaseSubject(HeaderText.folded(value)).reduce();
  }

  private String reduce() {
    do {
      removeTrailers();
      while (removeLeader() | removeBlobs()) {
        // as long as there is one of them
      }
    } while (removeForwardHeader());
    return text.substring(start, end);
  }

  private boolean startsWith(String prefix, int at) {
    return at + prefix.length() <= end && text.startsWith(prefix, at);
  }

  private void removeTrailers() {
    while (end > start) {
      if (text.charAt(end - 1) == ' ') {
        end--;
      } else if (end - start >= FORWARDED.length()
          && text.startsWith(FORWARDED, end - FORWARDED.length())) {
        end -= FORWARDED.length();
      } else {
        return;
      }
    }
  }

  /**
   * A space, or blobs and a {@code Re:} or the like behind them. Blobs that nothing of that kind
   * stands behind are removed by {@link #removeBlobs}.
   */
  private boolean removeLeader() {
    boolean space = startsWith(" ", start);
    start += space ? 1 : 0;
    blobsEnd = start;
    for (int behind = behindBlob(start); behind > blobsEnd; behind = behindBlob(behind)) {
      blobsEnd = behind;
    }
    int at = blobsEnd;
    if (startsWith("RE", at) || startsWith("FW", at)) {
      at += startsWith("FWD", at) ? 3 : 2;
      at += startsWith(" ", at) ? 1 : 0;
      at = behindBlob(at);
      if (startsWith(":", at)) {
        start = at + 1;
        blobsEnd = start;
        return true;
      }
    }
    return space;
  }

  /** Blobs that something stands behind. */
  private boolean removeBlobs() {
    int before = start;
    int behind = behindBlob(start);
    while (behind > start && behind < end) {
      start = behind;
      // those of one run at once: looked at one by one, many would take the square of their number
      behind = start < blobsEnd ? behindBlob(start) : start;
    }
    return start > before;
  }

  /** The place behind {@code [...]} and a space; the same place where there is no such thing. */
  private int behindBlob(int at) {
    if (!startsWith("[", at)) {
      return at;
    }
    for (int i = at + 1; i < end && text.charAt(i) != '['; i++) {
      if (text.charAt(i) == ']') {
        return startsWith(" ", i + 1) ? i + 2 : i + 1;
      }
    }
    return at;
  }

  private boolean removeForwardHeader() {
    boolean removed = startsWith(FORWARD_HEADER, start) && text.charAt(end - 1) == ']';
    start += removed ? FORWARD_HEADER.length() : 0;
    end -= removed ? 1 : 0;
    return removed;
  }
}
