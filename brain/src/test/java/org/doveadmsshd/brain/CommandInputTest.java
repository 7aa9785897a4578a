package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a command reads is there before the first user is touched, and each user gets it. */
@Timeout(60)
class CommandInputTest {
  private final Typed typed = new Typed();
  private final List<byte[]> read = Collections.synchronizedList(new ArrayList<>());

  @TempDir Path directory;

  @AfterEach
  void stop() {
    typed.close();
  }

  private void read(Assignment.Attempt attempt) throws IOException {
    try (InputStream in = attempt.openInput()) {
      read.add(in.readAllBytes());
    }
    attempt.send(OneLane.done(Outcome.OK, ""));
  }

  private int run(InputStream in, String... words) throws IOException {
    int code = typed.run(List.of(new OneLane("s", List.of("a", "b"), this::read)), in, words);
    assertThat(typed.held()).as("memory is given back").isZero();
    return code;
  }

  private static InputStream bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * 31 + i / 251);
    }
    return new ByteArrayInputStream(bytes);
  }

  private String said() {
    return typed.said();
  }

  @Test
  void eachUserGetsAllOfIt() throws Exception {
    for (int size : new int[] {1, 64 * 1024, 64 * 1024 + 1, 600_000}) {
      read.clear();
      assertThat(run(bytes(size), "save", "-A")).isZero();
      byte[] whole = bytes(size).readAllBytes();
      assertThat(read).hasSize(2).allSatisfy(got -> assertThat(got).isEqualTo(whole));
    }
  }

  @Test
  void aCommandThatReadsNothingLeavesItAlone() throws Exception {
    InputStream untouched =
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("it was read");
          }
        };
    assertThat(run(untouched, "search", "-A", "all")).isZero();
    assertThat(read).hasSize(2).allSatisfy(got -> assertThat(got).isEmpty());
  }

  @Test
  void nothingAtAllIsAMistake() throws Exception {
    assertThat(run(bytes(0), "save", "-A")).isEqualTo(64);
    assertThat(said())
        .contains(
            "There is nothing in standard input (with ssh -t there never is; a script has <<END for it)");
    assertThat(read).isEmpty();
  }

  @Test
  void aFileThatIsEmptyIsNamed() throws Exception {
    typed.allowFiles();
    Path file = Files.createFile(directory.resolve("mail"));
    assertThat(run(bytes(5), "save", "-A", file.toString())).isEqualTo(64);
    assertThat(said()).isEqualTo("doveadm: Error: There is nothing in " + file + "\n");
    assertThat(read).isEmpty();
  }

  /** The client has gone: what came is no whole mail. */
  @Test
  void inputThatBreaksOffReachesNobody() throws Exception {
    InputStream broken =
        new SequenceInputStream(
            bytes(300_000),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("reset");
              }
            });
    assertThatThrownBy(() -> run(broken, "save", "-A")).hasMessage("reset");
    assertThat(typed.held()).as("memory is given back").isZero();
    assertThat(read).isEmpty();
  }

  @Test
  void standardInputCannotBeBothUsersAndMail() throws Exception {
    assertThat(run(bytes(5), "save", "-F", "-")).isEqualTo(64);
    assertThat(said()).contains("cannot be both the list of users and what to read");
    assertThat(read).isEmpty();
  }

  @Test
  void aFileIsReadWhereFilesMayBeRead() throws Exception {
    Path file = Files.writeString(directory.resolve("mail"), "Subject: x\n\n");
    assertThat(run(bytes(5), "save", "-A", file.toString())).isEqualTo(64);
    assertThat(said()).contains("send it: ssh … < " + file);
    assertThat(read).isEmpty();
    typed.allowFiles();
    assertThat(run(bytes(5), "save", "-A", file.toString())).isZero();
    assertThat(read)
        .hasSize(2)
        .allSatisfy(got -> assertThat(got).asString().isEqualTo("Subject: x\n\n"));
  }

  @Test
  void aFileMayBeReadBesideAListOfUsersOnStandardInput() throws Exception {
    typed.allowFiles();
    Path file = Files.writeString(directory.resolve("mail"), "Subject: x\n\n");
    InputStream users = new ByteArrayInputStream("a\n".getBytes(StandardCharsets.UTF_8));
    assertThat(run(users, "save", "-F", "-", file.toString())).isZero();
    assertThat(read).hasSize(1);
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws Exception {
    typed.allowFiles();
    Path file = directory.resolve("missing");
    assertThat(run(bytes(5), "save", "-A", file.toString())).isEqualTo(75);
    assertThat(said()).contains("Cannot read " + file + ": ");
    assertThat(read).isEmpty();
  }
}
