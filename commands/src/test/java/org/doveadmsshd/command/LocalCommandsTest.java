package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.doveadmsshd.accounts.PasswordHashing;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that are carried out where they are typed. */
@Timeout(60)
class LocalCommandsTest {
  private final Stage stage = new Stage();
  private final Hashing hashing = new Hashing();
  private final Semaphore place = new Semaphore(1);
  private String input = "sesame\n";

  private Task.Local prepare(String... line) throws Failure {
    return (Task.Local) Stage.prepare(List.of(line), stage.doubts);
  }

  private LocalContext context() {
    UserContext.Input bytes =
        () -> new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    return new LocalContext(hashing, place, Runs.NONE, bytes, stage);
  }

  private Outcome run(String... line) {
    stage.rows.clear();
    stage.failures.clear();
    try {
      prepare(line).run(context());
    } catch (Failure e) {
      stage.failures.add(0, e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return stage.failures.isEmpty() ? Outcome.OK : stage.failures.get(0).outcome();
  }

  @AfterEach
  void thePlaceIsGivenBack() {
    assertThat(place.availablePermits()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pw | {CRYPT}:sesame:0",
        "pw -s PLAIN | {PLAIN}:sesame:0",
        "pw -s DIGEST-MD5 -u jane | {DIGEST-MD5}jane:sesame:0",
        "pw -p other | {CRYPT}:other:0",
        "pw -pother -r 7 | {CRYPT}:other:7",
        "pw --rounds=7 --scheme=X --user=j --password=p | {X}j:p:7",
        "pw -V | {CRYPT}:sesame:0 (verified)",
        "pw -t {CRYPT}:sesame:0 | {CRYPT}:sesame:0 (verified)",
        "pw -t {X}jane:p:0 -p p -u jane | {X}jane:p:0 (verified)",
        "pw -l | CRYPT PLAIN X",
        "pw -l -p x -s nonsense | CRYPT PLAIN X",
      })
  void pwPrintsOneLine(String line, String printed) {
    assertThat(run(line.split(" "))).as("%s", stage.failures).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of(printed));
  }

  @Test
  void aPasswordThatIsNotThatOfTheHashFails() {
    assertThat(run("pw", "-t", "{CRYPT}:other:0")).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.error()).contains("Password mismatch").doesNotContain("sesame");
    assertThat(run("pw", "-t", "nonsense")).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(run("pw", "-s", "nonsense")).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.rows).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sesame", "sesame\n", "sesame\r\n", "sesame\nsecond\n", "sesame\r\n\r\n"})
  void thePasswordIsTheFirstLineOfTheInput(String given) {
    input = given;
    assertThat(run("pw", "-s", "PLAIN")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of("{PLAIN}:sesame:0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n", "\nsesame\n"})
  void aPasswordIsNeverEmpty(String given) {
    input = given;
    assertThat(run("pw")).isEqualTo(Outcome.USAGE);
    assertThat(stage.error()).contains("first line of standard input");
  }

  @Test
  void aPasswordHasAThousandLettersAtMost() {
    input = "p".repeat(1024) + "\n";
    assertThat(run("pw")).isEqualTo(Outcome.OK);
    input = "p".repeat(1025) + "\n";
    assertThat(run("pw")).isEqualTo(Outcome.USAGE);
    assertThat(stage.error()).doesNotContain("pp");
  }

  @Test
  void theInputIsReadOnlyWhenAPasswordIsMissing() throws Failure {
    assertThat(prepare("pw").input()).contains("-");
    assertThat(prepare("pw", "-t", "{X}::0").input()).contains("-");
    assertThat(prepare("pw", "-p", "x").input()).isEmpty();
    assertThat(prepare("pw", "-l").input()).isEmpty();
    assertThat(prepare("mailbox", "mutf7", "x").input()).isEmpty();
  }

  @Test
  void theMemoryIsThatOfWhatIsMadeOrChecked() throws Failure {
    assertThat(prepare("pw", "-s", "X").memory(context())).isEqualTo(1000);
    assertThat(prepare("pw").memory(context())).isEqualTo(5000);
    assertThat(prepare("pw", "-s", "X", "-t", "{CRYPT}:a:0").memory(context())).isEqualTo(5001);
    assertThat(prepare("pw", "-l", "-s", "X").memory(context())).isZero();
    assertThat(prepare("mailbox", "mutf7", "x").memory(context())).isZero();
    assertThatThrownBy(() -> prepare("pw", "-t", "{HUGE}").memory(context()))
        .isInstanceOf(Failure.class)
        .hasMessage("too much");
  }

  @Test
  void whoWaitsForAnotherPasswordCanBeCancelled() throws Exception {
    place.acquire();
    stage.patience = 2;
    assertThat(run("pw")).isEqualTo(Outcome.CANCELLED);
    assertThat(hashing.made).isZero();
    assertThat(place.availablePermits()).isZero();
    place.release();
  }

  @Test
  void anInterruptedWaitIsACancelAndIsNotForgotten() throws Exception {
    place.acquire();
    Thread.currentThread().interrupt();
    assertThat(run("pw")).isEqualTo(Outcome.CANCELLED);
    assertThat(Thread.interrupted()).isTrue();
    place.release();
  }

  /** As doveadm 2.3.19 does. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INBOX | INBOX",
        "Größe | Gr&APYA3w-e",
        "日本語 | &ZeVnLIqe-",
        "R&D | R&-D",
        "& | &-",
        "~peter/mail/台北/日本語 | ~peter/mail/&U,BTFw-/&ZeVnLIqe-",
        "emoji📧 | emoji&2D3c5w-",
        "&- | &--",
        "Gr&APYA3w-e | Gr&-APYA3w-e",
        "é | &AOk-",
        "A&B&C | A&-B&-C",
      })
  void namesAreSpelledInModifiedUtf7AndBack(String name, String spelled) {
    for (String option : List.of("-8", "--to-mutf7", "--")) {
      assertThat(run("mailbox", "mutf7", option, name)).isEqualTo(Outcome.OK);
      assertThat(stage.rows).containsExactly(List.of(spelled));
    }
    assertThat(run("mailbox", "mutf7", "-7", spelled)).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of(name));
  }

  /** As doveadm 2.3.19 does. */
  @ParameterizedTest
  @ValueSource(strings = {"Größe", "R&D", "&", "&AOQ", "&AA-", "A&B&C", "&AMQ-&ANY-", "\u00a0"})
  void whatIsNoModifiedUtf7Fails(String name) {
    assertThat(run("mailbox", "mutf7", "-7", "&-", name, "Later")).isEqualTo(Outcome.DATA_ERROR);
    assertThat(stage.error()).isEqualTo("Mailbox name not valid mUTF-7: " + name);
    assertThat(stage.rows).containsExactly(List.of("&"));
  }

  /** Hashes that show what they were made of. */
  private static final class Hashing implements PasswordHashing {
    int made;

    @Override
    public List<String> schemes() {
      return List.of("CRYPT", "PLAIN", "X");
    }

    @Override
    public long memoryOfMaking(String scheme) {
      return scheme.length() * 1000L;
    }

    @Override
    public long memoryOfVerifying(String hash) throws Failure {
      if (hash.equals("{HUGE}")) {
        throw Failure.usage("too much");
      }
      return hash.indexOf('}') * 1000L - 999;
    }

    @Override
    public String make(String scheme, String user, String password, int rounds) throws Failure {
      if (scheme.equals("nonsense")) {
        throw Failure.temporary("Unknown scheme: nonsense", null);
      }
      made++;
      return "{" + scheme + "}" + user + ":" + password + ":" + rounds;
    }

    @Override
    public boolean verify(String hash, String user, String password) throws Failure {
      if (!hash.startsWith("{")) {
        throw Failure.temporary("Unknown scheme", null);
      }
      return hash.substring(hash.indexOf('}')).startsWith("}" + user + ":" + password + ":");
    }
  }
}
