package org.doveadmsshd.system.model;

import java.nio.file.Path;

/**
 * How the mailboxes of the model lie on disk: as Maildir++, or with {@code -Dmodel.layout=fs} as a
 * tree of directories.
 */
final class Layout {
  static final boolean FS = "fs".equals(System.getProperty("model.layout"));

  /** Stands between the levels of names. */
  static final String SEPARATOR = FS ? "/" : ".";

  /** The mailbox that has another one above it. */
  static final String CHILD = "A" + SEPARATOR + "B";

  static final String LOCATION = "maildir:~/Maildir" + (FS ? ":LAYOUT=fs" : "");

  private Layout() {}

  static Path directory(Path root, String box) {
    if (box.equals("INBOX")) {
      return root;
    }
    return root.resolve(FS ? box : "." + box);
  }
}
