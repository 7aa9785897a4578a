package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.base.Printable;

/**
 * Text for a terminal that others have written: mails, names of mailboxes and users. A terminal
 * obeys what it is sent, so control characters but tabs, line feeds and form feeds become U+FFFD,
 * as do bytes that are no UTF-8. A line may end in CR LF. One thread at a time.
 */
final class TerminalText extends OutputStream {
  private static final int CHARACTERS = 4096;

  /** Of a character that is not complete yet. */
  private static final int MAX_REST = 3;

  private final OutputStream out;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final CharBuffer characters = CharBuffer.allocate(CHARACTERS);
  private byte[] rest = new byte[0];
  private boolean afterReturn;

  TerminalText(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(rest.length + length);
    in.put(rest).put(bytes, offset, length).flip();
    boolean more;
    do {
      more = decoder.decode(in, characters, false).isOverflow();
      show();
    } while (more);
    rest = new byte[Math.min(MAX_REST, in.remaining())];
    in.get(rest);
  }

  private void show() throws IOException {
    characters.flip();
    StringBuilder shown = new StringBuilder(characters.length());
    characters.codePoints().forEach(c -> show(c, shown));
    characters.clear();
    out.write(shown.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void show(int c, StringBuilder shown) {
    if (afterReturn && c != '\n') {
      shown.append(Printable.REPLACEMENT);
    }
    afterReturn = c == '\r';
    if (!afterReturn) {
      boolean stays = c == '\n' || c == '\t' || c == '\f' || !Printable.isControl(c);
      shown.appendCodePoint(stays ? c : Printable.REPLACEMENT);
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
