package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Finds the parts of a mail that have a text, in one pass; a part has what parts inside it have.
 */
public final class PartSearch implements MimeVisitor {
  private final Needle needle;
  private final boolean inHeaders;
  private final SearchBuffers buffers = new SearchBuffers();
  private final List<Part> parts = new ArrayList<>();
  private final BitSet found = new BitSet();
  private TextSearch search;
  private boolean inBody;

  public PartSearch(Needle needle, boolean inHeaders) {
    this.needle = needle;
    this.inHeaders = inHeaders;
  }

  @Override
  public boolean wantsField(byte[] bytes, int from, int to) {
    return inHeaders;
  }

  @Override
  public void field(Part part, HeaderField field) {
    reach(part);
    search.field(part, field);
  }

  @Override
  public boolean headerEnd(Part part) {
    reach(part);
    inBody = !search.isDone() && search.headerEnd(part);
    note();
    return inBody;
  }

  private void reach(Part part) {
    if (parts.isEmpty() || parts.get(parts.size() - 1) != part) {
      parts.add(part);
      search = new TextSearch(needle, inHeaders, buffers);
      inBody = false;
    }
  }

  @Override
  public void body(byte[] bytes, int offset, int length) {
    if (inBody && !search.isDone()) {
      search.body(bytes, offset, length);
    }
  }

  @Override
  public void bodyEnd() {
    note();
  }

  private void note() {
    if (search != null && search.isFound()) {
      int number = parts.size() - 1;
      for (Part part = parts.get(number); part != null; part = part.parent()) {
        while (parts.get(number) != part) {
          number--; // a part comes after those it is in
        }
        found.set(number);
      }
    }
  }

  /** The numbers of the parts that have it, in the order of the mail from 0; after the scan. */
  public BitSet found() {
    return found;
  }
}
