package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need neither user nor server. */
@Timeout(60)
class LocalRunTest {
  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    assertThat(typed.held()).as("memory is given back").isZero();
    typed.close();
  }

  @Test
  void rowsArePrintedInTheirOrder() throws Exception {
    assertThat(typed.run(List.of(), "", "mailbox", "mutf7", "ä", "b")).isZero();
    assertThat(typed.printed()).isEqualTo("&AOQ-\nb\n");
    assertThat(typed.said()).isEmpty();
  }

  @Test
  void theFormatMayBeChosen() throws Exception {
    assertThat(typed.run(List.of(), "", "-f", "ndjson", "mailbox", "mutf7", "ä")).isZero();
    assertThat(typed.printed()).isEqualTo("{\"name\":\"&AOQ-\"}\n");
  }

  @Test
  void titlesMayBeLeftOut() throws Exception {
    assertThat(typed.run(List.of(), "", "-f", "tab", "mailbox", "mutf7", "a")).isZero();
    assertThat(typed.printed()).isEqualTo("name\na\n");
    typed.clear();
    assertThat(typed.run(List.of(), "", "-h", "-f", "tab", "mailbox", "mutf7", "a")).isZero();
    assertThat(typed.printed()).isEqualTo("a\n");
  }

  @Test
  void whatWasDoneBeforeAFailureIsPrinted() throws Exception {
    assertThat(typed.run(List.of(), "", "mailbox", "mutf7", "-7", "&AOQ-", "&AOQ", "b"))
        .isEqualTo(65);
    assertThat(typed.printed()).isEqualTo("ä\n");
    assertThat(typed.said()).isEqualTo("doveadm: Error: Mailbox name not valid mUTF-7: &AOQ\n");
  }

  @Test
  void aPasswordMayComeFromStandardInput() throws Exception {
    assertThat(typed.run(List.of(), "sesame\n", "pw", "-s", "PLAIN")).isZero();
    assertThat(typed.printed()).isEqualTo("{PLAIN}sesame\n");
  }

  @Test
  void whatNeedsNoServerIsRefusedToWhomItIsNotAllowed() throws Exception {
    for (String[] words :
        List.of(
            new String[] {"pw", "-p", "secret"},
            new String[] {"pw", "-l"},
            new String[] {"mailbox", "mutf7", "ä"})) {
      List<String> asked = new ArrayList<>();
      typed.checkHere(
          command -> {
            asked.add(command);
            throw new Failure(Outcome.NO_PERMISSION, "not in scope");
          });
      assertThat(typed.run(List.of(), "", words)).isEqualTo(77);
      assertThat(asked).hasSize(1);
      assertThat(String.join(" ", words)).startsWith(asked.get(0));
    }
    assertThat(typed.printed()).isEmpty();
  }

  @Test
  void whatNeedsNoServerCanBeStoppedAndEndsAsSuch() throws Exception {
    typed.whenBegun(Running::cancel);
    assertThat(typed.run(List.of(), "", "mailbox", "mutf7", "ä")).isEqualTo(75);
    assertThat(typed.run(List.of(), "", "pw", "-p", "secret", "-s", "BLF-CRYPT")).isEqualTo(75);
    assertThat(typed.printed()).isEmpty();
    assertThat(typed.said()).contains("Stopped");
  }

  @Test
  void hashingDrawsOnTheMemoryThatThereIs() throws Exception {
    typed.setMemory(32 * 1024 * 1024);
    assertThat(typed.run(List.of(), "", "pw", "-p", "secret", "-s", "ARGON2ID")).isEqualTo(75);
    assertThat(typed.said()).contains("65,536 KiB", "try again later");
    typed.setMemory(80 * 1024 * 1024);
    assertThat(typed.run(List.of(), "", "pw", "-p", "secret", "-s", "ARGON2ID")).isZero();
    assertThat(typed.printed()).startsWith("{ARGON2ID}$argon2id$");
    assertThat(typed.held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t {ARGON2ID}$argon2id$v=19$m=1048576,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "-t {ARGON2I}$argon2i$v=19$m=65536,t=999,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "-t {CRYPT}$6$rounds=999999999$salt$x",
        "-t $5$rounds=999999999$salt$x",
        "-t {BLF-CRYPT}$2y$31$AAAAAAAAAAAAAAAAAAAAAOAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "-t {CRYPT}$y$jZ/.$AAAA$AAAA",
        "-t {CRYPT}$7$CU..../....AAAA$AAAA",
        "-t {CRYPT}$md5,rounds=4294963199$AAAA$AAAA",
        "-s SHA512-CRYPT -r 2147483647",
        "-s BLF-CRYPT -r 31",
        "-s PBKDF2 -r 2147483647",
        "-s SCRAM-SHA-256 -r 2147483647",
        "-s ARGON2ID -r 2147483647"
      })
  @Timeout(20)
  void noPasswordTakesTheMachineForItself(String words) throws Exception {
    typed.setMemory(64 * 1024 * 1024);
    List<String> line = new ArrayList<>(List.of("pw", "-p", "secret"));
    line.addAll(List.of(words.split(" ")));
    assertThat(typed.run(List.of(), "", line.toArray(String[]::new))).isIn(65, 75);
    assertThat(typed.printed()).isEmpty();
    assertThat(typed.said())
        .containsAnyOf("asks for more than pw gives", "cannot be told", "Rounds out of range");
  }
}
