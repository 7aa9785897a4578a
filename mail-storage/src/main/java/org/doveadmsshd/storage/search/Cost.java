package org.doveadmsshd.storage.search;

/** The data that a search key needs, from cheap to dear. */
public enum Cost {
  /** Nothing: the answer is the same for every mail of a mailbox. */
  NONE,
  /** The file's name and the UID list. */
  NAME,
  /** The inode. */
  STATUS,
  /** The beginning of the file. */
  HEADER,
  /** All of the file. */
  BODY
}
