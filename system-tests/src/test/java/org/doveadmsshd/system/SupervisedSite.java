package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A site whose users have uids of their own, with a supervisor, and a server that runs as a user
 * without rights; both are processes of their own. Needs root.
 */
final class SupervisedSite implements AutoCloseable {
  static final int FIRST_UID = 22_000;

  /** Capabilities that the supervisor keeps. */
  static final long SUPERVISOR = 0x1e4;

  /** A user without rights that every system has. */
  private static final String SERVER = "nobody";

  private static final Pattern PORT = Pattern.compile("listens on 127.0.0.1 port ([0-9]+)");

  final TestSite site;
  final List<String> users = new ArrayList<>();
  private final Path directory;
  private Process supervisor;
  private Process server;

  /**
   * Starts the supervisor.
   *
   * @param identities how many uids the users share, in the order of their names
   * @param top settings, one in a line
   * @param service settings of the service, one in a line
   */
  SupervisedSite(Path directory, int count, int identities, String top, String service)
      throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    long may = Long.parseLong(status(ProcessHandle.current().pid(), "CapBnd"), 16);
    assumeThat(may & SUPERVISOR).as("a container's root may lack some").isEqualTo(SUPERVISOR);
    this.directory = directory;
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    site = TestSite.withoutServer(directory, count, settings(top, service));
    own(identities);
    Path key = directory.resolve("host_key");
    exec(List.of(key.toString()), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f");
    exec(List.of(key.toString()), "chown", SERVER);
    startSupervisor();
    startServer();
  }

  private static String settings(String top, String service) {
    return "%sbase_dir = run\nfirst_valid_uid = %d\nservice doveadm {\nuser = %s\nisolation = process\n%s}\n"
        .formatted(top, FIRST_UID, SERVER, service);
  }

  /** Gives the users their uids. */
  private void own(int identities) throws Exception {
    List<String> lines = Files.readAllLines(directory.resolve("users"));
    List<List<String>> homes = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String[] columns = lines.get(i).split(":", -1);
      int identity = (int) ((long) i * identities / lines.size());
      columns[2] = columns[3] = Integer.toString(FIRST_UID + identity);
      users.add(columns[0]);
      lines.set(i, String.join(":", columns));
      if (homes.size() <= identity) {
        homes.add(new ArrayList<>());
      }
      homes.get(identity).add(columns[5]);
    }
    for (int i = 0; i < homes.size(); i++) {
      int uid = FIRST_UID + i;
      exec(homes.get(i), "chown", "-Rh", uid + ":" + uid);
      exec(homes.get(i), "chmod", "0700");
    }
    Files.write(directory.resolve("users"), lines);
  }

  private void exec(List<String> paths, String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(paths);
    assertThat(site.exec(new byte[0], all.toArray(String[]::new)).code()).isZero();
  }

  Process supervisor() {
    return supervisor;
  }

  void startSupervisor() throws IOException {
    startSupervisor("");
  }

  /**
   * @param options for its JVM
   */
  void startSupervisor(String options) throws IOException {
    String[] words = {"env", "DOVEADM_SUPERVISOR_OPTS=" + options, "../bin/doveadm-supervisor"};
    supervisor = start("supervisor", words);
  }

  private Process start(String name, String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", directory.resolve("sshd.conf").toString()));
    return new ProcessBuilder(all)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve(name + ".log").toFile()))
        .start();
  }

  /** What the supervisor has written into its log. */
  String supervisorLog() {
    return read(directory.resolve("supervisor.log"));
  }

  Process server() {
    return server;
  }

  /** Starts the server as a process without rights, and tells clients where it is. */
  void startServer() throws Exception {
    Path log = directory.resolve("server.log");
    Files.deleteIfExists(log);
    server =
        start(
            "server",
            "setpriv",
            "--reuid=" + SERVER,
            "--clear-groups",
            "--regid=nogroup",
            "--bounding-set=-all",
            "--no-new-privs",
            program().resolve("bin/doveadm-sshd").toString());
    await("the server", () -> Files.exists(log) && PORT.matcher(read(log)).find());
    Matcher matcher = PORT.matcher(read(log));
    assertThat(matcher.find()).isTrue();
    site.isServedAt(Integer.parseInt(matcher.group(1)));
  }

  /** The server's program where its user can read it; the tree may be readable for root only. */
  private Path program() throws Exception {
    Path copy = directory.resolve("program");
    if (!Files.exists(copy)) {
      Path target = Files.createDirectories(copy.resolve("sshd-server/target"));
      Files.createDirectory(copy.resolve("bin"));
      exec(
          List.of(copy.resolve("bin").toString()),
          "cp",
          "../bin/jvm",
          "../bin/heap",
          "../bin/doveadm-sshd");
      exec(List.of(target.toString()), "cp", "-r", "../sshd-server/target/lib");
      exec(List.of(copy.toString()), "chmod", "-R", "a+rX");
    }
    return copy;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  /** Its worker processes, those that wait for a user included. */
  List<Long> workers(Predicate<Long> which) {
    return ProcessHandle.allProcesses()
        .filter(ProcessHandle::isAlive)
        .filter(each -> commandLine(each.pid()).contains("process.WorkerProcess"))
        .filter(each -> commandLine(each.pid()).contains(directory.toString()))
        .map(ProcessHandle::pid)
        .filter(which)
        .toList();
  }

  List<Long> awaitWorkers(Predicate<Long> which) throws InterruptedException {
    await("a worker", () -> !workers(which).isEmpty());
    return workers(which);
  }

  void awaitNoWorkers() throws InterruptedException {
    await("no worker", () -> workers(worker -> true).isEmpty());
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("waited for " + what).isNegative();
      Thread.sleep(20);
    }
  }

  private static String commandLine(long pid) {
    return read(Path.of("/proc", Long.toString(pid), "cmdline"));
  }

  /** A line of /proc/PID/status; empty when it has ended. */
  static String status(long pid, String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith(field + ":"))
          .map(line -> line.replaceAll("\\s+", " ").substring(field.length() + 2))
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  static boolean isOf(long pid, int uid) {
    return status(pid, "Uid").equals("%d %d %d %d".formatted(uid, uid, uid, uid));
  }

  void signal(String signal, long pid) throws IOException, InterruptedException {
    site.exec(new byte[0], "kill", "-" + signal, Long.toString(pid));
  }

  @Override
  public void close() throws Exception {
    server.destroy();
    assertThat(server.waitFor(40, TimeUnit.SECONDS)).isTrue();
    supervisor.destroy();
    assertThat(supervisor.waitFor(40, TimeUnit.SECONDS)).isTrue();
    assertThat(workers(worker -> true)).as("left behind").isEmpty();
  }
}
