package org.doveadmsshd.storage.mime;

/**
 * The first {@value #LENGTH} characters of a text, white space made single spaces. Lines that begin
 * with {@code >} are quoted: they are only taken where there is nothing else, with one {@code >} in
 * front of all.
 */
final class Snippet {
  private static final int LENGTH = 200;

  /** A byte order mark, which is no text wherever it stands. */
  private static final char MARK = '\ufeff';

  private final Target own = new Target(LENGTH);
  private final Target quoted = new Target(LENGTH - 1);
  private Target target = own;
  private boolean atLineStart = true;

  /** Whether white space has come behind some text, be that quoted or not, as in Dovecot. */
  private boolean space;

  /** Takes a piece of text. */
  void accept(char[] text, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      accept(text[i]);
    }
  }

  void accept(char c) {
    boolean quotes = atLineStart && c == '>';
    if (atLineStart) {
      target = quotes ? quoted : own;
    }
    atLineStart = c == '\n';
    if (!quotes) {
      target.add(c);
    }
  }

  /** Whether what follows does not matter. */
  boolean isFull() {
    return own.isFull();
  }

  /** The characters so far. */
  String text() {
    if (own.text.length() > 0) {
      return own.text.toString();
    }
    return quoted.text.length() > 0 ? ">" + quoted.text : "";
  }

  /** Text with single spaces. */
  private final class Target {
    private final StringBuilder text = new StringBuilder();
    private int left;

    Target(int length) {
      left = length;
    }

    void add(char c) {
      if (c == 0 || c == MARK) {
        return;
      }
      if (c == ' ' || c >= '\t' && c <= '\r') {
        space |= text.length() > 0;
      } else if (!isFull()) {
        addText(c);
      }
    }

    private void addText(char c) {
      if (space) {
        space = false;
        left--;
        text.append(left > 0 && text.length() > 0 ? " " : "");
      }
      if (left > 0) {
        text.append(c);
        left -= Character.isHighSurrogate(c) ? 0 : 1;
      }
    }

    boolean isFull() {
      return left <= 0;
    }
  }
}
