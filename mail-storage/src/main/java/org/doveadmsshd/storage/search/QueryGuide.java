package org.doveadmsshd.storage.search;

import org.doveadmsshd.base.options.Glossary;

/** What there is to know of the words of queries, for help, completion and manual pages. */
public final class QueryGuide {
  private QueryGuide() {}

  /** The search keys, in upper case. */
  public static Glossary keys() {
    return SearchKeys.glossary();
  }

  /** The keys that may follow {@code MIMEPART}, in upper case. */
  public static Glossary partKeys() {
    return MimePartKeys.glossary();
  }
}
