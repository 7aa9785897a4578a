package org.doveadmsshd.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.supervision.LineChannel;
import org.doveadmsshd.supervision.SupervisorRequest;
import org.doveadmsshd.supervisor.SupervisorStage.ServerEnd;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server may say, what it is answered, and what becomes of its worker. */
@Timeout(120)
class ServerConnectionTest {
  private static final String NO_USER = Integer.toString(Outcome.NO_USER.code());
  private static final String MISTAKE = Integer.toString(Outcome.CONFIGURATION_ERROR.code());

  private final Path directory;
  @AutoClose private final SupervisorStage stage;

  ServerConnectionTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    stage = new SupervisorStage(directory);
  }

  @Test
  void aServerIsGivenAWorkerThatHasTakenTheUser() throws Exception {
    List<String> answer = stage.begin("").connect().worker("jane");
    assertThat(answer).hasSize(3).startsWith("WORKER").endsWith("1");
    assertThat(Path.of(answer.get(1)).getParent()).isEqualTo(directory);
    assertThat(stage.program.await("USER").what())
        .startsWith("USER 0 jane 5001 5001 jane ")
        .contains("home=/srv/mail/jane");
  }

  @Test
  void aWorkerThatIsReleasedAfterItsLastUserEnds() throws Exception {
    ServerEnd server = stage.begin("").connect();
    server.worker("jane");
    server.say("RELEASE");
    assertThat(stage.program.await("ends").what()).isEqualTo("ends 0");
    assertThat(server.worker("jane")).startsWith("WORKER");
    assertThat(stage.program.started()).isEqualTo(2);
  }

  @Test
  void aWorkerForAnyNumberOfUsersStaysAndServesItsIdentityAgain() throws Exception {
    ServerEnd server = stage.begin("service_count = 0").connect();
    List<String> first = server.worker("jane");
    assertThat(first).endsWith("1", "stays");
    server.say("RELEASE");
    assertThat(server.worker("jim")).as("who has jane's uid").isEqualTo(first);
    server.say("RELEASE");
    List<String> other = server.worker("joe");
    assertThat(other.get(1)).as("who has another uid").isNotEqualTo(first.get(1));
  }

  @ParameterizedTest
  @CsvSource({
    "jane jim jane, 3",
    "jane joe jim, 1",
    "jane jim joe, 2",
    "jane nobody jim, 1",
    "jane none, 1",
    "jane low, 1",
  })
  void furtherUsersAreTakenUpToTheFirstThatTheSameProcessCannotServe(String users, String taken)
      throws Exception {
    ServerEnd server = stage.begin("service_count = 0").connect();
    assertThat(server.worker(users.split(" "))).endsWith(taken, "stays");
    stage.program.await("USER " + (Integer.parseInt(taken) - 1) + " jane");
  }

  @Test
  void aWorkerServesNoMoreUsersThanTheSettingsSay() throws Exception {
    ServerEnd server = stage.begin("service_count = 3").connect();
    List<String> first = server.worker("jane", "jim");
    assertThat(first).endsWith("2", "stays");
    server.say("RELEASE");
    List<String> second = server.worker("jane", "jim", "jane", "jim");
    assertThat(second).as("one is left").containsExactly("WORKER", first.get(1), "1");
    server.say("RELEASE");
    stage.program.await("ends");
    assertThat(server.worker("jane", "jim", "jane", "jim"))
        .hasSize(3)
        .endsWith("3")
        .doesNotContain(first.get(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nobody | NO_USER | User doesn't exist: nobody",
        "'' | NO_USER | No user is called",
        "low | CONFIGURATION_ERROR | out of bounds",
        "none | CONFIGURATION_ERROR | names no uid for none",
      })
  void aUserWhoCannotBeServedFailsAloneAndTheServerMayGoOn(
      String user, Outcome outcome, String text) throws Exception {
    ServerEnd server = stage.begin("").connect();
    List<String> answer = server.worker(user, "jane");
    assertThat(answer).hasSize(3).startsWith("FAILED", Integer.toString(outcome.code()));
    assertThat(answer.get(2)).contains(text);
    assertThat(stage.program.started()).as("no process is started for that").isZero();
    assertThat(server.worker("jane")).startsWith("WORKER");
  }

  @ParameterizedTest
  @CsvSource({"/srv/mail, true", "/srv/mail/jane, true", "/srv/ma, false", "/other, false"})
  void mailThatLiesWhereItMayNotIsNotWorkedOn(String allowed, boolean isServed) throws Exception {
    ServerEnd server = stage.begin(stage.settings("valid_mail_dirs = " + allowed, "")).connect();
    List<String> answer = server.worker("jane");
    if (isServed) {
      assertThat(answer).startsWith("WORKER");
    } else {
      assertThat(answer).startsWith("FAILED", MISTAKE);
      assertThat(answer.get(2)).contains("valid_mail_dirs").doesNotContain("/srv");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, ran out of memory (vsz_limit)",
    "1, ended (exit code 1)",
    "70, ended with exit code 70",
    "134, was killed by signal 6",
    "0, ended with exit code 0",
  })
  void aServerIsToldHowALostWorkerHasEnded(int code, String fate) throws Exception {
    stage.program.next(
        child -> {
          child.becomesReady();
          child.hearUsers();
          child.say("TAKEN");
          child.ends(code);
        });
    ServerEnd server = stage.begin("").connect();
    server.worker("jane");
    List<String> answer = server.say("LOST").hear();
    assertThat(answer).hasSize(2).startsWith("ENDED");
    assertThat(answer.get(1)).startsWith(fate);
    assertThat(server.worker("jane")).startsWith("WORKER");
  }

  @Test
  void aLostWorkerThatIsStillThereIsKilled() throws Exception {
    ServerEnd server = stage.begin("").connect();
    Path socket = Path.of(server.worker("jane").get(1));
    Files.createFile(socket);
    assertThat(server.say("LOST").hear()).containsExactly("ENDED", "did not answer and was killed");
    assertThat(stage.program.await("ends").what()).isEqualTo("ends " + ScriptedChild.KILLED);
    assertThat(server.worker("jane")).startsWith("WORKER");
    assertThat(socket).as("its socket goes with it").doesNotExist();
  }

  @Test
  void aWorkerDoesNotOutliveTheConnectionThatHasIt() throws Exception {
    ServerEnd server = stage.begin("service_count = 0").connect();
    server.worker("jane");
    server.close();
    assertThat(stage.program.await("ends").what()).isEqualTo("ends " + ScriptedChild.KILLED);
  }

  @Test
  void aServerThatHasToWaitIsToldSo() throws Exception {
    ServerEnd first = stage.begin("process_limit = 1").connect();
    first.worker("jane");
    ServerEnd second = stage.connect();
    assertThat(second.worker("doveadm", 5000, "joe"))
        .startsWith("FAILED", Integer.toString(Outcome.TEMPORARY_FAILURE.code()));
    assertThat(second.waits).isPositive();
  }

  private static Arguments line(boolean hasWorker, String... values) {
    return Arguments.of(hasWorker, values);
  }

  static Stream<Arguments> nonsense() {
    String[] many = new String[3 + SupervisorRequest.MAX_USERS + 1];
    Arrays.fill(many, "jane");
    many[0] = "WORKER";
    many[1] = "doveadm";
    many[2] = "0";
    List<Arguments> lines = new ArrayList<>();
    for (boolean hasWorker : new boolean[] {true, false}) {
      lines.add(line(hasWorker, ""));
      lines.add(line(hasWorker, "HELLO"));
      lines.add(line(hasWorker, "worker", "doveadm", "0", "jane"));
      lines.add(line(hasWorker, "WORKER"));
      lines.add(line(hasWorker, "WORKER", "doveadm", "0"));
      lines.add(line(hasWorker, "WORKER", "0", "jane"));
      lines.add(line(hasWorker, "WORKER", "doveadm", "-1", "jane"));
      lines.add(line(hasWorker, many));
      lines.add(line(hasWorker, "RELOAD", "/etc/passwd"));
      lines.add(line(hasWorker, "USER", "0", "jane", "0", "0", "jane"));
      lines.add(line(hasWorker, "TAKEN"));
    }
    lines.add(line(false, "RELEASE"));
    lines.add(line(false, "LOST"));
    lines.add(line(true, "RELEASE", "1"));
    lines.add(line(true, "WORKER", "doveadm", "0", "jane"));
    lines.add(line(true, "RELOAD"));
    return lines.stream();
  }

  /** What is not understood, or out of order, ends the connection and whatever it had. */
  @ParameterizedTest
  @MethodSource("nonsense")
  void nonsenseClosesTheConnectionAndKillsItsWorker(boolean hasWorker, String[] line)
      throws Exception {
    ServerEnd server = stage.begin("service_count = 0").connect();
    if (hasWorker) {
      server.worker("jane");
    }
    server.say(line);
    assertThat(server.isClosed()).isTrue();
    if (hasWorker) {
      assertThat(stage.program.await("ends").what()).isEqualTo("ends " + ScriptedChild.KILLED);
    } else {
      assertThat(stage.program.started()).isZero();
    }
    assertThat(stage.connect().worker("jane")).as("others go on").startsWith("WORKER");
  }

  @Test
  void aLineWithoutEndIsNotGathered() throws Exception {
    ServerEnd server = stage.begin("").connect();
    byte[] piece = "x".repeat(LineChannel.MAX_LINE).getBytes(StandardCharsets.US_ASCII);
    try {
      server.sayBytes(piece);
      server.sayBytes(piece);
    } catch (IOException e) {
      // closed while it is still being sent
    }
    assertThat(server.isClosed()).isTrue();
  }

  @Test
  void theLongestLineIsTaken() throws Exception {
    ServerEnd server = stage.begin("").connect();
    String start = "WORKER\tdoveadm\t0\t";
    String name = "x".repeat(LineChannel.MAX_LINE - start.length());
    server.sayBytes((start + name + "\n").getBytes(StandardCharsets.US_ASCII));
    assertThat(server.hear()).startsWith("FAILED", NO_USER);
  }

  @Test
  void asManyUsersAsOneWorkerMayHaveAreTaken() throws Exception {
    ServerEnd server = stage.begin("service_count = 0").connect();
    List<String> users = Collections.nCopies(SupervisorRequest.MAX_USERS, "jane");
    assertThat(server.worker(users.toArray(String[]::new))).contains("" + users.size());
  }
}
