package org.doveadmsshd.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.supervisor.SupervisorStage.ServerEnd;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two services: each has its own processes, limits and user. */
@Timeout(120)
class ServicesTest {
  private final Path directory;
  private final ScriptedProgram others = new ScriptedProgram();
  @AutoClose private final SupervisorStage stage;

  ServicesTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    stage = new SupervisorStage(directory);
    stage.beginBeside("lmtp", others, "user = mail;process_limit = 1");
  }

  @Test
  void aRequestIsServedByTheServiceThatItNames() throws Exception {
    List<String> worker = stage.connect("mail").worker("lmtp", 0, "jane");
    assertThat(worker).startsWith("WORKER");
    assertThat(Path.of(worker.get(1)).getParent()).isEqualTo(directory.resolve("lmtp"));
    assertThat(others.started()).isEqualTo(1);
    assertThat(stage.program.started()).isZero();
    assertThat(stage.connect().worker("jane")).startsWith("WORKER");
    assertThat(stage.program.started()).isEqualTo(1);
  }

  @Test
  void aServiceThatIsFullDoesNotHoldUpAnother() throws Exception {
    stage.connect("mail").worker("lmtp", 0, "jane");
    List<String> refused = stage.connect("mail").worker("lmtp", 300, "joe");
    assertThat(refused.get(2)).contains("all 1 of process_limit are busy");
    assertThat(stage.connect().worker("doveadm", 0, "joe")).startsWith("WORKER");
  }

  @Test
  void anUnknownServiceIsRefusedWithASentence() throws Exception {
    ServerEnd server = stage.connect();
    assertThat(server.worker("im\u0007ap", 0, "jane"))
        .containsExactly(
            "FAILED",
            Integer.toString(Outcome.CONFIGURATION_ERROR.code()),
            "The supervisor has no service im\ufffdap, only: doveadm, lmtp");
    assertThat(server.worker("jane")).as("the connection goes on").startsWith("WORKER");
  }

  @Test
  void onlyTheUserOfAServiceMayAskForItsWorkers() throws Exception {
    assertThat(stage.connect().worker("lmtp", 0, "jane"))
        .containsExactly(
            "FAILED",
            Integer.toString(Outcome.NO_PERMISSION.code()),
            "Workers of the service lmtp are not for doveadm (service lmtp { user })");
    assertThat(stage.connect("mail").worker("doveadm", 0, "jane"))
        .startsWith("FAILED", Integer.toString(Outcome.NO_PERMISSION.code()));
    assertThat(others.started() + stage.program.started()).isZero();
  }

  @Test
  void rootMayAskForWorkersOfAnyService() throws Exception {
    assertThat(stage.connect("root").worker("lmtp", 0, "jane")).startsWith("WORKER");
    assertThat(stage.connect("root").worker("doveadm", 0, "jane")).startsWith("WORKER");
  }

  @Test
  void aConnectionMayAskOneServiceAfterAnother() throws Exception {
    ServerEnd root = stage.connect("root");
    root.worker("lmtp", 0, "jane");
    root.say("RELEASE");
    others.await("ends 0");
    root.worker("doveadm", 0, "jane");
    assertThat(root.say("LOST").hear()).startsWith("ENDED");
    stage.program.await("ends " + ScriptedChild.KILLED);
  }

  @Test
  void aStopEndsTheProcessesOfAllServices() throws Exception {
    stage.connect().worker("jane");
    stage.connect("mail").worker("lmtp", 0, "jane");
    stage.close();
    stage.program.await("ends");
    others.await("ends");
  }
}
