package org.doveadmsshd.console.result;

import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

/** Keys as they are pressed, Ctrl-C among them; closed, it leaves the terminal as it was. */
final class Keys implements AutoCloseable {
  private final Terminal terminal;
  private final Attributes before;
  private final KeyMap<PagerKey> keys;
  private final BindingReader typed;

  Keys(Terminal terminal) {
    this.terminal = terminal;
    keys = PagerKey.of(terminal);
    typed = new BindingReader(terminal.reader());
    before = terminal.enterRawMode();
    Attributes raw = terminal.getAttributes();
    raw.setLocalFlag(LocalFlag.ISIG, false);
    terminal.setAttributes(raw);
  }

  /**
   * The next key.
   *
   * @param millis longest wait for it; 0 for as long as it takes
   * @return {@link PagerKey#NONE} if none has come, {@link PagerKey#LEAVE} if none will come
   */
  PagerKey next(long millis) {
    int next = typed.peekCharacter(millis);
    if (next == NonBlockingReader.READ_EXPIRED) {
      return PagerKey.NONE;
    }
    PagerKey key = next == NonBlockingReader.EOF ? null : typed.readBinding(keys);
    return key == null ? PagerKey.LEAVE : key;
  }

  /** The next character, whatever it means; negative if none will come. */
  int character() {
    return typed.readCharacter();
  }

  @Override
  public void close() {
    terminal.setAttributes(before);
  }
}
