package org.doveadmsshd.console.line;

import java.util.List;

/**
 * Names that are not in any catalog. A call waits for a moment at most: who types must not notice
 * it. Names are as they are; what shows them makes them {@linkplain org.doveadmsshd.base.Printable
 * printable}.
 */
public interface Names {
  /** The mail users whose names begin so, in whatever case. */
  Found users(String begin);

  /** The mailboxes of a user. */
  Found mailboxes(String user);

  /** The keywords that mails of a user have. */
  Found keywords(String user);

  /** The servers that can be chosen from. */
  List<String> servers();

  /**
   * Names.
   *
   * @param all in no order
   * @param note why there are none; empty when there are no others
   */
  record Found(List<String> all, String note) {
    /** They are not known in time. */
    static final Found LATE = new Found(List.of(), "not known yet; press Tab again");

    public Found {
      all = List.copyOf(all);
    }
  }
}
