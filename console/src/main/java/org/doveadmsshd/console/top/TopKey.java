package org.doveadmsshd.console.top;

import org.jline.keymap.KeyMap;

/** What a key means in {@code top}. */
enum TopKey {
  UP,
  DOWN,
  STOP,
  SLOW,
  YES,
  LEAVE,
  OTHER;

  /** Longest wait for the rest of a key's escape sequence, in milliseconds. */
  private static final long SEQUENCE = 100;

  static KeyMap<TopKey> all() {
    KeyMap<TopKey> keys = new KeyMap<>();
    keys.setAmbiguousTimeout(SEQUENCE);
    keys.setNomatch(OTHER);
    keys.setUnicode(OTHER);
    keys.bind(UP, "\033[A", "\033OA", "p");
    keys.bind(DOWN, "\033[B", "\033OB", "n");
    keys.bind(STOP, "k");
    keys.bind(SLOW, "s");
    keys.bind(YES, "y", "Y");
    keys.bind(LEAVE, "q", "Q", "\003", "\004");
    return keys;
  }
}
