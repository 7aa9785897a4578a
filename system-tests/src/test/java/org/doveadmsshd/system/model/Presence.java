package org.doveadmsshd.system.model;

/** Whether there is a mailbox. */
enum Presence {
  YES,
  NO,
  /** As much of it as a killed process has left. */
  MAYBE;

  Presence and(Presence other) {
    if (this == NO || other == NO) {
      return NO;
    }
    return this == YES ? other : MAYBE;
  }

  Presence not() {
    return this == MAYBE ? MAYBE : this == YES ? NO : YES;
  }
}
