package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OpenFileTest {
  @TempDir Path home;
  private Directory directory;

  @BeforeEach
  void open() throws Exception {
    directory = Directory.open(home);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  private byte[] write(String name, int size) throws Exception {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Files.write(home.resolve(name), content);
    return content;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, 32 * 1024, 32 * 1024 + 1, 64 * 1024, 64 * 1024 + 1, 300_000})
  void allIsReadWhateverTheSize(int size) throws Exception {
    byte[] content = write("f", size);
    try (OpenFile plain = directory.read("f");
        OpenFile stable = directory.read("f").stable();
        OpenFile whole = directory.read("f")) {
      assertThat(plain.readAllBytes()).isEqualTo(content);
      assertThat(stable.readAllBytes()).isEqualTo(content);
      assertThat(whole.readAll(300_000)).isEqualTo(content);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "100, 100, true",
    "101, 100, false",
    "40000, 40000, true",
    "40001, 40000, false",
    "0, 1, true",
    "2, 1, false"
  })
  void aFileOverTheLimitIsNotReadWhole(int size, int limit, boolean fits) throws Exception {
    byte[] content = write("f", size);
    try (OpenFile file = directory.read("f")) {
      if (fits) {
        assertThat(file.readAll(limit)).isEqualTo(content);
      } else {
        assertThatThrownBy(() -> file.readAll(limit))
            .isInstanceOf(PosixException.class)
            .hasMessageContaining("over " + limit + " bytes");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5, 5",
    "0, 100, 10",
    "4, 3, 3",
    "4, 9223372036854775807, 6",
    "0, 9223372036854775807, 10",
    "10, 1, 0",
    "15, 1, 0",
    "3, 0, 0",
    "3, -1, 0",
  })
  void noMoreIsSkippedThanThereIs(long from, long count, long skipped) throws Exception {
    byte[] content = write("f", 10);
    try (OpenFile file = directory.read("f")) {
      file.seek(from);
      assertThat(file.skip(count)).isEqualTo(skipped);
      int next = (int) (from + skipped);
      assertThat(file.read()).isEqualTo(next < 10 ? content[next] & 0xff : -1);
    }
  }

  @Test
  void nothingIsReadWhereNothingIsAskedFor() throws Exception {
    write("f", 10);
    try (OpenFile file = directory.read("f")) {
      assertThat(file.read(new byte[3], 1, 0)).isZero();
    }
  }

  @Test
  void whatIsAppendedStandsAtTheEndWhoeverElseAppends() throws Exception {
    Files.writeString(home.resolve("f"), "a");
    try (OpenFile first = directory.append("f");
        OpenFile second = directory.append("f")) {
      first.write("b".getBytes(StandardCharsets.US_ASCII));
      second.write("c".getBytes(StandardCharsets.US_ASCII));
      first.write("xdx".getBytes(StandardCharsets.US_ASCII), 1, 1);
    }
    assertThat(Files.readString(home.resolve("f"))).isEqualTo("abcd");
  }

  @Test
  void manyBytesAreWritten() throws Exception {
    byte[] content = new byte[1_000_003];
    new Random(1).nextBytes(content);
    try (OpenFile file = directory.create("f", 0600)) {
      file.write(content);
      file.sync();
    }
    assertThat(Files.readAllBytes(home.resolve("f"))).isEqualTo(content);
  }

  @Test
  void aSpoolIsReadAfterItWasWritten() throws Exception {
    try (OpenFile spool = directory.createSpool("f")) {
      spool.write(new byte[] {1, 2, 3});
      spool.seek(1);
      assertThat(spool.read()).isEqualTo(2);
      spool.write(new byte[] {4});
      spool.seek(0);
      assertThat(spool.readAllBytes()).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void overwritingLeavesThePlaceWhereIsReadNext() throws Exception {
    Files.writeString(home.resolve("f"), "abcdef");
    try (OpenFile file = directory.overwrite("f")) {
      assertThat(file.read()).isEqualTo('a');
      file.overwrite(3, new byte[] {'X', 'Y'});
      assertThat(new String(file.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("bcXYf");
    }
  }

  @Test
  void aFileIsCutOff() throws Exception {
    write("f", 100);
    try (OpenFile file = directory.overwrite("f")) {
      file.truncate(7);
      assertThat(file.status().size()).isEqualTo(7);
      assertThatThrownBy(() -> file.truncate(-1)).isInstanceOf(PosixException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1234567890123456789", "-1", "-1500000000", "999999999"})
  void theModificationTimeIsSetToTheNanosecond(long nanos) throws Exception {
    try (OpenFile file = directory.create("f", 0600)) {
      file.modified(nanos);
      assertThat(file.status().modifiedNanos()).isEqualTo(nanos);
      assertThat(file.status().modifiedSeconds()).isEqualTo(Math.floorDiv(nanos, 1_000_000_000L));
    }
  }

  @ParameterizedTest
  @CsvSource({"0777, 0666", "0700, 0600", "0750, 0640", "0000, 0600", "07777, 0666", "0111, 0600"})
  void aFileAdoptsWhatADirectoryAsksOfItsFiles(String of, String mode) throws Exception {
    Files.createDirectory(home.resolve("d"));
    Files.setAttribute(home.resolve("d"), "unix:mode", Integer.parseInt(of, 8));
    try (OpenFile file = directory.create("f", 0600)) {
      file.adopt(directory.status("d"));
      assertThat(file.status().mode() & 07777).isEqualTo(Integer.parseInt(mode, 8));
    }
  }

  @Test
  void aDiskThatIsFullIsToldFromOtherFailures() throws Exception {
    try (Directory devices = Directory.open(Path.of("/dev"));
        OpenFile full = devices.append("full")) {
      assertThatThrownBy(() -> full.write(new byte[10]))
          .isInstanceOfSatisfying(PosixException.class, e -> assertThat(e.isFull()).isTrue());
      assertThatThrownBy(() -> full.overwrite(0, new byte[10]))
          .isInstanceOfSatisfying(PosixException.class, e -> assertThat(e.isFull()).isTrue());
    }
  }

  @Test
  void whatCannotBeDoneWithAFileFailsWithItsReason() throws Exception {
    write("f", 10);
    try (OpenFile reading = directory.read("f");
        OpenFile appending = directory.append("f");
        Directory devices = Directory.open(Path.of("/dev"));
        OpenFile device = devices.append("null")) {
      assertThatThrownBy(() -> reading.write(new byte[1])).hasMessageContaining("write(");
      assertThatThrownBy(() -> reading.overwrite(0, new byte[1])).hasMessageContaining("pwrite(");
      assertThatThrownBy(() -> reading.truncate(0)).hasMessageContaining("ftruncate(");
      assertThatThrownBy(appending::read).hasMessageContaining("read(");
      assertThatThrownBy(() -> reading.seek(-1)).hasMessageContaining("lseek(");
      assertThatThrownBy(device::sync)
          .isInstanceOfSatisfying(PosixException.class, e -> assertThat(e.isInvalid()).isTrue());
    }
    assertThat(Files.size(home.resolve("f"))).isEqualTo(10);
  }
}
