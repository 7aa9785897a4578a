package org.doveadmsshd.storage.mime;

/**
 * Looks for a text in the bodies of a mail, or in bodies and headers: the search keys BODY and
 * TEXT.
 *
 * <p>Bodies of type text and message are searched, with transfer encoding and charset undone. A
 * header field is searched as {@code name: value}, decoded, with CRLF for a line break behind it.
 * Header and body of a part are one text, as in Dovecot: what has a line break in it may begin in
 * one field and end in the next, or in the body.
 */
public final class TextSearch implements MimeVisitor {
  private static final String LINE_END = "\r\n";

  private final Needle needle;
  private final boolean inHeaders;
  private final SearchBuffers buffers;

  /** The part whose header is looked through. */
  private Part part;

  /** Through all of a part; used only if what is looked for can go beyond a field. */
  private Needle.Search through;

  private PartText text;
  private TransferDecoder decoder;
  private boolean found;

  public TextSearch(Needle needle, boolean inHeaders) {
    this(needle, inHeaders, new SearchBuffers());
  }

  /**
   * @param buffers used by no other code as long as this search goes on
   */
  public TextSearch(Needle needle, boolean inHeaders, SearchBuffers buffers) {
    this.buffers = buffers;
    this.needle = needle;
    this.inHeaders = inHeaders;
    this.found = needle.isEmpty();
  }

  @Override
  public boolean wantsField(byte[] bytes, int from, int to) {
    return inHeaders;
  }

  @Override
  public void field(Part of, HeaderField field) {
    if (inHeaders && !found) {
      String line =
          HeaderText.name(field)
              + field.separator()
              + HeaderText.searched(field.value())
              + (field.ended() ? LINE_END : "");
      if (needle.hasLineEnd()) {
        through(of, line);
      } else {
        found = needle.isIn(line);
      }
    }
  }

  private void through(Part of, String line) {
    if (part != of) {
      part = of;
      through = needle.new Search(buffers);
    }
    through.accept(line);
    found = through.isFound();
  }

  @Override
  public boolean headerEnd(Part of) {
    boolean goesOn = inHeaders && needle.hasLineEnd();
    if (goesOn) {
      through(of, of.hasHeaderEnd() ? LINE_END : "");
    }
    boolean searched = of.isText() && of.encoding() != Part.Encoding.UNKNOWN;
    if (searched) {
      text =
          goesOn
              ? new PartText(through, of.charset(), buffers)
              : new PartText(needle, of.charset(), buffers);
      decoder = new TransferDecoder(of.encoding(), text, buffers);
    }
    return searched;
  }

  @Override
  public void body(byte[] bytes, int offset, int length) {
    decoder.accept(bytes, offset, length);
    found = found || text.isFound();
  }

  @Override
  public void bodyEnd() {
    text = null;
    decoder = null;
  }

  @Override
  public boolean isDone() {
    return found;
  }

  public boolean isFound() {
    return found;
  }
}
