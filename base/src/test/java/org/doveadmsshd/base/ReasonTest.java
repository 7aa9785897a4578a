package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonTest {
  @TempDir Path directory;

  private static Throwable thrownBy(ThrowingCallable work) {
    return org.assertj.core.api.Assertions.catchThrowable(work);
  }

  @Test
  void whatTheSystemSaysOfAFileIsSaidInItsWords() throws IOException {
    Path missing = directory.resolve("missing");
    Path file = Files.writeString(directory.resolve("file"), "x");
    Throwable read = thrownBy(() -> Files.readString(missing));
    assertThat(Reason.of(read)).isEqualTo("No such file or directory");
    assertThat(Reason.withFile(read)).isEqualTo(missing + ": No such file or directory");
    assertThat(Reason.of(thrownBy(() -> Files.createFile(file)))).isEqualTo("File exists");
    assertThat(Reason.of(thrownBy(() -> Files.list(file)))).isEqualTo("Not a directory");
    assertThat(Reason.of(thrownBy(() -> Files.delete(directory)))).isEqualTo("Directory not empty");
    Throwable directoryRead = thrownBy(() -> Files.readString(directory));
    assertThat(Reason.of(directoryRead)).isEqualTo("Is a directory");
    Throwable old = thrownBy(() -> new FileInputStream(missing.toFile()).close());
    assertThat(Reason.of(old)).isEqualTo("No such file or directory");
    assertThat(Reason.withFile(old)).isEqualTo(missing + ": No such file or directory");
  }

  @Test
  void anUnknownUserOrGroupIsNamed() {
    Throwable thrown =
        thrownBy(
            () ->
                FileSystems.getDefault()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByGroupName("no-such-group"));
    assertThat(Reason.of(thrown)).isEqualTo("the system does not know no-such-group");
  }

  static Stream<Arguments> wordless() {
    Throwable malformed =
        thrownBy(
            () ->
                StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(new byte[] {(byte) 0xff})));
    return Stream.of(
        Arguments.of(new ClosedChannelException(), "the connection was closed"),
        Arguments.of(new EOFException(), "it ends too early"),
        Arguments.of(malformed, "it is no UTF-8"),
        Arguments.of(new TimeoutException(), "timed out"),
        Arguments.of(new OutOfMemoryError("Java heap space"), "memory has run out"),
        Arguments.of(new UnknownHostException("mail9"), "the name of the host is not known: mail9"),
        Arguments.of(new UncheckedIOException(new IOException("Broken pipe")), "Broken pipe"),
        Arguments.of(new ExecutionException(new TimeoutException()), "timed out"),
        Arguments.of(new IllegalStateException(), "illegal state"),
        Arguments.of(new IOException(" "), "it cannot be read or written"),
        Arguments.of(new FileSystemException("/a", null, null), "it cannot be used"),
        Arguments.of(new DirectoryNotEmptyException("/a"), "Directory not empty"),
        Arguments.of(new IOException("a\u001b[31m\nb"), "a\ufffd[31m\ufffdb"));
  }

  @ParameterizedTest
  @MethodSource("wordless")
  void nothingIsSaidInNamesOfClassesOrNotAtAll(Throwable thrown, String said) {
    assertThat(Reason.of(thrown)).isEqualTo(said);
    assertThat(Reason.withFile(thrown)).endsWith(said).doesNotContain("null", "Exception");
  }
}
