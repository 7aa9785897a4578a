package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WatchedFileTest {
  private static final FileTime OLD = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

  @TempDir Path directory;
  private Path file;
  private int reads;
  private WatchedFile<String> watched;

  @BeforeEach
  void watch() throws IOException {
    file = directory.resolve("watched");
    Files.writeString(file, "one");
    watched =
        new WatchedFile<>(
            file,
            each -> {
              reads++;
              return Files.readString(each);
            });
  }

  /** Nothing but the content changes: neither size nor modification time tell it. */
  private void rewrite(String text) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, OLD);
  }

  @Test
  void aChangeIsSeenThatLeavesSizeAndModificationTimeAsTheyWere() throws Exception {
    for (int i = 100; i < 300; i++) { // many of them in one tick of the file system's clock
      rewrite("" + i);
      assertThat(watched.get()).isEqualTo("" + i);
    }
  }

  /** A machine that is busy may take longer than a tick between two looks, but not every time. */
  @Test
  void whatIsReadOfAFileThatHasJustChangedIsNotKept() throws Exception {
    int before;
    do {
      rewrite("two");
      before = reads;
      watched.get();
      watched.get();
    } while (reads < before + 2);
    assertThat(reads).isEqualTo(before + 2);
  }

  @Test
  void aFileThatLiesStillIsReadOnce() throws Exception {
    int settled;
    do { // what is younger than a tick is read again
      settled = reads;
      watched.get();
    } while (reads > settled);
    for (int i = 0; i < 10; i++) {
      assertThat(watched.get()).isEqualTo("one");
    }
    assertThat(reads).isEqualTo(settled);
  }

  @Test
  void aFileThatIsReplacedByOneThatLooksTheSameIsReadAgain() throws Exception {
    rewrite("one");
    assertThat(watched.get()).isEqualTo("one");
    Path other = Files.writeString(directory.resolve("other"), "two");
    Files.setLastModifiedTime(other, OLD);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    assertThat(watched.get()).isEqualTo("two");
  }

  @Test
  void aFileThatIsRemovedHasNoContentUntilItIsThereAgain() throws Exception {
    watched.get();
    Files.delete(file);
    assertThatThrownBy(watched::get).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(watched::get).isInstanceOf(NoSuchFileException.class);
    Files.writeString(file, "two");
    assertThat(watched.get()).isEqualTo("two");
  }

  @Test
  void aFileThatCannotBeMadeSenseOfIsTriedAgain() throws Exception {
    WatchedFile<Integer> number =
        new WatchedFile<>(
            file,
            each -> {
              try {
                return Integer.valueOf(Files.readString(each));
              } catch (NumberFormatException e) {
                throw new IOException("no number", e);
              }
            });
    assertThatThrownBy(number::get).hasMessage("no number");
    assertThatThrownBy(number::get).hasMessage("no number");
    rewrite("123");
    assertThat(number.get()).isEqualTo(123);
    rewrite("12x");
    assertThatThrownBy(number::get).as("not what stood there before").hasMessage("no number");
  }

  @Test
  void aFileThatMayNotBeReadAnyMoreHasNoContent() throws Exception {
    watched.get();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    if (Files.isReadable(file)) {
      assertThat(watched.get()).as("root may read everything").isEqualTo("one");
      assertThat(reads).as("and does, since the status has changed").isEqualTo(2);
    } else {
      assertThatThrownBy(watched::get).isInstanceOf(AccessDeniedException.class);
    }
  }

  @Test
  void whatIsBehindALinkIsWatched() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    WatchedFile<String> behind = new WatchedFile<>(link, Files::readString);
    assertThat(behind.get()).isEqualTo("one");
    rewrite("two");
    assertThat(behind.get()).isEqualTo("two");
    Path other = Files.writeString(directory.resolve("other"), "six");
    Files.delete(link);
    Files.createSymbolicLink(link, other);
    assertThat(behind.get()).isEqualTo("six");
  }

  @Test
  void aFileFromTheFutureIsNotTakenForSettled() throws Exception {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofDays(1))));
    watched.get();
    Files.writeString(file, "two");
    assertThat(watched.get()).isEqualTo("two");
  }
}
