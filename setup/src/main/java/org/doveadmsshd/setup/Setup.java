package org.doveadmsshd.setup;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.keys.KeyFile;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.Backends;
import org.doveadmsshd.settings.site.ConfigurationFile;
import org.doveadmsshd.setup.checked.Census;
import org.doveadmsshd.setup.checked.Comparison;
import org.doveadmsshd.setup.checked.Mail;
import org.doveadmsshd.setup.dovecot.Doveconf;
import org.doveadmsshd.setup.dovecot.DovecotPrograms;
import org.doveadmsshd.setup.plan.Finding;
import org.doveadmsshd.setup.plan.Plan;
import org.doveadmsshd.setup.plan.PlannedFile;
import org.doveadmsshd.setup.plan.Surroundings;
import org.doveadmsshd.setup.plan.Takeover;
import org.doveadmsshd.setup.plan.Texts;
import org.doveadmsshd.setup.written.Installation;
import org.doveadmsshd.setup.written.NewFile;

/**
 * Makes a configuration of Dovecot's, looks with it at users' mail, says what it has found, and
 * writes it. Nothing is written before it has been seen that the server would take it.
 */
public final class Setup {
  private static final String MANIFEST = "setup.manifest";
  private static final String HOST_KEY = "host_ed25519";
  private static final Path STANDARD_STATE = Path.of("/var/lib/doveadm-sshd");
  private static final String DROP_IN = "etc/systemd/system/doveadm-sshd.service.d";
  private static final int OPENED = 10;

  private final SetupRequest request;
  private final Machine machine;
  private final Mail mail;
  private final Report report;

  /**
   * @param mail opens it
   * @param out for who has asked
   */
  public Setup(SetupRequest request, Machine machine, Mail mail, PrintStream out) {
    this.request = request;
    this.machine = machine;
    this.mail = mail;
    report = new Report(out);
  }

  /** What is known when all has been looked at. */
  private record Found(
      Doveconf dovecot,
      MasterKeys keys,
      Plan plan,
      Settings settings,
      ServerUser user,
      Census census) {}

  /**
   * Does it.
   *
   * @return the exit code: 0 when doveadm sees the same, or there is none to compare with
   * @throws Failure when nothing was written
   */
  public int run() throws Failure {
    if (!request.dryRun()) {
      check(Files.exists(request.configuration()) ? List.of(request.configuration()) : List.of());
    }
    DovecotPrograms programs = new DovecotPrograms(request.dovecot());
    Doveconf dovecot =
        request.printed().isPresent()
            ? DovecotPrograms.printed(request.printed().get())
            : programs.configured();
    MasterKeys keys = keys();
    Backends backends = new Backends(MemoryBudget.ofHeap().all());
    try (Workbench bench = new Workbench()) {
      Plan looking = plan(dovecot, looking(), bench);
      refuse(looking);
      Settings seen = bench.read(looking);
      try (Backends.Opened opened = backends.open(seen)) {
        Census census = Census.of(opened.userdb(), request.users());
        ServerUser user = ServerUser.of(dovecot, census);
        Plan plan =
            plan(dovecot, surroundings(user.name(), user.isProcess() ? "process" : "none"), bench);
        Found found = new Found(dovecot, keys, plan, bench.read(plan), user, census);
        describe(found);
        List<Comparison.Row> rows =
            new Comparison(mail, seen, opened.userdb(), compared(programs))
                .of(census.sample(OPENED));
        describe(census, rows);
        finish(found, bench);
        return verdict(census, rows);
      }
    } finally {
      backends.close();
    }
  }

  /** A dry run needs none. */
  private MasterKeys keys() throws Failure {
    MasterKeys keys = MasterKeys.find(request.key(), machine);
    if (!request.dryRun()) {
      keys.require(machine);
    }
    return keys;
  }

  /** doveadm is asked where it is the one whose configuration was read. */
  private Optional<DovecotPrograms> compared(DovecotPrograms programs) {
    return request.printed().isPresent() ? Optional.empty() : Optional.of(programs);
  }

  private Plan plan(Doveconf dovecot, Surroundings surroundings, Workbench bench) {
    Texts texts = path -> DovecotPrograms.read(Path.of(path));
    return Takeover.plan(dovecot, surroundings, texts, bench);
  }

  /** As what mail is looked at: as its owner where this process may be anybody. */
  private Surroundings looking() {
    return surroundings(System.getProperty("user.name"), machine.isRoot() ? "thread" : "none");
  }

  private Surroundings surroundings(String user, String isolation) {
    return new Surroundings(
        request.master(), request.listen(), request.port(), state().toString(), user, isolation);
  }

  private Path directory() {
    return request.configuration().getParent();
  }

  private Path state() {
    return request.configuration().equals(Path.of(ConfigurationFile.STANDARD))
        ? STANDARD_STATE
        : directory().resolve("state");
  }

  private static void refuse(Plan plan) throws Failure {
    List<Finding> needed = plan.all(Finding.Kind.NEEDED);
    if (!needed.isEmpty()) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "Nothing was written: "
              + String.join(
                  "; ", needed.stream().map(each -> each.setting() + ": " + each.text()).toList()));
    }
  }

  private void describe(Found found) {
    Doveconf dovecot = found.dovecot();
    report.line("Dovecot " + dovecot.version() + ", " + dovecot.file());
    report.heading("Taken over");
    List<List<String>> rows = new ArrayList<>(rows(found.plan(), Finding.Kind.TAKEN));
    rows.add(List.of("master_user " + request.master(), login(found.keys())));
    rows.add(List.of("isolation", isolation(found.user())));
    report.table(rows);
    List<List<String>> missing = rows(found.plan(), Finding.Kind.NOT_TAKEN);
    report.heading(
        missing.isEmpty() ? "Not taken over: nothing that concerns mail" : "Not taken over");
    report.table(missing);
    report.indented(
        "(and "
            + count(found.plan().elsewhere(), "setting")
            + " of what doveadm-sshd does not do: IMAP, delivery, TLS, logs)");
  }

  private static List<List<String>> rows(Plan plan, Finding.Kind kind) {
    return plan.all(kind).stream().map(each -> List.of(each.setting(), each.text())).toList();
  }

  private static String isolation(ServerUser user) {
    return user.isProcess()
        ? "mail belongs to "
            + (user.uids().isEmpty()
                ? "nobody that is known"
                : count(user.uids().size(), "user") + " of the system")
            + ": the server runs as "
            + user.name()
            + ", and a supervisor starts a process for each user"
        : "all mail belongs to " + user.name() + ": the server runs as that user";
  }

  private static String count(long number, String what) {
    return "%,d %s%s".formatted(number, what, number == 1 ? "" : "s");
  }

  private void describe(Census census, List<Comparison.Row> rows) {
    report.heading(
        "Checked: " + count(census.count(), "user") + " listed, " + rows.size() + " opened");
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("USER", "MAILBOXES", "MESSAGES", "UNSEEN", "DOVEADM SEES"));
    for (Comparison.Row row : rows) {
      table.add(
          List.of(
              row.user(),
              "%,d".formatted(row.mailboxes()),
              "%,d".formatted(row.messages()),
              "%,d".formatted(row.unseen()),
              verdict(row)));
    }
    if (!rows.isEmpty()) {
      report.table(table);
    }
    census.failures().forEach(report::indented);
    if (census.users().isEmpty()) {
      report.indented("No user was found, so no mail was looked at; name one with -u USER.");
    }
  }

  private static String verdict(Comparison.Row row) {
    return switch (row.verdict()) {
      case SAME -> "the same";
      case ALONE -> "(not asked)";
      case DIFFERENT -> "something else: " + row.details().get(0);
      case FAILED -> "(not compared) " + row.details().get(0);
    };
  }

  private static int verdict(Census census, List<Comparison.Row> rows) {
    if (census.users().isEmpty()) {
      return Outcome.NO_USER.exitCode();
    }
    boolean failed = rows.stream().anyMatch(row -> row.verdict() == Comparison.Verdict.FAILED);
    boolean differs = rows.stream().anyMatch(row -> row.verdict() == Comparison.Verdict.DIFFERENT);
    return differs
        ? Outcome.DATA_ERROR.exitCode()
        : failed ? Outcome.TEMPORARY_FAILURE.exitCode() : 0;
  }

  private static String login(MasterKeys keys) {
    return keys.lines().isEmpty()
        ? "no public key was found; name one with --key FILE.pub"
        : "logs in with " + count(keys.lines().size(), "key") + " of " + keys.from().get(0);
  }

  private void finish(Found found, Workbench bench) throws Failure {
    Steps steps = new Steps(request, machine, found.user());
    List<NewFile> files = files(found, steps, bench);
    Installation installation = installation();
    List<Path> inTheWay = installation.inTheWay(files);
    List<String> first = first(found.user());
    if (request.dryRun()) {
      report.heading("Would write");
      files.forEach(file -> report.indented(file.path() + isThere(inTheWay, file.path())));
      report.heading("Nothing was written (--dry-run). Then");
    } else {
      check(inTheWay);
      checkUser(first);
      installation.write(
          directories(found.user(), steps.hasUnit() && !found.user().isProcess()), files);
      report.heading("Written");
      files.forEach(file -> report.indented(file.path().toString()));
      report.heading("Next");
    }
    first.forEach(report::indented);
    next(found, steps);
    if (!request.dryRun()) {
      boolean usual = request.configuration().equals(Path.of(ConfigurationFile.STANDARD));
      String named = usual ? "" : " -c " + request.configuration();
      report.heading("To take it back: doveadm-sshd" + named + " setup --undo");
    }
  }

  /** What must be done before anything can be written. */
  private static List<String> first(ServerUser user) {
    return user.isProcess() && user.owner().isEmpty()
        ? List.of(
            "useradd --system --user-group --no-create-home --shell /usr/sbin/nologin "
                + user.name())
        : List.of();
  }

  private static String isThere(List<Path> inTheWay, Path file) {
    return inTheWay.contains(file) ? "   (is there already; needs --force)" : "";
  }

  private void next(Found found, Steps steps) {
    steps.permissions(found.settings(), mail).forEach(report::indented);
    steps.start().forEach(report::indented);
    Optional<String> user = found.census().users().stream().findFirst().map(each -> each.name());
    report.indented(steps.ssh(found.keys().identity(), user));
  }

  private void check(List<Path> inTheWay) throws Failure {
    if (!inTheWay.isEmpty() && !request.force()) {
      throw new Failure(
          Outcome.CANNOT_CREATE,
          "Nothing was written: "
              + inTheWay.get(0)
              + " is there already. With --force it is replaced, and kept as "
              + inTheWay.get(0).getFileName()
              + Installation.KEPT);
    }
  }

  private void checkUser(List<String> first) throws Failure {
    if (!first.isEmpty() && machine.isRoot()) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "Nothing was written: the server is to run as a user that this system has not. First say: "
              + first.get(0));
    }
  }

  private Installation installation() {
    return new Installation(directory().resolve(MANIFEST));
  }

  /** Root's, where this is root; the server may read them. */
  private Optional<NewFile.Owner> readable(ServerUser user) {
    return user.owner()
        .filter(owner -> machine.isRoot())
        .map(owner -> new NewFile.Owner(0, owner.gid()));
  }

  private Optional<NewFile.Owner> own(ServerUser user) {
    return user.owner().filter(owner -> machine.isRoot());
  }

  private List<Installation.NewDirectory> directories(ServerUser user, boolean dropsIn) {
    List<Installation.NewDirectory> all = new ArrayList<>();
    all.add(new Installation.NewDirectory(directory(), "rwxr-xr-x", Optional.empty()));
    all.add(
        new Installation.NewDirectory(
            directory().resolve("authorized_keys"), "rwxr-x---", readable(user)));
    all.add(new Installation.NewDirectory(state(), "rwx------", own(user)));
    if (dropsIn) {
      all.add(new Installation.NewDirectory(machine.at(DROP_IN), "rwxr-xr-x", Optional.empty()));
    }
    return all;
  }

  private List<NewFile> files(Found found, Steps steps, Workbench bench) throws Failure {
    ServerUser user = found.user();
    List<NewFile> files = new ArrayList<>();
    for (PlannedFile file : found.plan().files()) {
      files.add(
          NewFile.of(directory().resolve(file.name()), file.text(), "rw-r-----", readable(user)));
    }
    files.add(
        NewFile.of(
            directory().resolve("authorized_keys").resolve(request.master()),
            found.keys().text(),
            "rw-r-----",
            readable(user)));
    Path hostKey = state().resolve(HOST_KEY);
    if (!Files.exists(hostKey)) {
      hostKey(hostKey, user, bench, files);
    }
    if (steps.hasUnit() && !user.isProcess()) {
      String text = steps.dropIn(found.settings(), found.census());
      files.add(
          NewFile.of(
              machine.at(DROP_IN).resolve("setup.conf"), text, "rw-r--r--", Optional.empty()));
    }
    files.add( // last, so that a configuration that is there is whole
        NewFile.of(
            request.configuration(), found.plan().configuration(), "rw-r-----", readable(user)));
    return files;
  }

  private void hostKey(Path path, ServerUser user, Workbench bench, List<NewFile> files)
      throws Failure {
    Path made = bench.place(HOST_KEY);
    KeyFile.create(made, "doveadm-sshd");
    try {
      String secret = Files.readString(made);
      String known = Files.readString(Path.of(made + ".pub"));
      files.add(NewFile.of(path, secret, "rw-------", own(user)));
      files.add(NewFile.of(Path.of(path + ".pub"), known, "rw-r--r--", own(user)));
    } catch (IOException e) {
      throw new Failure(Outcome.CANNOT_CREATE, "No host key can be made: " + Reason.withFile(e), e);
    }
  }

  /**
   * Takes back what setup has written.
   *
   * @return the exit code
   * @throws Failure when it has written nothing, or not all can be taken back
   */
  public int undo() throws Failure {
    Installation.Undone undone = installation().undo();
    list("Removed", undone.removed());
    list("As before", undone.restored());
    list("Left, because they were changed since", undone.left());
    return 0;
  }

  private void list(String heading, List<Path> paths) {
    if (!paths.isEmpty()) {
      report.line(heading);
      paths.forEach(path -> report.indented(path.toString()));
    }
  }
}
