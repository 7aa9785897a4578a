package org.doveadmsshd.storage.mime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.storage.mime.MimeTree.Node;
import org.doveadmsshd.storage.mime.Part.Encoding;

/**
 * The body of a part with transfer encoding undone, in parts inside it as well, whose headers say
 * so. What is not decoded has CRLF line ends. A message is never decoded itself.
 */
final class BinaryBody extends BlockInputStream {
  private static final byte[] ENCODING =
      "Content-Transfer-Encoding: binary\r\n".getBytes(StandardCharsets.US_ASCII);

  /** A piece of the mail. @param encoding the transfer encoding to undo */
  private record Piece(Mark from, Mark to, boolean header, Encoding encoding) {}

  private final InputStream mail;
  private final List<Piece> pieces = new ArrayList<>();
  private int next;
  private Mark at = Mark.START;
  private InputStream piece = InputStream.nullInputStream();

  /**
   * @param node whose body this is
   * @param mail all of it as stored; closed with this stream
   */
  BinaryBody(Node node, InputStream mail) {
    this.mail = mail;
    Mark raw = node.part().body();
    if (hasEncoded(node)) {
      raw = addBody(node, raw);
    }
    pieces.add(new Piece(raw, node.part().end(), false, Encoding.NONE));
  }

  private static boolean hasEncoded(Node node) {
    Part part = node.part();
    if (node.children().isEmpty()) {
      return isEncoded(part) && part.end().offset() > part.body().offset();
    }
    return node.children().stream().anyMatch(BinaryBody::hasEncoded);
  }

  private static boolean isEncoded(Part part) {
    return part.encoding() == Encoding.BASE64 || part.encoding() == Encoding.QUOTED_PRINTABLE;
  }

  /** Adds the decoded pieces of a body, and the piece before it; returns the end. */
  private Mark addBody(Node node, Mark raw) {
    Part part = node.part();
    if (node.children().isEmpty()) {
      return isEncoded(part) && !part.isCut()
          ? add(raw, new Piece(part.body(), part.end(), false, part.encoding()))
          : raw;
    }
    Mark end = raw;
    for (Node child : node.children()) {
      Part inner = child.part();
      long header = inner.body().offset() - inner.start().offset();
      if (isEncoded(inner) && inner.hasHeaderEnd() && header <= MimeScanner.MAX_FIELD) {
        end = add(end, new Piece(inner.start(), inner.body(), true, Encoding.NONE));
      }
      end = addBody(child, end);
    }
    return end;
  }

  private Mark add(Mark raw, Piece changed) {
    pieces.add(new Piece(raw, changed.from(), false, Encoding.NONE));
    pieces.add(changed);
    return changed.to();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int got = length == 0 ? 0 : piece.read(target, offset, length);
    while (got < 0 && next < pieces.size()) {
      open(pieces.get(next++));
      got = piece.read(target, offset, length);
    }
    return got;
  }

  private void open(Piece wanted) throws IOException {
    mail.skipNBytes(wanted.from().offset() - at.offset());
    at = wanted.to();
    Mark size = new Mark(wanted.to().offset() - wanted.from().offset(), 0, 0);
    InputStream raw = new CrlfInputStream(new RangeInputStream(mail, Mark.START, size), true);
    if (wanted.header()) {
      piece = new ByteArrayInputStream(binaryHeader(raw.readAllBytes()));
    } else {
      piece =
          wanted.encoding() == Encoding.NONE
              ? raw
              : new DecodingInputStream(raw, wanted.encoding());
    }
  }

  /** A header without the fields that name an encoding, and with one behind all others. */
  private static byte[] binaryHeader(byte[] header) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(header.length + ENCODING.length);
    boolean taken = true;
    int end;
    for (int from = 0; from < header.length; from = end) {
      end = from;
      while (end < header.length && header[end] != '\n') {
        end++;
      }
      end = Math.min(end + 1, header.length);
      boolean blank = end - from == 2 && header[from] == '\r';
      if (blank) {
        out.writeBytes(ENCODING);
      }
      if (header[from] != ' ' && header[from] != '\t') {
        taken = blank || !HeaderField.isNamed("content-transfer-encoding", header, from, end);
      }
      out.write(header, from, taken ? end - from : 0);
    }
    return out.toByteArray();
  }

  @Override
  public void close() throws IOException {
    mail.close();
  }
}
