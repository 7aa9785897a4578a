package org.doveadmsshd.storage.compression;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * LZ4 in the frame that {@link Lz4InputStream} describes, in chunks of the size that Dovecot
 * writes. What is written is complete when it is closed; that does not close the target.
 */
final class Lz4OutputStream extends OutputStream {
  static final byte[] MAGIC = "Dovecot-LZ4\r*\u009b\u00c5".getBytes(StandardCharsets.ISO_8859_1);

  private static final int CHUNK = 64 * 1024;

  /** Most bytes that a chunk is compressed to (LZ4_COMPRESSBOUND). */
  private static final int BOUND = CHUNK + CHUNK / 255 + 16;

  private static final SharedLibrary LIBRARY = SharedLibrary.LZ4;

  private final OutputStream out;
  private final byte[] chunk = new byte[CHUNK];
  private final byte[] compressed = new byte[BOUND];
  private int length;

  Lz4OutputStream(OutputStream out) throws IOException {
    this.out = out;
    out.write(MAGIC);
    writeNumber(CHUNK);
  }

  private void writeNumber(int number) throws IOException {
    out.write(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    for (int at = offset; at < offset + count; ) {
      int part = Math.min(CHUNK - length, offset + count - at);
      System.arraycopy(bytes, at, chunk, length, part);
      length += part;
      at += part;
      if (length == CHUNK) {
        writeChunk();
      }
    }
  }

  private void writeChunk() throws IOException {
    int size = (int) LIBRARY.call("LZ4_compress_default", chunk, compressed, length, BOUND);
    if (size <= 0) {
      throw new CompressionException(CompressionException.NO_MEMORY);
    }
    writeNumber(size);
    out.write(compressed, 0, size);
    length = 0;
  }

  @Override
  public void close() throws IOException {
    if (length > 0) {
      writeChunk();
    }
  }
}
