package org.doveadmsshd.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.supervision.LineChannel;
import org.doveadmsshd.supervisor.SupervisorStage.ServerEnd;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which processes are started, kept and ended, as a server and the children themselves see it. */
@Timeout(120)
class WorkerPoolTest {
  private static final String TEMPORARY = Integer.toString(Outcome.TEMPORARY_FAILURE.code());

  @AutoClose private final SupervisorStage stage;

  WorkerPoolTest(@TempDir Path directory) throws Exception {
    stage = new SupervisorStage(directory);
  }

  @Test
  void processesAreStartedAheadOfNeedAndReplacedWhenTheyAreTaken() throws Exception {
    stage.begin("process_min_avail = 1");
    assertThat(stage.program.await("settings").child()).isEqualTo(1);
    stage.connect().worker("jane");
    assertThat(stage.program.await("settings").child()).isEqualTo(2);
  }

  @Test
  void aProcessGetsTheSettingsOfItsService() throws Exception {
    stage.begin("process_min_avail = 1;umask = 0027;confine = no;limit_open_files = 99");
    assertThat(stage.program.await("settings").what())
        .contains("peer=5000", "umask=23", "confine=no", "NOFILE=99", "DATA=268435456");
  }

  @Test
  void noMoreProcessesThanTheLimitAreStarted() throws Exception {
    ServerEnd first = stage.begin("process_limit = 1").connect();
    first.worker("jane");
    List<String> refused = stage.connect().worker("doveadm", 300, "joe");
    assertThat(refused).startsWith("FAILED", TEMPORARY);
    assertThat(refused.get(2)).contains("all 1 of process_limit are busy");
    assertThat(stage.program.started()).isEqualTo(1);
  }

  @Test
  void aUserWhoWaitsGetsThePlaceOfTheProcessThatEnds() throws Exception {
    ServerEnd first = stage.begin("process_limit = 1").connect();
    first.worker("jane");
    ServerEnd second = stage.connect();
    second.say("WORKER", "doveadm", "0", "joe");
    first.say("RELEASE");
    assertThat(second.hear()).startsWith("WORKER");
  }

  @Test
  void aUserWhoWaitsGetsTheProcessOfHisIdentityAsSoonAsItIsFree() throws Exception {
    ServerEnd first = stage.begin("process_limit = 1;service_count = 0").connect();
    List<String> process = first.worker("jane");
    ServerEnd second = stage.connect();
    second.say("WORKER", "doveadm", "0", "jim");
    first.say("RELEASE");
    assertThat(second.hear()).isEqualTo(process);
  }

  @Test
  void anIdleProcessOfAnotherIdentityMakesRoomForAUserWhoWaits() throws Exception {
    ServerEnd server = stage.begin("process_limit = 1;service_count = 0").connect();
    server.worker("jane");
    server.say("RELEASE");
    assertThat(server.worker("joe")).startsWith("WORKER");
    assertThat(stage.program.await("ends").child()).isEqualTo(1);
    assertThat(stage.program.started()).isEqualTo(2);
  }

  @Test
  void theProcessThatHasBeenIdleForLongestMakesRoom() throws Exception {
    stage.begin("process_limit = 2;service_count = 0");
    ServerEnd first = stage.connect();
    ServerEnd second = stage.connect();
    first.worker("jane");
    second.worker("joe");
    second.say("RELEASE");
    assertThat(second.worker("nobody")).as("RELEASE has been worked off").startsWith("FAILED");
    first.say("RELEASE");
    assertThat(first.worker("nobody")).startsWith("FAILED");
    assertThat(second.worker("ann")).startsWith("WORKER");
    assertThat(stage.program.await("ends").child()).as("joe's").isEqualTo(2);
  }

  @Test
  void anIdleProcessEndsAfterAWhileAndABusyOneDoesNot() throws Exception {
    stage.begin("service_count = 0;idle_kill = 0s");
    ServerEnd busy = stage.connect();
    busy.worker("jane");
    ServerEnd server = stage.connect();
    server.worker("joe");
    server.say("RELEASE");
    assertThat(stage.program.await("ends")).isEqualTo(new ScriptedProgram.Event(2, "ends 0"));
    busy.say("RELEASE");
    assertThat(stage.program.await("ends")).isEqualTo(new ScriptedProgram.Event(1, "ends 0"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 137})
  void aProcessThatEndsBeforeItIsReadyFailsWhoeverWaitsForIt(int code) throws Exception {
    stage.program.next(child -> child.ends(code));
    List<String> answer = stage.begin("").connect().worker("jane");
    assertThat(answer).startsWith("FAILED", TEMPORARY);
    assertThat(answer.get(2))
        .startsWith("No worker process can be started: a process that was started")
        .endsWith("(the supervisor's log says more)");
    assertThat(stage.program.started()).as("there is a pause before the next one").isEqualTo(1);
  }

  @Test
  void startingIsTriedAgainAfterAPause() throws Exception {
    stage.program.next(child -> child.ends(5));
    stage.begin("process_min_avail = 1");
    stage.program.await("ends 5");
    assertThat(stage.program.await("settings").child()).isEqualTo(2);
    assertThat(stage.connect().worker("jane")).startsWith("WORKER");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "READY\n",
        "READY\tsoon\n",
        "READY\t1\t2\n",
        "ready\t1\n",
        "TAKEN\n",
        "READY\t-\n"
      })
  void aProcessThatDoesNotSayThatItIsReadyIsKilled(String nonsense) throws Exception {
    ScriptedProgram.Script script =
        child -> {
          child.hear();
          child.sayBytes(nonsense.getBytes(StandardCharsets.UTF_8));
          child.hear();
        };
    stage.program.next(script);
    List<String> answer = stage.begin("").connect().worker("jane");
    assertThat(answer).startsWith("FAILED", TEMPORARY);
    assertThat(answer.get(2)).contains("No worker process can be started");
    stage.program.await("ends " + ScriptedChild.KILLED);
  }

  @Test
  void aProcessThatSaysALineWithoutEndIsKilled() throws Exception {
    stage.program.next(
        child -> {
          child.hear();
          child.sayBytes(new byte[LineChannel.MAX_LINE + 1]);
          child.hear();
        });
    stage.begin("process_min_avail = 1");
    stage.program.await("ends " + ScriptedChild.KILLED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"taken", "TAKEN\tjane", "READY\t1", ""})
  void aProcessThatDoesNotSayThatItHasTakenAUserIsReplaced(String nonsense) throws Exception {
    stage.program.next(
        child -> {
          child.becomesReady();
          child.hearUsers();
          child.say(nonsense.split("\t"));
          child.hear();
        });
    assertThat(stage.begin("").connect().worker("jane")).startsWith("WORKER");
    assertThat(stage.program.started()).isEqualTo(2);
    stage.program.await("ends " + ScriptedChild.KILLED);
  }

  @Test
  void aUserWithWhomEveryProcessEndsFailsAfterTheThird() throws Exception {
    for (int i = 0; i < 3; i++) {
      stage.program.next(
          child -> {
            child.becomesReady();
            child.hearUsers();
            child.ends(9);
          });
    }
    ServerEnd server = stage.begin("").connect();
    List<String> answer = server.worker("jane");
    assertThat(answer).startsWith("FAILED", TEMPORARY);
    assertThat(answer.get(2))
        .isEqualTo("The worker process for jane ended with exit code 9 before it had begun");
    assertThat(stage.program.started()).isEqualTo(3);
    assertThat(server.worker("joe")).as("the next user is not to blame").startsWith("WORKER");
  }

  @Test
  void aProcessThatEndsWhileItIsIdleIsNotAssignedAnybody() throws Exception {
    CompletableFuture<Void> released = new CompletableFuture<>();
    stage.program.next(
        child -> {
          child.becomesReady();
          child.hearUsers();
          child.say("TAKEN");
          released.get(30, TimeUnit.SECONDS);
          child.ends(6);
        });
    ServerEnd server = stage.begin("service_count = 0").connect();
    server.worker("jane");
    server.say("RELEASE");
    assertThat(server.worker("nobody")).as("RELEASE has been worked off").startsWith("FAILED");
    released.complete(null);
    stage.program.await("ends 6");
    assertThat(server.worker("jane")).startsWith("WORKER");
    assertThat(stage.program.started()).isEqualTo(2);
  }

  @Test
  void aReloadReplacesWhatIsNotBusy() throws Exception {
    stage.begin("process_min_avail = 1;service_count = 0");
    stage.program.await("settings");
    stage.rewrite("process_min_avail = 1;service_count = 0;umask = 0000");
    assertThat(stage.connect().say("RELOAD").hear()).startsWith("RELOADED");
    assertThat(stage.program.await("settings").what()).contains("umask=0");
    assertThat(stage.connect().worker("jane")).startsWith("WORKER");
    assertThat(stage.program.await("USER").child()).as("a new one").isGreaterThan(1);
  }

  @Test
  void aBusyProcessEndsAfterAReloadWhenItsUserHasBeenServed() throws Exception {
    ServerEnd server = stage.begin("service_count = 0").connect();
    assertThat(server.worker("jane")).endsWith("stays");
    stage.rewrite("service_count = 0");
    assertThat(stage.connect().say("RELOAD").hear()).startsWith("RELOADED");
    server.say("RELEASE");
    assertThat(stage.program.await("ends").what()).isEqualTo("ends 0");
    assertThat(server.worker("jane")).startsWith("WORKER");
    assertThat(stage.program.started()).isEqualTo(2);
  }

  @Test
  void aReloadOfAConfigurationWithMistakesChangesNothing() throws Exception {
    ServerEnd server = stage.begin("service_count = 0").connect();
    List<String> process = server.worker("jane");
    server.say("RELEASE");
    assertThat(server.say("RELOAD").hear())
        .containsExactly(
            "FAILED", Integer.toString(Outcome.USAGE.code()), "the configuration has mistakes");
    assertThat(server.worker("jane")).isEqualTo(process);
  }

  @Test
  void aLowerLimitHoldsFromTheReloadOn() throws Exception {
    stage.begin("process_limit = 2");
    ServerEnd first = stage.connect();
    first.worker("jane");
    stage.rewrite("process_limit = 1");
    stage.connect().say("RELOAD").hear();
    List<String> refused = stage.connect().worker("doveadm", 300, "joe");
    assertThat(refused.get(2)).contains("all 1 of process_limit are busy");
  }

  @Test
  void aStopWaitsForABusyProcessAndStartsNoOther() throws Exception {
    ServerEnd server = stage.begin("service_count = 0;process_min_avail = 1").connect();
    server.worker("jane");
    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(
            () -> {
              try {
                stage.stop(Duration.ofSeconds(60));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(stage.program.await("ends").child()).as("the spare one").isEqualTo(2);
    assertThat(stage.connect().worker("joe"))
        .containsExactly("FAILED", TEMPORARY, "The supervisor is stopping");
    assertThat(stopped).isNotDone();
    server.say("RELEASE");
    stopped.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aProcessThatIsStillBusyAfterTheTimeForStoppingIsKilled() throws Exception {
    stage.begin("").connect().worker("jane");
    stage.stop(Duration.ZERO);
    assertThat(stage.program.await("ends").what()).isEqualTo("ends " + ScriptedChild.KILLED);
  }
}
