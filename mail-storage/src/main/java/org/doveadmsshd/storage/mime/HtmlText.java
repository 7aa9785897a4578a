package org.doveadmsshd.storage.mime;

/**
 * The text of HTML. Tags become spaces; comments, scripts and styles are left out; references to
 * characters are undone; text in {@code blockquote} becomes quoted lines. As lenient as Dovecot,
 * also about a broken end. Takes text in pieces; remembers a few characters.
 */
final class HtmlText {
  /** Longest reference to a character, with its semicolon, in bytes of UTF-8. */
  private static final int MAX_REFERENCE = 10;

  private enum State {
    TEXT,
    /** Behind the beginning of a tag, as long as it may be a special one. */
    OPENING,
    REFERENCE,
    TAG,
    DOUBLE_QUOTED,
    DOUBLE_QUOTED_ESCAPE,
    SINGLE_QUOTED,
    SINGLE_QUOTED_ESCAPE,
    COMMENT,
    COMMENT_DASH,
    COMMENT_END,
    /** In a script or a style. */
    HIDDEN,
    CDATA
  }

  /**
   * What begins something else than a tag, in lower case.
   *
   * @param named whether white space or the tag's end must follow
   */
  private record Opening(String text, boolean named) {}

  private static final Opening COMMENT = new Opening("!--", false);
  private static final Opening SCRIPT = new Opening("script", true);
  private static final Opening STYLE = new Opening("style", true);
  private static final Opening CDATA = new Opening("![cdata[", false);
  private static final Opening QUOTE = new Opening("blockquote", true);
  private static final Opening UNQUOTE = new Opening("/blockquote>", false);
  private static final Opening[] OPENINGS = {COMMENT, SCRIPT, STYLE, CDATA, QUOTE, UNQUOTE};

  private final Snippet out;
  private final StringBuilder pending = new StringBuilder();
  private State state = State.TEXT;
  private String hiddenEnd = "";
  private int referenceBytes;
  private int quotes;
  private char last = '\n';

  HtmlText(Snippet out) {
    this.out = out;
  }

  /** Takes a piece of HTML. */
  void accept(char[] html, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      accept(html[i]);
    }
  }

  private void accept(char c) {
    switch (state) {
      case TEXT -> text(c);
      case OPENING -> opening(c);
      case REFERENCE -> reference(c);
      case TAG -> tag(c);
      case DOUBLE_QUOTED -> quoted(c, '"', State.DOUBLE_QUOTED_ESCAPE);
      case DOUBLE_QUOTED_ESCAPE -> state = State.DOUBLE_QUOTED;
      case SINGLE_QUOTED -> quoted(c, '\'', State.SINGLE_QUOTED_ESCAPE);
      case SINGLE_QUOTED_ESCAPE -> state = State.SINGLE_QUOTED;
      case COMMENT -> state = c == '-' ? State.COMMENT_DASH : State.COMMENT;
      case COMMENT_DASH -> state = c == '-' ? State.COMMENT_END : State.COMMENT;
      case COMMENT_END -> {
        State next = isSpace(c) ? State.COMMENT_END : State.COMMENT;
        state = c == '>' ? State.TEXT : next;
      }
      case HIDDEN -> hidden(c);
      case CDATA -> characterData(c);
    }
  }

  private void text(char c) {
    if (c == '<' || c == '&') {
      state = c == '<' ? State.OPENING : State.REFERENCE;
      pending.setLength(0);
      referenceBytes = 0;
    } else {
      put(c);
    }
  }

  private void put(char c) {
    out.accept(c);
    last = c;
  }

  private void putSpace() {
    if (last != ' ' && last != '\n') {
      put(' ');
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private void opening(char c) {
    pending.append(Fold.lower(c));
    boolean begins = false;
    for (Opening each : OPENINGS) {
      int length = Math.min(pending.length(), each.text().length());
      if (each.text().startsWith(pending.substring(0, length))) {
        int missing = each.text().length() + (each.named() ? 1 : 0) - pending.length();
        if (missing == 0 && (!each.named() || isSpace(c) || c == '>')) {
          open(each, c);
          return;
        }
        begins |= missing > 0;
      }
    }
    if (!begins) {
      state = State.TAG;
      pending.chars().forEach(each -> accept((char) each)); // only the last one may end the tag
    }
  }

  private void open(Opening opening, char end) {
    pending.setLength(0);
    if (opening == COMMENT) {
      state = State.COMMENT;
    } else if (opening == CDATA) {
      state = State.CDATA;
    } else if (opening == SCRIPT || opening == STYLE) {
      state = State.HIDDEN;
      hiddenEnd = "</" + opening.text() + ">";
    } else if (opening == QUOTE) {
      quotes++;
      state = State.TAG;
      tag(end);
    } else {
      boolean last = quotes == 1;
      quotes -= quotes > 0 ? 1 : 0;
      state = State.TEXT;
      if (last) {
        put('\n');
      } else {
        tagEnd();
      }
    }
  }

  private void tagEnd() {
    if (quotes > 0) {
      put('\n');
      put('>');
    } else {
      putSpace();
    }
  }

  private void tag(char c) {
    if (c == '>') {
      state = State.TEXT;
      tagEnd();
    } else if (c == '"') {
      state = State.DOUBLE_QUOTED;
    } else if (c == '\'') {
      state = State.SINGLE_QUOTED;
    }
  }

  private void quoted(char c, char quote, State escape) {
    if (c == quote) {
      state = State.TAG;
    } else if (c == '\\') {
      state = escape;
    }
  }

  private void reference(char c) {
    referenceBytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    if (isSpace(c) || referenceBytes > MAX_REFERENCE) {
      String broken = pending.append(c).toString();
      state = State.TEXT;
      broken.chars().forEach(each -> accept((char) each)); // each time one character less
    } else if (c == ';') {
      state = State.TEXT;
      HtmlEntities.decode(pending.toString()).chars().forEach(each -> put((char) each));
    } else {
      pending.append(c);
    }
  }

  private void hidden(char c) {
    pending.append(Fold.lower(c));
    if (!hiddenEnd.startsWith(pending.toString())) {
      pending.setLength(0);
      if (c == '<') {
        pending.append(c);
      }
    } else if (pending.length() == hiddenEnd.length()) {
      state = State.TEXT;
      putSpace();
    }
  }

  private void characterData(char c) {
    if (c == ']' && pending.length() < 2) {
      pending.append(c);
    } else if (c == ']') {
      put(c); // the last two may belong to the end
    } else if (c == '>' && pending.length() == 2) {
      state = State.TEXT;
    } else {
      pending.chars().forEach(each -> put((char) each));
      pending.setLength(0);
      put(c);
    }
  }
}
