package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpoolTest {
  private static final int MEMORY = 256 * 1024;

  private final MemoryBudget.Share share = new MemoryBudget(1 << 20).all();

  private static Set<Path> files() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try (Stream<Path> all = Files.list(temporary)) {
      return all.filter(file -> file.getFileName().toString().startsWith("doveadm"))
          .filter(file -> file.getFileName().toString().endsWith(".tmp"))
          .collect(Collectors.toSet());
    }
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "262144, 1000", "262145, 1000", "1000000, 333333", "1000000, 7919"})
  void whatIsWrittenIsReadAsOftenAsOneLikes(int size, int piece) throws Exception {
    byte[] written = bytes(size);
    try (Spool spool = new Spool(share)) {
      for (int at = 0; at < size; at += piece) {
        spool.write(written, at, Math.min(piece, size - at));
      }
      assertThat(spool.size()).isEqualTo(size);
      for (int i = 0; i < 2; i++) {
        try (InputStream in = spool.open()) {
          assertThat(in.readAllBytes()).isEqualTo(written);
        }
      }
      try (InputStream first = spool.open();
          InputStream second = spool.open()) {
        assertThat(first.read()).isEqualTo(second.read());
      }
    }
    assertThat(share.held()).isZero();
  }

  @Test
  void singleBytesAreWrittenToo() throws Exception {
    try (Spool spool = new Spool(share)) {
      spool.write(0x1ff);
      spool.write('x');
      assertThat(spool.open().readAllBytes()).containsExactly(0xff, 'x');
    }
  }

  @Test
  void whatIsInMemoryIsTakenFromTheShareUntilItIsInAFile() throws Exception {
    Set<Path> before = files();
    try (Spool spool = new Spool(share)) {
      spool.write(bytes(MEMORY));
      assertThat(share.held()).isGreaterThanOrEqualTo(MEMORY);
      assertThat(files()).isEqualTo(before);
      spool.write(1);
      assertThat(share.held()).isZero();
      Set<Path> made = files();
      made.removeAll(before);
      assertThat(made).hasSize(1);
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(made.iterator().next())))
          .isEqualTo("rw-------");
    }
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void withoutMemoryAFileIsUsedEarlier() throws Exception {
    MemoryBudget.Share small = new MemoryBudget(100_000).all();
    byte[] written = bytes(120_000);
    try (Spool spool = new Spool(small)) {
      spool.write(written, 0, 90_000);
      assertThat(small.held()).isGreaterThanOrEqualTo(90_000);
      spool.write(written, 90_000, 30_000);
      assertThat(small.held()).isZero();
      assertThat(spool.open().readAllBytes()).isEqualTo(written);
    }
  }

  @Test
  void closingTwiceGivesBackOnce() throws Exception {
    Spool spool = new Spool(share);
    spool.write(bytes(1000));
    MemoryBudget.Share other = share.share(1 << 20);
    assertThat(other.tryTake(5000)).isTrue();
    spool.close();
    spool.close();
    assertThat(share.held()).isEqualTo(5000);
  }
}
