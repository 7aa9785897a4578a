package org.doveadmsshd.storage.maildir;

import java.util.Arrays;

/**
 * The order in which mails without a UID get theirs: by time, then by microseconds, then by base,
 * as {@link MaildirName#UID_ORDER} has it; here without an object for each mail.
 */
final class UidOrder {
  private final MailTable table;

  private UidOrder(MailTable table) {
    this.table = table;
  }

  /** Sorts mails of a table; the array is used up. */
  static int[] sort(MailTable table, int[] mails) {
    return new UidOrder(table).sorted(mails);
  }

  /** By merging runs that double in length. */
  private int[] sorted(int[] mails) {
    int[] from = mails;
    int[] to = new int[mails.length];
    for (int run = 1; run < mails.length; run *= 2) {
      for (int start = 0; start < mails.length; start += 2 * run) {
        int middle = Math.min(start + run, mails.length);
        int end = Math.min(middle + run, mails.length);
        merge(from, start, middle, end, to);
      }
      int[] swapped = from;
      from = to;
      to = swapped;
    }
    return from;
  }

  private void merge(int[] from, int start, int middle, int end, int[] to) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean takesLeft = left < middle && (right >= end || compare(from[left], from[right]) <= 0);
      to[i] = takesLeft ? from[left++] : from[right++];
    }
  }

  private int compare(int one, int other) {
    byte[] a = table.array(one);
    byte[] b = table.array(other);
    int atA = table.nameAt(one);
    int atB = table.nameAt(other);
    int endA = atA + table.baseLength(one);
    int endB = atB + table.baseLength(other);
    int order = Long.compare(MaildirName.number(a, atA, endA), MaildirName.number(b, atB, endB));
    if (order == 0) {
      order = Long.compare(MaildirName.micros(a, atA, endA), MaildirName.micros(b, atB, endB));
    }
    return order == 0 ? Arrays.compareUnsigned(a, atA, endA, b, atB, endB) : order;
  }
}
