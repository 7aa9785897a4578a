package org.doveadmsshd.process;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.accounts.Confine;
import org.doveadmsshd.accounts.MailLocation;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.UserDirectory;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.Compression;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.supervision.AssignedUser;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.supervision.LineChannel;
import org.doveadmsshd.supervision.ProcessIdentity;
import org.doveadmsshd.supervision.Resource;
import org.doveadmsshd.supervision.WorkerJvm;
import org.doveadmsshd.supervision.WorkerSettings;
import org.doveadmsshd.worker.InProcessWork;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.isolation.Confinement;
import org.doveadmsshd.worker.isolation.Isolation;
import org.doveadmsshd.worker.isolation.SharedThread;
import org.doveadmsshd.worker.isolation.UserThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker process. It waits for a user, takes that user's identity for good, and then carries out
 * the server's requests for that user's mail, until its standard input ends.
 *
 * <p>Started by the supervisor as root with no right but to change its identity, with lines coming
 * and going on standard input and output (docs/SUPERVISOR.md). Any failure before the identity is
 * taken ends it: nothing of the user's has been touched then.
 */
public class WorkerProcess {
  private static final Logger LOG;

  static {
    Thread.currentThread().setContextClassLoader(new NoResources());
    LOG = LoggerFactory.getLogger(WorkerProcess.class);
  }

  /** Of a socket that the server's group may connect to. */
  private static final int SOCKET_MASK = 0117;

  private static final String ADVICE = "; vsz_limit gives workers more";

  private final MemoryBudget budget = MemoryBudget.ofHeap();
  private final LineChannel supervisor;
  private final Path socket;
  private volatile List<AssignedUser> assigned = List.of();
  private Identity identity;

  /**
   * @param socket where to listen
   */
  WorkerProcess(Path socket) {
    this.socket = socket;
    supervisor =
        new LineChannel(
            new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
  }

  /**
   * Starts the program.
   *
   * @param arguments where to listen; or {@code --version}
   */
  public static void main(String[] arguments) {
    if (arguments[0].equals("--version")) {
      System.out.print(Version.report(Lanes.SOFTWARE, Limits.PROTOCOL));
      return;
    }
    new WorkerProcess(Path.of(arguments[0])).serve();
  }

  /** Serves until the supervisor wants no more, and ends the JVM. */
  final void serve() {
    System.setOut(System.err); // whatever prints must not speak to the supervisor
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> die(thrown));
    int code = 1;
    try {
      run();
      code = 0;
    } catch (IOException | Failure | RuntimeException e) {
      LOG.error("A worker process ends: {}", Reason.full(e));
    }
    end(code); // work that is still under way is abandoned
  }

  /** Ends the process at once. */
  void end(int code) {
    ProcessIdentity.exit(code);
  }

  /**
   * A process that has lost a thread may serve no one. The JVM would end by itself only when the
   * heap is full.
   */
  private static void die(Throwable thrown) {
    try {
      LOG.error("A worker process ends: {}", Reason.of(thrown));
    } finally { // also when what logs cannot be loaded any more
      Runtime.getRuntime().halt(thrown instanceof OutOfMemoryError ? WorkerJvm.OUT_OF_MEMORY : 1);
    }
  }

  /** Takes an identity for good, or fails. */
  void become(Identity wanted) {
    ProcessIdentity.take(wanted);
  }

  private void run() throws IOException, Failure {
    if (Boolean.getBoolean(WorkerJvm.OPEN_JARS)) {
      ClassLoader.getSystemResource(WorkerJvm.OPEN_JARS);
    }
    ProcessIdentity.leaveTerminal();
    WorkerSettings settings = WorkerSettings.read(supervisor.receive());
    settings.limits().forEach(Resource::limit);
    ProcessIdentity.mask(SOCKET_MASK);
    LaneSocket listening = LaneSocket.listen(socket);
    ProcessIdentity.mask(settings.umask());
    int confined = settings.confine() == Confine.NO ? 0 : Confinement.version();
    if (confined != 0) {
      Compression.load(); // a thread that is confined could not open them
    }
    Isolation isolation = confined == 0 ? Isolation.NONE : isolation(settings);
    Lanes lanes = new Lanes(listening, worker(settings, isolation), budget, settings.peer());
    supervisor.send("READY", Integer.toString(confined));
    take(lanes);
    Thread serving = new Thread(() -> serve(lanes), "lanes");
    serving.setDaemon(true);
    serving.start();
    while (take(lanes)) {
      // one user after another
    }
  }

  /** Takes in the next users, of one identity; false when there will be none. */
  private boolean take(Lanes lanes) throws IOException {
    AssignedUser.UserLine first;
    try {
      first = AssignedUser.UserLine.read(supervisor.receive());
    } catch (java.io.EOFException e) {
      return false;
    }
    List<AssignedUser> users = new ArrayList<>(List.of(first.user()));
    for (int left = first.following(); left > 0; left--) {
      AssignedUser.UserLine next = AssignedUser.UserLine.read(supervisor.receive());
      if (!next.identity().equals(first.identity())) {
        throw new IllegalStateException("users of several identities");
      }
      users.add(next.user());
    }
    lanes.awaitEnd(); // else a thread might go on with the work for those before
    assigned = List.copyOf(users);
    if (identity == null) {
      become(first.identity());
      identity = first.identity();
    } else if (!identity.equals(first.identity())) {
      throw new IllegalStateException("another identity than the one that was taken");
    }
    supervisor.send("TAKEN");
    return true;
  }

  /** The users that a command may know: only the one that it is for. */
  private Userdb view(String asked) {
    for (AssignedUser each : assigned) {
      if (each.asked().equals(asked)) {
        return each;
      }
    }
    return AssignedUser.NOBODY;
  }

  private static void serve(Lanes lanes) {
    try {
      lanes.serve();
    } catch (IOException e) {
      LOG.error("A worker process ends: {}", Reason.full(e));
      Runtime.getRuntime().halt(1);
    }
  }

  /** Work sees the mail of its user, or that of all whom the process has been assigned with him. */
  private Isolation isolation(WorkerSettings settings) {
    UserMail mail = settings.mail();
    if (settings.confine() == Confine.SITE) {
      return new SharedThread(new Confinement(user -> allTrees(mail), program()));
    }
    Confinement own = new Confinement(user -> trees(user, mail), program());
    return new UserThreads(own, settings.lockStacks());
  }

  private Worker worker(WorkerSettings settings, Isolation isolation) throws Failure {
    MemoryTurns turns = InProcessWork.turns(budget.all(), ADVICE);
    InProcessWork work = new InProcessWork(this::view, defaults(settings), turns, isolation);
    return new Worker(
        AssignedUser.NOBODY,
        work,
        (master, input, output) -> {
          throw new Failure(
              Outcome.NO_PERMISSION, "A worker process has nothing but a user's mail");
        },
        Audit.NONE);
  }

  private static InProcessWork.MailDefaults defaults(WorkerSettings settings) throws Failure {
    WorkerSettings.Compression words = settings.compression();
    return new InProcessWork.MailDefaults(
        settings.mail(),
        settings.lockTimeout(),
        QuotaRules.configured(settings.quota(), settings.quotaRules()),
        CompressionRules.configured(words.method(), words.level(), words.inflateLimit()),
        settings.mailCache());
  }

  /** Where a user's mail may be: his home, and what the locations of his namespaces name. */
  private static Set<Path> trees(MailUser user, UserMail mail) throws Failure {
    Set<Path> trees = new LinkedHashSet<>();
    user.home().map(Path::of).ifPresent(trees::add);
    for (MailLocation each : mail.locations(user)) {
      makeControl(each);
      trees.addAll(each.trusted());
    }
    return trees;
  }

  /**
   * Makes the directory of a user's control files where it is missing: a confined thread sees only
   * what is there when it begins.
   */
  private static void makeControl(MailLocation location) {
    boolean isMissing =
        location
            .control()
            .map(UserDirectory::trusted)
            .filter(path -> !Files.exists(path))
            .isPresent();
    if (isMissing && Files.exists(location.root().path())) {
      try {
        Files.createDirectories(
            location.control().get().trusted(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (IOException e) {
        // the first command that needs it says why
      }
    }
  }

  /** Where the mail of all may be who are assigned now. */
  private Set<Path> allTrees(UserMail mail) {
    Set<Path> trees = new LinkedHashSet<>();
    for (AssignedUser each : assigned) {
      try {
        trees.addAll(trees(each.user(), mail));
      } catch (Failure e) {
        // there is nothing to see; he fails by that when his turn comes, and nobody else
      }
    }
    return trees;
  }

  /** Files that the program itself reads: the JVM, its jars, and the system's time zones. */
  private static List<Path> program() {
    List<Path> directories = new ArrayList<>();
    directories.add(Path.of(System.getProperty("java.home")));
    directories.add(Path.of("/usr/share/zoneinfo"));
    for (String entry : System.getProperty("java.class.path").split(":")) {
      Path parent = Path.of(entry).toAbsolutePath().getParent();
      if (!directories.contains(parent)) {
        directories.add(parent);
      }
    }
    return directories;
  }
}
