package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that die, freeze and come back while a run over all of them is under way. */
@Timeout(300)
class LostServersTest {
  private static final int SERVERS = 3;
  private static final int USERS = 60;

  /** server_timeout and server_return, and how long a slow machine may take besides. */
  private static final Duration LIMIT = Duration.ofSeconds(3 + 4 + 30);

  @TempDir Path directory;
  private TestSite site;
  private Path sockets;
  private final int[] ports = new int[SERVERS];
  private final Process[] servers = new Process[SERVERS];
  private Process run;

  @BeforeEach
  void start() throws Exception {
    site = TestSite.withoutServer(directory, USERS, "");
    StringBuilder client = new StringBuilder("known_hosts = known_hosts\nidentity = key-admin\n");
    client.append("connect_timeout = 2s\nserver_timeout = 3s\nserver_return = 4s\n");
    StringBuilder known = new StringBuilder();
    sockets = Files.createTempDirectory("lost"); // names of sockets are short
    for (int i = 0; i < SERVERS; i++) {
      ports[i] = freePort();
      String settings =
          Files.readString(directory.resolve("sshd.conf"))
                  .replace("port = 0", "port = " + ports[i])
                  .replace("host_key = host_key", "host_key = host_" + i)
              + "service doveadm {\nunix_listener %s/%d {\n}\n}\n".formatted(sockets, i);
      Files.writeString(directory.resolve("sshd-" + i + ".conf"), settings);
      startServer(i);
      String[] key = Files.readString(directory.resolve("host_" + i + ".pub")).split(" ");
      known.append("[127.0.0.1]:%d %s %s%n".formatted(ports[i], key[0], key[1].strip()));
      client.append(
          "server s%d {\nhost = 127.0.0.1\nport = %d\nuser = admin\nworkers = 2\nusers = *%d@*\n}\n"
              .formatted(i, ports[i], i));
    }
    Files.writeString(directory.resolve("known_hosts"), known);
    Files.writeString(directory.resolve("doveadm-ssh.conf"), client);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void startServer(int i) throws Exception {
    Path log = directory.resolve("server-" + i + ".log");
    Files.deleteIfExists(log);
    List<String> words = TestSite.java("org.doveadmsshd.server.Main");
    words.addAll(List.of("--config", directory.resolve("sshd-" + i + ".conf").toString()));
    servers[i] =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    await(() -> read(log).contains("listens on 127.0.0.1 port " + ports[i]));
  }

  @AfterEach
  void stop() throws Exception {
    for (Process each : servers) {
      if (each != null) {
        each.destroyForcibly().waitFor();
      }
    }
    if (run != null) {
      run.destroyForcibly().waitFor();
    }
    site.close();
    for (int i = 0; i < SERVERS; i++) {
      Files.deleteIfExists(sockets.resolve("" + i));
    }
    Files.delete(sockets);
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it takes too long").isLessThan(end);
      Thread.sleep(20);
    }
  }

  /** Users of a server: their names end with its number before the at sign. */
  private List<String> users(int server) throws IOException {
    List<String> names = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("users"))) {
      String name = line.split(":")[0];
      if (name.contains(server + "@")) {
        names.add(name);
      }
    }
    return names;
  }

  private List<String> allUsers() throws IOException {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      all.addAll(users(i));
    }
    return all;
  }

  private void begin(String... words) throws IOException {
    run =
        new ProcessBuilder(site.doveadmSshWords(words))
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("error").toFile())
            .start();
  }

  private void name(List<String> users) throws IOException {
    run.getOutputStream().write((String.join("\n", users) + "\n").getBytes(StandardCharsets.UTF_8));
    run.getOutputStream().flush();
  }

  private void awaitRows(int count) throws InterruptedException {
    await(() -> read(directory.resolve("out")).lines().count() >= count);
  }

  private void signal(String signal, int server) throws Exception {
    String pid = Long.toString(servers[server].pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }

  private int end() throws Exception {
    run.getOutputStream().close();
    assertThat(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("the run ends").isTrue();
    return run.exitValue();
  }

  /** How often a user has a row, or a line of standard error. */
  private long outcomes(String user) {
    String name = user + " ";
    String failure = "doveadm(" + user + "): Error: ";
    return read(directory.resolve("out")).lines().filter(line -> line.startsWith(name)).count()
        + read(directory.resolve("error")).lines().filter(l -> l.startsWith(failure)).count();
  }

  private String said() {
    return read(directory.resolve("error"));
  }

  @Test
  void whereOneDiesAndOneFreezesEachUserHasOneOutcomeAndTheOthersAreDone() throws Exception {
    begin("-v", "search", "-F", "-", "mailbox", "INBOX", "1");
    for (int i = 0; i < SERVERS; i++) {
      name(users(i).subList(0, 2));
    }
    awaitRows(2 * SERVERS);
    signal("KILL", 0);
    signal("STOP", 1);
    for (int i = 0; i < SERVERS; i++) {
      name(users(i).subList(2, users(i).size()));
    }
    assertThat(end()).as(said()).isEqualTo(75);
    for (int i = 0; i < SERVERS; i++) {
      assertThat(users(i)).isNotEmpty();
      for (String user : users(i)) {
        assertThat(outcomes(user)).as(user + "\n" + said()).isEqualTo(1);
      }
    }
    for (String user : users(2)) {
      assertThat(read(directory.resolve("out"))).contains(user + " ");
    }
    assertThat(said()).contains("Server s0 is not available", "Server s1 is not available");
    assertThat(said()).contains("it does not answer any more");
  }

  @Test
  void aServerOnASocketThatFreezesIsFoundAsOneOverSshIs() throws Exception {
    Path configuration = directory.resolve("doveadm-ssh.conf");
    String overSsh = "host = 127.0.0.1\nport = %d\nuser = admin\n".formatted(ports[1]);
    assertThat(read(configuration)).contains(overSsh);
    Files.writeString(
        configuration,
        read(configuration)
            .replace(overSsh, "socket = " + sockets.resolve("1") + "\nmechanism = external\n"));
    begin("-v", "search", "-F", "-", "mailbox", "INBOX", "1");
    name(users(1).subList(0, 2));
    name(users(2).subList(0, 2));
    awaitRows(4);
    signal("STOP", 1);
    for (int i = 1; i < SERVERS; i++) {
      name(users(i).subList(2, users(i).size()));
    }
    assertThat(end()).as(said()).isEqualTo(75);
    for (int i = 1; i < SERVERS; i++) {
      for (String user : users(i)) {
        assertThat(outcomes(user)).as(user + "\n" + said()).isEqualTo(1);
      }
    }
    assertThat(said()).contains("Server s1 is not available", "it does not answer any more");
  }

  @Test
  void aServerThatIsRestartedInTimeGoesOnWithItsUsers() throws Exception {
    Path configuration = directory.resolve("doveadm-ssh.conf");
    String patient = read(configuration).replace("server_return = 4s", "server_return = 60s");
    Files.writeString(configuration, patient);
    begin("-v", "search", "-F", "-", "mailbox", "INBOX", "1");
    name(users(0).subList(0, 2));
    awaitRows(2);
    servers[0].destroyForcibly().waitFor();
    await(() -> said().contains("its users wait for it"));
    startServer(0);
    name(users(0).subList(2, users(0).size()));
    assertThat(end()).as(said()).isZero();
    for (String user : users(0)) {
      assertThat(outcomes(user)).as(user + "\n" + said()).isEqualTo(1);
    }
    assertThat(said()).contains("Server s0 is there again");
  }

  /** As Ctrl-C, which tests that run in the background ignore; the program has five seconds. */
  private void interrupt() throws Exception {
    new ProcessBuilder("kill", "-TERM", Long.toString(run.pid())).start().waitFor();
    expectEnd();
  }

  private void expectEnd() throws Exception {
    assertThat(run.waitFor(5, TimeUnit.SECONDS)).as("the program ends\n" + said()).isTrue();
  }

  private void expectStopped() {
    assertThat(run.exitValue()).as(said()).isEqualTo(75);
    assertThat(said()).contains("Stopped; users that were not begun are unchanged");
  }

  @Test
  void ctrlCEndsARunWhoseServerIsFrozen() throws Exception {
    begin("-v", "search", "-F", "-", "mailbox", "INBOX", "1");
    name(users(1).subList(0, 2));
    awaitRows(2);
    signal("STOP", 1);
    name(users(1).subList(2, users(1).size()));
    interrupt();
    expectStopped();
  }

  @Test
  void ctrlCEndsARunOverAllUsersOfAServerThatFreezesWhileItAnswers() throws Exception {
    begin("-v", "fetch", "-A", "text", "all");
    awaitRows(1);
    signal("STOP", 1);
    interrupt();
    expectStopped();
  }

  @Test
  void ctrlCEndsARunWhoseServerWasFrozenBeforeItWasConnectedTo() throws Exception {
    Path configuration = directory.resolve("doveadm-ssh.conf");
    Files.writeString(
        configuration,
        read(configuration).replace("connect_timeout = 2s", "connect_timeout = 60s"));
    signal("STOP", 1);
    begin("-v", "search", "-A", "mailbox", "INBOX", "1");
    awaitRows(users(0).size() + users(2).size());
    interrupt();
    expectStopped();
    assertThat(said()).contains("the list was not read to its end");
  }

  @Test
  void aRunThatIsDoneDoesNotWaitForAServerThatIsFrozen() throws Exception {
    begin("-v", "search", "-F", "-", "mailbox", "INBOX", "1");
    name(allUsers());
    awaitRows(allUsers().size());
    signal("STOP", 1);
    run.getOutputStream().close();
    expectEnd();
    assertThat(run.exitValue()).as(said()).isZero();
  }

  @Test
  void everybodyInAFileHasOneOutcomeAfterCtrlC() throws Exception {
    Path file = Files.write(directory.resolve("named"), allUsers());
    String journal = directory.resolve("journal").toString();
    begin("--journal", journal, "--max-rate", "1", "search", "-F", file.toString(), "1");
    awaitRows(2);
    signal("STOP", 1);
    interrupt();
    expectStopped();
    String written = read(Path.of(journal));
    for (String user : allUsers()) {
      String line = "{\"user\":\"" + user + "\"";
      assertThat(written.lines().filter(each -> each.startsWith(line))).as(user).hasSize(1);
    }
    assertThat(said()).contains(" not begun");
  }
}
