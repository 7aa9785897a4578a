package org.doveadmsshd.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.settings.Backend;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.supervision.SupervisorRequest;
import org.doveadmsshd.worker.InProcessWork;
import org.doveadmsshd.worker.UserWork;
import org.doveadmsshd.worker.isolation.Isolation;
import org.doveadmsshd.worker.isolation.ThreadIdentity;
import org.doveadmsshd.worker.isolation.UserThreads;
import org.doveadmsshd.worker.supervised.SupervisedWork;

/** Where users' commands are carried out, and with whose rights: as {@code isolation} says. */
final class WorkPlace implements AutoCloseable {
  static final String ADVICE = "; a larger Java heap gives them more: DOVEADM_SSHD_MEMORY=1G";

  private final Path supervisor;
  private final MemoryTurns memory;
  private volatile SupervisedWork processes;
  private LookupThreads lookups;

  /**
   * @param settings names the directory of the supervisor, once and for all
   * @param waiting the memory for all that waits, mailboxes that are open here included
   */
  WorkPlace(Settings settings, MemoryBudget.Share waiting) {
    memory = InProcessWork.turns(waiting, ADVICE);
    supervisor = settings.work().baseDir().resolve(SupervisorRequest.SOCKET);
  }

  /** The isolation that is meant where the configuration leaves that open. */
  private Settings.IsolationKind kind(Settings settings) {
    return switch (settings.work().isolation().kind()) {
      case NONE -> Settings.IsolationKind.NONE;
      case THREAD -> Settings.IsolationKind.THREAD;
      case PROCESS -> Settings.IsolationKind.PROCESS;
      case AUTO ->
          Files.exists(supervisor) ? Settings.IsolationKind.PROCESS : Settings.IsolationKind.NONE;
    };
  }

  /** For the log: what it comes down to. */
  String text(Settings settings) {
    String why =
        settings.work().isolation().kind() == Settings.IsolationKind.AUTO
            ? " (isolation = auto"
            : "";
    return switch (kind(settings)) {
      case PROCESS ->
          "workers are processes that run as the user whose mail it is"
              + (why.isEmpty() ? "" : why + "; there is a supervisor)");
      case THREAD -> "workers are threads of this process that run as the user whose mail it is";
      case NONE, AUTO ->
          "workers are threads of this process and run as its user"
              + (why.isEmpty() ? "" : why + "; there is no supervisor at " + supervisor + ")");
    };
  }

  /** Whether the server itself opens mail, with the rights that it runs with. */
  boolean hasNone(Settings settings) {
    return kind(settings) == Settings.IsolationKind.NONE;
  }

  /** Whether processes do, and not this one. */
  boolean hasProcesses(Settings settings) {
    return kind(settings) == Settings.IsolationKind.PROCESS;
  }

  /**
   * What carries out commands from now on.
   *
   * @throws Failure when it cannot be had as the server has been started
   */
  UserWork work(Settings settings, Userdb userdb) throws Failure {
    InProcessWork.MailDefaults defaults = defaults(settings);
    return switch (kind(settings)) {
      case PROCESS -> processes(settings);
      case THREAD -> threads(settings, userdb, defaults);
      case NONE, AUTO -> new InProcessWork(name -> userdb, defaults, memory, Isolation.NONE);
    };
  }

  /** How mail is opened in this process. */
  static InProcessWork.MailDefaults defaults(Settings settings) throws Failure {
    Settings.CompressionSettings words = settings.mail().compression();
    return new InProcessWork.MailDefaults(
        settings.mail().users(),
        settings.mail().lockTimeout(),
        QuotaRules.configured(settings.mail().quota().quota(), settings.mail().quota().rules()),
        CompressionRules.configured(words.method(), words.level(), words.inflateLimit()),
        settings.mail().cache());
  }

  private UserWork threads(Settings settings, Userdb userdb, InProcessWork.MailDefaults defaults)
      throws Failure {
    checkPassdbs(settings);
    ThreadIdentity.check();
    if (lookups == null) {
      lookups = new LookupThreads();
    }
    Userdb lookedUp = lookups.through(userdb);
    Settings.IsolationSettings limits = settings.work().isolation();
    Identity.ValidIds bounds =
        new Identity.ValidIds(limits.firstUid(), limits.lastUid(), limits.firstGid());
    return new InProcessWork(
        name -> lookedUp,
        defaults,
        memory,
        new UserThreads(new ThreadIdentity(bounds), settings.work().processes().lockStacks()));
  }

  /**
   * Modules of PAM may change the uid of the process, which glibc does for all threads: those of
   * users must not take part in that.
   */
  private static void checkPassdbs(Settings settings) throws Failure {
    if (settings.auth().passdbs().stream()
        .anyMatch(each -> each.backend() instanceof Backend.Pam)) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "isolation = thread cannot be together with a passdb pam; use isolation = process");
    }
  }

  private SupervisedWork processes(Settings settings) throws Failure {
    String user = settings.work().processes().user();
    String self = System.getProperty("user.name");
    if (!self.equals(user)) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "With isolation = process the server must run as "
              + user
              + " (service doveadm { user }), not as "
              + self);
    }
    if (processes == null) {
      processes = new SupervisedWork(supervisor, Settings.DOVEADM);
    }
    processes.endSilenceAfter(settings.work().processes().answerTimeout());
    return processes;
  }

  /** The supervisor's socket, where there is to be a supervisor. */
  Optional<Path> supervisor(Settings settings) {
    return hasProcesses(settings) ? Optional.of(supervisor) : Optional.empty();
  }

  /** Numbers of worker processes, once there are any. */
  Optional<SupervisedWork.Figures> workers() {
    return Optional.ofNullable(processes).map(SupervisedWork::figures);
  }

  /** Has the supervisor, if there is to be one, read the configuration anew, too. */
  void reload(Settings next) throws Failure {
    if (processes != null && kind(next) == Settings.IsolationKind.PROCESS) {
      processes.reload();
    }
  }

  @Override
  public void close() {
    if (processes != null) {
      processes.close();
    }
    if (lookups != null) {
      lookups.close();
    }
  }
}
