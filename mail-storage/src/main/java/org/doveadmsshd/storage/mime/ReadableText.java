package org.doveadmsshd.storage.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.CharBuffer;
import org.doveadmsshd.storage.charset.Charsets;
import org.doveadmsshd.storage.charset.TextDecoder;

/**
 * A mail as text in UTF-8: header fields decoded, a line each; bodies with transfer encoding and
 * charset undone; delimiters left out. The mail is read as far as the text is; of the text, that of
 * one field or one piece of body is in memory.
 */
public final class ReadableText extends BlockInputStream {
  private final InputStream mail;
  private final MimeScanner scanner;
  private final Utf8Buffer text = new Utf8Buffer();

  /**
   * @param mail as stored; closed with this stream
   */
  public ReadableText(InputStream mail) {
    this.mail = mail;
    this.scanner = new MimeScanner(new byte[MimeScanner.BUFFER], 0, mail, new Writer());
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (text.isEmpty() && length > 0) {
      if (!scanner.step() && text.isEmpty()) {
        return -1;
      }
    }
    return text.take(target, offset, length);
  }

  @Override
  public void close() throws IOException {
    mail.close();
  }

  private final class Writer implements MimeVisitor {
    private final SearchBuffers buffers = new SearchBuffers();
    private final CharBuffer chars = CharBuffer.allocate(8192);
    private TransferDecoder transfer;

    @Override
    public void field(Part part, HeaderField field) {
      if (!field.name().isEmpty()) {
        text.add(HeaderText.name(field) + ": " + field.indent());
      }
      text.add(HeaderText.decode(field.value()));
      text.add("\n");
    }

    @Override
    public boolean headerEnd(Part part) {
      if (part.hasHeaderEnd()) {
        text.add("\n");
      }
      TextDecoder charset = new TextDecoder(Charsets.of(part.charset()), chars, text::add);
      transfer = new TransferDecoder(part.encoding(), charset::accept, buffers);
      return !part.isCalledMultipart()
          && !part.isMessage()
          && part.encoding() != Part.Encoding.UNKNOWN;
    }

    @Override
    public void body(byte[] bytes, int offset, int length) {
      transfer.accept(bytes, offset, length);
    }
  }
}
