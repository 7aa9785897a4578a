package org.doveadmsshd.storage.mime;

import java.util.List;

/** Several searches in one pass over a mail. */
public final class TextSearches implements MimeVisitor {
  private final List<TextSearch> searches;
  private final boolean[] inBody;

  public TextSearches(List<TextSearch> searches) {
    this.searches = searches;
    this.inBody = new boolean[searches.size()];
  }

  @Override
  public boolean wantsField(byte[] bytes, int from, int to) {
    for (TextSearch search : searches) {
      if (search.wantsField(bytes, from, to)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void field(Part part, HeaderField field) {
    searches.forEach(search -> search.field(part, field));
  }

  @Override
  public boolean headerEnd(Part part) {
    boolean any = false;
    for (int i = 0; i < inBody.length; i++) {
      inBody[i] = !searches.get(i).isDone() && searches.get(i).headerEnd(part);
      any |= inBody[i];
    }
    return any;
  }

  @Override
  public void body(byte[] bytes, int offset, int length) {
    for (int i = 0; i < inBody.length; i++) {
      if (inBody[i] && !searches.get(i).isDone()) {
        searches.get(i).body(bytes, offset, length);
      }
    }
  }

  @Override
  public void bodyEnd() {
    searches.forEach(TextSearch::bodyEnd);
  }

  @Override
  public boolean isDone() {
    for (TextSearch search : searches) {
      if (!search.isDone()) {
        return false;
      }
    }
    return true;
  }
}
