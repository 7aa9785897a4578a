package org.doveadmsshd.storage.mime;

/**
 * Looks for a text in the bodies of a mail, or in bodies and headers: the search keys BODY and
 * TEXT.
 *
 * <p>Bodies of type text and message are searched, with transfer encoding and charset undone. A
 * header field is searched as {@code name: value}, decoded.
 */
public final class TextSearch implements MimeVisitor {
  private final Needle needle;
  private final boolean inHeaders;
  private final SearchBuffers buffers;
  private PartText text;
  private TransferDecoder decoder;
  private boolean found;

  public TextSearch(Needle needle, boolean inHeaders) {
    this(needle, inHeaders, new SearchBuffers());
  }

  /**
   * @param buffers used by nobody else as long as this search goes on
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
  public void field(Part part, HeaderField field) {
    if (inHeaders && !found) {
      String value = HeaderText.searched(field.value());
      found = needle.isIn(field.name() + field.separator() + value + "\n");
    }
  }

  @Override
  public boolean headerEnd(Part part) {
    boolean searched = part.isText() && part.encoding() != Part.Encoding.UNKNOWN;
    if (searched) {
      text = new PartText(needle, part.charset(), buffers);
      decoder = new TransferDecoder(part.encoding(), text, buffers);
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
