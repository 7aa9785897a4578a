package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.StaticUserdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.supervision.SupervisorRequest;
import org.doveadmsshd.worker.InProcessWork;
import org.doveadmsshd.worker.UserWork;
import org.doveadmsshd.worker.supervised.SupervisedWork;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where commands are carried out, as {@code isolation} says. */
class WorkPlaceTest {
  private static final String SELF = System.getProperty("user.name");
  private static final Userdb USERS = new StaticUserdb(Map.of("home", "/"), false);

  @TempDir Path directory;
  private final MemoryBudget budget = new MemoryBudget(1 << 20);

  private Settings settings(String service, String more) throws Exception {
    Path file = directory.resolve("sshd.conf");
    Files.writeString(directory.resolve("users"), "");
    Files.writeString(
        file,
        """
        host_key = key
        base_dir = run
        service doveadm {
          %s
        }
        userdb {
          driver = passwd-file
          args = users
        }
        """
                .formatted(service)
            + more);
    return Settings.read(file, CommandCatalog.scopeWords());
  }

  private Settings isolation(String kind) throws Exception {
    return settings("isolation = " + kind + "\n user = " + SELF, "");
  }

  private void supervisorIsThere() throws Exception {
    Path socket = directory.resolve("run").resolve(SupervisorRequest.SOCKET);
    Files.createDirectories(socket.getParent());
    Files.writeString(socket, "");
  }

  @Test
  void threadsOfUsersAndModulesOfPamAreNeverInOneProcess() throws Exception {
    Settings settings = settings("isolation = thread", "passdb {\n driver = pam\n}\n");
    try (WorkPlace place = new WorkPlace(settings, budget.all())) {
      assertThatThrownBy(() -> place.work(settings, USERS))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("passdb pam");
    }
  }

  @Test
  void whereNothingIsSaidItDependsOnWhetherThereIsASupervisor() throws Exception {
    Settings settings = isolation("auto");
    try (WorkPlace place = new WorkPlace(settings, budget.all())) {
      assertThat(place.hasNone(settings)).isTrue();
      assertThat(place.work(settings, USERS)).isInstanceOf(InProcessWork.class);
      assertThat(place.text(settings))
          .contains("run as its user (isolation = auto; there is no supervisor at")
          .contains(directory.resolve("run").toString());
      supervisorIsThere();
      assertThat(place.hasNone(settings)).isFalse();
      assertThat(place.work(settings, USERS)).isInstanceOf(SupervisedWork.class);
      assertThat(place.text(settings))
          .isEqualTo(
              "workers are processes that run as the user whose mail it is (isolation = auto; there"
                  + " is a supervisor)");
    }
  }

  @Test
  void whatIsSaidCountsWhateverThereIs() throws Exception {
    supervisorIsThere();
    Settings none = isolation("none");
    try (WorkPlace place = new WorkPlace(none, budget.all())) {
      assertThat(place.hasNone(none)).isTrue();
      assertThat(place.work(none, USERS)).isInstanceOf(InProcessWork.class);
      assertThat(place.text(none))
          .isEqualTo("workers are threads of this process and run as its user");
      Settings process = isolation("process");
      assertThat(place.hasNone(process)).isFalse();
      assertThat(place.text(process))
          .isEqualTo("workers are processes that run as the user whose mail it is");
    }
  }

  @Test
  void workerProcessesAreForTheUserOnlyWhomTheConfigurationNames() throws Exception {
    Settings settings = settings("isolation = process\n user = somebody-else", "");
    try (WorkPlace place = new WorkPlace(settings, budget.all())) {
      assertThatThrownBy(() -> place.work(settings, USERS))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
          .hasMessageContaining("must run as somebody-else")
          .hasMessageEndingWith("not as " + SELF);
    }
  }

  @Test
  void connectionsToWorkerProcessesAreKeptFromOneConfigurationToTheNext() throws Exception {
    Settings settings = isolation("process");
    try (WorkPlace place = new WorkPlace(settings, budget.all())) {
      UserWork first = place.work(settings, USERS);
      place.work(isolation("none"), USERS);
      assertThat(place.work(isolation("process"), USERS)).isSameAs(first);
    }
  }

  @Test
  void aSupervisorThatIsNotThereFailsTheReloadThatNeedsIt() throws Exception {
    Settings settings = isolation("process");
    try (WorkPlace place = new WorkPlace(settings, budget.all())) {
      place.reload(settings); // nothing was asked of it yet
      place.work(settings, USERS);
      assertThatThrownBy(() -> place.reload(settings))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("is doveadm-supervisor running?");
      place.reload(isolation("none"));
    }
  }

  @Test
  void threadsOfUsersNeedRoot() throws Exception {
    Settings settings = isolation("thread");
    try (WorkPlace place = new WorkPlace(settings, budget.all())) {
      assertThat(place.text(settings)).contains("run as the user whose mail it is");
      assertThat(place.hasNone(settings)).isFalse();
      Assumptions.assumeFalse(SELF.equals("root"));
      assertThatThrownBy(() -> place.work(settings, USERS)).hasMessageContaining("runs as root");
    }
  }
}
