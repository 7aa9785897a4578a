package org.doveadmsshd.console.result;

import org.jline.keymap.KeyMap;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp.Capability;

/** What a key means in the pager; keys are those of less(1). */
enum PagerKey {
  LEAVE,
  HELP,
  LINE_DOWN,
  LINE_UP,
  PAGE_DOWN,
  PAGE_UP,
  HALF_DOWN,
  HALF_UP,
  FIRST,
  LAST,
  LEFT,
  RIGHT,
  WRAP,
  SEARCH_DOWN,
  SEARCH_UP,
  AGAIN,
  AGAIN_BACK,
  REDRAW,
  INTERRUPT,

  /** One that means nothing. */
  OTHER,

  /** Nothing has been pressed. */
  NONE;

  /** Told by the key for help. */
  static final String HELP_TEXT =
      """
      Keys of the pager

        space PgDn f      a screen down          b PgUp      a screen up
        Down Enter j      a line down            Up k        a line up
        d                 half a screen down     u           half a screen up
        g Home            to the first line      G End       to the last line; waits for it
        Left Right        sideways               w           wrap long lines, or cut them
        /text  ?text      search down, or up; letters are found in either case
        n  N              search again; the other way
        h                 this help              q           leave
        Ctrl-C            stop the command, stop waiting, or leave

      Whoever leaves before the end stops a command that only reads.
      """;

  /** Longest wait for the rest of a key's escape sequence, in milliseconds. */
  private static final long SEQUENCE = 100;

  /** The keys of a terminal. */
  static KeyMap<PagerKey> of(Terminal terminal) {
    KeyMap<PagerKey> keys = new KeyMap<>();
    keys.setAmbiguousTimeout(SEQUENCE);
    keys.setNomatch(OTHER);
    keys.setUnicode(OTHER);
    keys.bind(LEAVE, "q", "Q", "\033");
    keys.bind(HELP, "h", "H");
    keys.bind(LINE_DOWN, "j", "e", "\r", "\n", "\033[B", "\033OB");
    keys.bind(LINE_UP, "k", "y", "\033[A", "\033OA");
    keys.bind(PAGE_DOWN, " ", "f", "\006", "\026", "\033[6~");
    keys.bind(PAGE_UP, "b", "\002", "\033[5~");
    keys.bind(HALF_DOWN, "d", "\004");
    keys.bind(HALF_UP, "u", "\025");
    keys.bind(FIRST, "g", "<", "\033[H", "\033OH", "\033[1~");
    keys.bind(LAST, "G", ">", "\033[F", "\033OF", "\033[4~");
    keys.bind(LEFT, "\033[D", "\033OD");
    keys.bind(RIGHT, "\033[C", "\033OC");
    keys.bind(WRAP, "w", "S");
    keys.bind(SEARCH_DOWN, "/");
    keys.bind(SEARCH_UP, "?");
    keys.bind(AGAIN, "n");
    keys.bind(AGAIN_BACK, "N");
    keys.bind(REDRAW, "\014", "r");
    keys.bind(INTERRUPT, "\003");
    bind(keys, terminal, LINE_DOWN, Capability.key_down);
    bind(keys, terminal, LINE_UP, Capability.key_up);
    bind(keys, terminal, PAGE_DOWN, Capability.key_npage);
    bind(keys, terminal, PAGE_UP, Capability.key_ppage);
    bind(keys, terminal, FIRST, Capability.key_home);
    bind(keys, terminal, LAST, Capability.key_end);
    return keys;
  }

  private static void bind(
      KeyMap<PagerKey> keys, Terminal terminal, PagerKey meaning, Capability capability) {
    String sequence = KeyMap.key(terminal, capability);
    if (sequence != null) {
      keys.bind(meaning, sequence);
    }
  }
}
