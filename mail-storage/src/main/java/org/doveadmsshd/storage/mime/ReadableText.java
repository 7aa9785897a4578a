package org.doveadmsshd.storage.mime;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.storage.charset.Charsets;

/**
 * Writes a mail as text in UTF-8: header fields decoded, a line each; bodies with transfer encoding
 * and charset undone; delimiters left out.
 *
 * <p>A failing target ends the scan with {@link UncheckedIOException}.
 */
public final class ReadableText implements MimeVisitor, TransferDecoder.Output {
  private final OutputStream out;
  private final CharBuffer chars = CharBuffer.allocate(8192);
  private TransferDecoder transfer;
  private CharsetDecoder charset;
  private ByteBuffer undecoded = ByteBuffer.allocate(0);

  public ReadableText(OutputStream out) {
    this.out = out;
  }

  @Override
  public void field(Part part, HeaderField field) {
    String text = HeaderText.decode(field.value());
    write((field.name().isEmpty() ? text : field.name() + ": " + text) + "\n");
  }

  @Override
  public boolean headerEnd(Part part) {
    write("\n");
    transfer = new TransferDecoder(part.encoding(), this);
    charset =
        Charsets.of(part.type().startsWith("text/") ? part.charset() : "utf-8")
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    return !part.isMultipart() && !part.isMessage() && part.encoding() != Part.Encoding.UNKNOWN;
  }

  @Override
  public void body(byte[] bytes, int offset, int length) {
    transfer.accept(bytes, offset, length);
  }

  @Override
  public void accept(byte[] bytes, int offset, int length) {
    ByteBuffer input = ByteBuffer.wrap(bytes, offset, length);
    if (undecoded.hasRemaining()) {
      input = ByteBuffer.allocate(undecoded.remaining() + length).put(undecoded).put(input).flip();
    }
    decode(input, false);
    undecoded = ByteBuffer.allocate(input.remaining()).put(input).flip();
  }

  private void decode(ByteBuffer input, boolean last) {
    boolean more = true;
    while (more) {
      more = charset.decode(input, chars.clear(), last).isOverflow();
      write(chars.flip().toString());
    }
  }

  @Override
  public void bodyEnd() {
    if (charset != null && undecoded.hasRemaining()) {
      decode(undecoded, true);
      undecoded = ByteBuffer.allocate(0);
    }
  }

  private void write(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
