package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LostFilesTest {
  @TempDir Path home;

  private long descriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(this::isMine).count();
    }
  }

  private boolean isMine(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).endsWith("lost");
    } catch (java.io.IOException e) {
      return false; // closed meanwhile
    }
  }

  @Test
  @Timeout(60)
  void aFileThatNobodyClosesIsClosedWhenOthersAreOpened() throws Exception {
    Files.writeString(home.resolve("lost"), "x");
    Files.writeString(home.resolve("other"), "x");
    try (Directory directory = Directory.open(home)) {
      for (int i = 0; i < 50; i++) {
        directory.read("lost").read();
      }
      while (descriptors() > 0) {
        System.gc();
        directory.read("other").close();
      }
    }
  }

  @Test
  void whatIsClosedTwiceIsClosedOnce() throws Exception {
    Files.writeString(home.resolve("lost"), "x");
    try (Directory directory = Directory.open(home)) {
      OpenFile first = directory.read("lost");
      first.close();
      OpenFile second = directory.read("lost"); // has the number of the first one, most likely
      first.close();
      assertThat(second.read()).isEqualTo('x');
      second.close();
    }
    assertThat(descriptors()).isZero();
  }
}
