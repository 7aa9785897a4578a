package org.doveadmsshd.storage.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionTest {
  private static final long LIMIT = 64 << 20;
  private static final String PACKED = "Subject: packed\n\nby the programs of the system\n";

  /** A budget that counts. */
  private static final class Budget implements Memory {
    private final long most;
    private long held;
    private long mostHeld;

    Budget(long most) {
      this.most = most;
    }

    @Override
    public boolean take(long bytes) {
      if (held + bytes > most) {
        return false;
      }
      held += bytes;
      mostHeld = Math.max(held, mostHeld);
      return true;
    }

    @Override
    public void give(long bytes) {
      held -= bytes;
    }
  }

  private static byte[] compress(Compression compression, byte[] bytes, int level)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream compressed = compression.compress(out, level)) {
      compressed.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] compress(Compression compression, byte[] bytes) throws IOException {
    return compress(compression, bytes, compression.levels().usual());
  }

  private static byte[] inflate(Compression compression, byte[] bytes) throws IOException {
    return inflate(compression, bytes, LIMIT, new Budget(Long.MAX_VALUE));
  }

  private static byte[] inflate(Compression compression, byte[] bytes, long limit, Memory memory)
      throws IOException {
    try (InputStream in = compression.inflate(new ByteArrayInputStream(bytes), limit, memory)) {
      return in.readAllBytes();
    }
  }

  /** Words, so that it can be compressed, though not by much. */
  private static byte[] text(int length, long seed) {
    Random random = new Random(seed);
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = (byte) (random.nextInt(6) == 0 ? ' ' : 'a' + random.nextInt(26));
    }
    return text;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCompressedInflatesToTheSameAtAnyLengthAndLevel(Compression compression)
      throws IOException {
    for (int length : new int[] {1, 2, 63, 64, 4096, 65_535, 65_536, 65_537, 200_003}) {
      byte[] text = text(length, length);
      byte[] compressed = compress(compression, text);
      assertThat(Compression.detect(compressed, 0, compressed.length)).contains(compression);
      assertThat(inflate(compression, compressed)).isEqualTo(text);
    }
    byte[] text = text(20_000, 5);
    for (int level = compression.levels().least(); level <= compression.levels().most(); level++) {
      assertThat(inflate(compression, compress(compression, text, level))).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @EnumSource
  void itCanBeReadInPiecesOfAnyLengthAndSkipped(Compression compression) throws IOException {
    byte[] text = text(150_000, 1);
    byte[] compressed = compress(compression, text);
    Random random = new Random(2);
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try (InputStream in =
        compression.inflate(new Trickle(compressed), LIMIT, new Budget(Long.MAX_VALUE))) {
      byte[] piece = new byte[9000];
      for (int got; (got = in.read(piece, 0, 1 + random.nextInt(piece.length))) > 0; ) {
        read.write(piece, 0, got);
      }
      assertThat(in.read()).isEqualTo(-1);
    }
    assertThat(read.toByteArray()).isEqualTo(text);
    try (InputStream in = compression.inflate(new Trickle(compressed), LIMIT, new Budget(LIMIT))) {
      assertThat(in.skip(70_001)).isEqualTo(70_001);
      assertThat(in.read()).isEqualTo(text[70_001]);
      assertThat(in.skip(1 << 20)).isEqualTo(text.length - 70_002);
    }
  }

  /** Gives a few bytes at a time, as a file system may. */
  private static final class Trickle extends FilterInputStream {
    Trickle(byte[] bytes) {
      super(new ByteArrayInputStream(bytes));
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return super.read(target, offset, Math.min(length, 7));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GZ, H4sIAAAAAAACAwsuTcpKTS6xUihITM5OTeHiSqpUKMlIVSgoyk8vSswtVshPA/OLK4tLUnO5ACTq+DgvAAAA",
    "BZ2, QlpoOTFBWSZTWd0bEF0AAAVbgAAQQAAAEAgAP9reICAAIapiG1GT0TemoUaMgaNMjSrz116FeOzCo7DQMeISBir"
        + "G8gnP/LGYVqbF3JFOFCQ3RsQXQA==",
    "ZSTD, KLUv/SAveQEAU3ViamVjdDogcGFja2VkCgpieSB0aGUgcHJvZ3JhbXMgb2YgdGhlIHN5c3RlbQo=",
    "ZSTD, KLUv/QSIeQEAU3ViamVjdDogcGFja2VkCgpieSB0aGUgcHJvZ3JhbXMgb2YgdGhlIHN5c3RlbQoZC9zI",
    "XZ, /Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAuU3ViamVjdDogcGFja2VkCgpieSB0aGUgcHJvZ3JhbXMgb2YgdGhl"
        + "IHN5c3RlbQoAAEIB9IVGkl0qAAFHL7BRbzQftvN9AQAAAAAEWVo=",
  })
  void whatOtherProgramsHaveCompressedIsRead(Compression compression, String base64)
      throws IOException {
    byte[] compressed = Base64.getDecoder().decode(base64);
    assertThat(inflate(compression, compressed)).asString().isEqualTo(PACKED);
    if (compression != Compression.LZ4) {
      ByteArrayOutputStream twice = new ByteArrayOutputStream();
      twice.write(compressed);
      twice.write(compressed);
      assertThat(inflate(compression, twice.toByteArray())).asString().isEqualTo(PACKED + PACKED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCutOffAnywhereIsNeverTakenForWhole(Compression compression) throws IOException {
    byte[] compressed = compress(compression, text(1000, 3));
    for (int length = 0; length < compressed.length; length++) {
      byte[] cut = Arrays.copyOf(compressed, length);
      boolean betweenChunks = compression == Compression.LZ4 && length == 19;
      if (betweenChunks) {
        assertThat(inflate(compression, cut)).isEmpty();
      } else {
        assertThatThrownBy(() -> inflate(compression, cut))
            .as("%d bytes", length)
            .isInstanceOf(CompressionException.class)
            .hasMessage("is cut off");
      }
    }
  }

  /** What inflates goes from mail to mail. */
  @ParameterizedTest
  @EnumSource
  void noMailSeesWhatIsLeftOfOthersBeforeIt(Compression compression) throws IOException {
    byte[] text = text(90_000, 8);
    byte[] compressed = compress(compression, text);
    byte[] damaged = compressed.clone();
    Arrays.fill(damaged, damaged.length / 2, damaged.length, (byte) 0xff);
    for (int round = 0; round < 6; round++) {
      try (InputStream begun = open(compression, compressed);
          InputStream beside = open(compression, compressed)) {
        assertThat(begun.readNBytes(3000)).isEqualTo(Arrays.copyOf(text, 3000));
        assertThat(beside.readNBytes(50_000)).isEqualTo(Arrays.copyOf(text, 50_000));
        begun.close();
        assertThat(inflate(compression, compressed)).isEqualTo(text);
        assertThat(beside.readAllBytes()).isEqualTo(Arrays.copyOfRange(text, 50_000, text.length));
      }
      try (InputStream bad = open(compression, damaged)) {
        bad.readAllBytes();
      } catch (CompressionException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  private static InputStream open(Compression compression, byte[] compressed) {
    return compression.inflate(new ByteArrayInputStream(compressed), LIMIT, new Budget(1 << 30));
  }

  @Test
  void aHeaderOfGzipMayHaveAllThatItCanHave() throws IOException {
    byte[] plain = compress(Compression.GZ, text(500, 9));
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(new byte[] {0x1f, (byte) 0x8b, 8, 0x1f, 1, 2, 3, 4, 0, 3, 5, 0});
    header.writeBytes("extraname\0comment\0".getBytes(StandardCharsets.ISO_8859_1));
    CRC32 sum = new CRC32();
    sum.update(header.toByteArray());
    header.write((int) sum.getValue());
    header.write((int) sum.getValue() >> 8);
    int length = header.size();
    header.write(plain, 10, plain.length - 10);
    byte[] whole = header.toByteArray();
    assertThat(inflate(Compression.GZ, whole)).isEqualTo(text(500, 9));
    for (int i = 2; i < length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x20;
      assertThatThrownBy(() -> inflate(Compression.GZ, damaged))
          .as("byte %d", i)
          .isInstanceOf(CompressionException.class);
    }
  }

  @Test
  void behindGzipNoiseIsIgnoredAndWhatBeginsLikeMoreMustBeWhole() throws IOException {
    byte[] compressed = compress(Compression.GZ, text(500, 10));
    byte[] noise = Arrays.copyOf(compressed, compressed.length + 100);
    assertThat(inflate(Compression.GZ, noise)).isEqualTo(text(500, 10));
    ByteArrayOutputStream more = new ByteArrayOutputStream();
    more.writeBytes(compressed);
    more.write(compressed, 0, 5);
    assertThatThrownBy(() -> inflate(Compression.GZ, more.toByteArray()))
        .isInstanceOf(CompressionException.class)
        .hasMessage("is cut off");
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedByteIsNoticedWhereThereIsAChecksumAndHarmlessElsewhere(Compression compression)
      throws IOException {
    byte[] text = text(700, 4);
    byte[] compressed = compress(compression, text);
    for (int i = 0; i < compressed.length; i++) {
      for (int bit = 0; bit < 8; bit += 5) {
        byte[] damaged = compressed.clone();
        damaged[i] ^= (byte) (1 << bit);
        try {
          byte[] inflated = inflate(compression, damaged);
          assertThat(compression == Compression.LZ4 || Arrays.equals(inflated, text))
              .as("byte %d, bit %d", i, bit)
              .isTrue();
        } catch (CompressionException e) {
          assertThat(e).hasMessageMatching("is (cut off|damaged)|takes a window .*");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void noiseBehindTheFirstBytesEndsInAnException(Compression compression) throws IOException {
    byte[] compressed = compress(compression, text(5000, 6));
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] noise = Arrays.copyOf(compressed, 30 + random.nextInt(2000));
      int from = 4 + random.nextInt(26);
      for (int at = from; at < noise.length; at++) {
        noise[at] = (byte) random.nextInt(256);
      }
      try {
        inflate(compression, noise, 1 << 20, new Budget(1 << 20));
        assertThat(compression).isEqualTo(Compression.LZ4);
      } catch (CompressionException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatInflatesBeyondTheLimitIsStoppedThere(Compression compression) throws IOException {
    byte[] bomb = compress(compression, new byte[12 << 20]);
    assertThat(bomb.length).isLessThan(1 << 20);
    try (InputStream in =
        compression.inflate(new ByteArrayInputStream(bomb), 10 << 20, new Budget(1L << 30))) {
      byte[] piece = new byte[1 << 16];
      long[] read = {0};
      assertThatThrownBy(
              () -> {
                while (true) {
                  read[0] += in.read(piece);
                }
              })
          .isInstanceOf(CompressionException.class)
          .hasMessage("inflates to more than 10 MiB (mail_inflate_limit)");
      assertThat(read[0]).isLessThanOrEqualTo(10 << 20);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ZSTD, KLUv/QSQeQEAU3ViamVjdDogcGFja2VkCgpieSB0aGUgcHJvZ3JhbXMgb2YgdGhlIHN5c3RlbQoZC9zI",
    "XZ, /Td6WFoAAATm1rRGAgAhASAAAAAJiKV2AQAuU3ViamVjdDogcGFja2VkCgpieSB0aGUgcHJvZ3JhbXMgb2YgdGhl"
        + "IHN5c3RlbQoAAEIB9IVGkl0qAAFHL7BRbzQftvN9AQAAAAAEWVo="
  })
  void aWindowThatIsTooLargeIsRefusedBeforeThereIsMemoryForIt(
      Compression compression, String base64) {
    assertThatThrownBy(() -> inflate(compression, Base64.getDecoder().decode(base64)))
        .isInstanceOf(CompressionException.class)
        .hasMessage("takes a window of more than 128 MiB to be read");
  }

  @ParameterizedTest
  @EnumSource(names = {"BZ2", "ZSTD", "XZ"})
  void memoryForTheWindowIsTakenAsItGrowsAndGivenBack(Compression compression) throws IOException {
    byte[] compressed = compress(compression, new byte[9 << 20], 3);
    Budget large = new Budget(100 << 20);
    inflate(compression, compressed, LIMIT, large);
    assertThat(large.held).isZero();
    assertThat(large.mostHeld).isBetween(1L << 20, 10L << 20);
    Budget small = new Budget(1 << 20);
    assertThatThrownBy(() -> inflate(compression, compressed, LIMIT, small))
        .isInstanceOf(CompressionException.class)
        .hasMessage("there is not enough memory to read it now");
    assertThat(small.held).isZero();
  }

  @Test
  void whatTheReaderOfTheFileThrowsIsPassedOn() {
    for (Compression each : Compression.values()) {
      IOException broken = new IOException("Input/output error");
      InputStream in =
          new InputStream() {
            @Override
            public int read() throws IOException {
              throw broken;
            }
          };
      assertThatThrownBy(() -> each.inflate(in, LIMIT, new Budget(0)).read()).isSameAs(broken);
    }
  }

  @Test
  void theFrameOfLz4IsDovecotsOwn() throws IOException {
    byte[] framed = compress(Compression.LZ4, "a".repeat(70_000).getBytes(StandardCharsets.UTF_8));
    String head = new String(framed, 0, 19, StandardCharsets.ISO_8859_1);
    assertThat(head).isEqualTo("Dovecot-LZ4\r*\u009b\u00c5\0\1\0\0");
    int first = Byte.toUnsignedInt(framed[22]) | Byte.toUnsignedInt(framed[21]) << 8;
    assertThat(framed[23 + first + 4]).as("another chunk").isNotZero();
    byte[] tooLarge = framed.clone();
    tooLarge[16] = 0x20; // two MiB
    assertThatThrownBy(() -> inflate(Compression.LZ4, tooLarge)).hasMessage("is damaged");
  }

  @Test
  void rulesAreOfMethodsAndLevelsThatThereAre() {
    assertThat(CompressionRules.of("no", "", 5))
        .contains(new CompressionRules(Optional.empty(), 0, 5));
    assertThat(CompressionRules.of("zstd", "", 5))
        .contains(new CompressionRules(Optional.of(Compression.ZSTD), 3, 5));
    assertThat(CompressionRules.of("gz", "0", 5))
        .contains(new CompressionRules(Optional.of(Compression.GZ), 0, 5));
    for (String mistake : new String[] {"zip", "", "NO"}) {
      assertThat(CompressionRules.of(mistake, "", 5)).isEmpty();
    }
    for (String mistake : new String[] {"0", "20", "-1", "x", "100"}) {
      assertThat(CompressionRules.of("zstd", mistake, 5)).as(mistake).isEmpty();
    }
  }
}
