package org.doveadmsshd.storage.search;

/** What has to be looked at to answer a search key, from cheap to dear. */
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
