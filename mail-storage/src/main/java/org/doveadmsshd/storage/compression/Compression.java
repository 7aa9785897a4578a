package org.doveadmsshd.storage.compression;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** A way in which a mail is stored compressed. */
public enum Compression {
  /** RFC 1952, by the JDK. */
  GZ("gz", "gzip", "\u001f\u008b", new Levels(0, 6, 9)) {
    @Override
    InputStream inflating(InputStream in, MemoryUse memory) {
      return new GzipInputStream(in);
    }

    @Override
    OutputStream compressing(OutputStream out, int level) throws IOException {
      return new Gzip(out, level);
    }
  },

  BZ2("bz2", "bzip2", "BZh", new Levels(1, 9, 9)) {
    @Override
    InputStream inflating(InputStream in, MemoryUse memory) throws IOException {
      return new CodedInputStream(in, Bzip2Coder.inflating(), memory);
    }

    @Override
    OutputStream compressing(OutputStream out, int level) throws IOException {
      return new CodedOutputStream(out, Bzip2Coder.compressing(level));
    }

    @Override
    int memory(int level) {
      return 8;
    }
  },

  /** Levels above 19 take 0.8 GB for each mail, so they are left to others. */
  ZSTD("zstd", "zstd", "\u0028\u00b5\u002f\u00fd", new Levels(1, 3, 19)) {
    @Override
    InputStream inflating(InputStream in, MemoryUse memory) throws IOException {
      return new CodedInputStream(in, ZstdCoder.inflating(), memory);
    }

    @Override
    OutputStream compressing(OutputStream out, int level) throws IOException {
      return new CodedOutputStream(out, ZstdCoder.compressing(level));
    }

    @Override
    int memory(int level) {
      return level < 9 ? 8 : level < 12 ? 28 : level < 16 ? 68 : 89;
    }
  },

  /** Dovecot's own frame. It takes levels, and they make no difference, as with Dovecot. */
  LZ4("lz4", "LZ4", "Dovecot-LZ4", new Levels(1, 1, 9)) {
    @Override
    InputStream inflating(InputStream in, MemoryUse memory) {
      return new Lz4InputStream(in);
    }

    @Override
    OutputStream compressing(OutputStream out, int level) throws IOException {
      return new Lz4OutputStream(out);
    }
  },

  /** Levels above 6 take up to 0.7 GB for each mail, so they are left to others. */
  XZ("xz", "xz", "\u00fd7zXZ", new Levels(0, 6, 6)) {
    @Override
    InputStream inflating(InputStream in, MemoryUse memory) throws IOException {
      return new CodedInputStream(in, XzCoder.inflating(), memory);
    }

    @Override
    OutputStream compressing(OutputStream out, int level) throws IOException {
      return new CodedOutputStream(out, XzCoder.compressing(level));
    }

    @Override
    int memory(int level) {
      return level < 2 ? 8 : level < 4 ? 31 : 93;
    }
  };

  private static final int BUFFER = 16 * 1024;

  /** The bytes with which a compressed mail may begin, each once. */
  private static final String FIRST = "\u001fB\u0028D\u00fd";

  private final String word;
  private final String title;
  private final byte[] magic;
  private final Levels levels;

  /**
   * How hard it may be compressed.
   *
   * @param usual what is done without being told
   */
  public record Levels(int least, int usual, int most) {}

  Compression(String word, String title, String magic, Levels levels) {
    this.word = word;
    this.title = title;
    this.magic = magic.getBytes(StandardCharsets.ISO_8859_1);
    this.levels = levels;
  }

  /** The one that settings call so. */
  public static Optional<Compression> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }

  /**
   * The one that bytes begin like, as far as their first bytes tell: a text may begin so, too.
   *
   * @param length how many bytes from the offset on there are
   */
  public static Optional<Compression> detect(byte[] bytes, int offset, int length) {
    if (length == 0 || FIRST.indexOf(bytes[offset] & 0xff) < 0) { // as nearly all mails
      return Optional.empty();
    }
    for (Compression each : values()) {
      int end = offset + each.magic.length;
      if (each.magic.length <= length
          && Arrays.equals(bytes, offset, end, each.magic, 0, each.magic.length)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** What settings call it. */
  public String word() {
    return word;
  }

  /** What people call it. */
  public String title() {
    return title;
  }

  public Levels levels() {
    return levels;
  }

  /** Loads what the system has for all of them, for a thread that cannot do so any more later. */
  public static void load() {
    SharedLibrary.loadAll();
  }

  /**
   * What a stream holds, inflated as it is read.
   *
   * @param in its bytes from the first on; closed with the stream, also when this fails
   * @param limit most bytes that it may inflate to
   * @return what throws {@link CompressionException} for all that is wrong with the bytes, and the
   *     exceptions of the stream as they are
   */
  public InputStream inflate(InputStream in, long limit, Memory memory) {
    return new InflatedStream(this, in, limit, memory);
  }

  /**
   * A stream that compresses what is written to it. It is complete when it is closed, which does
   * not close the target. Used by one thread.
   *
   * @param level one of {@link #levels}
   */
  public OutputStream compress(OutputStream out, int level) throws IOException {
    return compressing(out, level);
  }

  /** MiB that a mail takes while it is compressed, as the library says of itself. */
  int memory(int level) {
    return 1;
  }

  abstract InputStream inflating(InputStream in, MemoryUse memory) throws IOException;

  abstract OutputStream compressing(OutputStream out, int level) throws IOException;

  /** Writes with a level, and leaves its target open. */
  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream out, int level) throws IOException {
      super(out, BUFFER);
      def.setLevel(level == 0 ? Deflater.NO_COMPRESSION : level);
    }

    @Override
    public void close() throws IOException {
      try {
        finish();
      } finally {
        def.end();
      }
    }
  }
}
