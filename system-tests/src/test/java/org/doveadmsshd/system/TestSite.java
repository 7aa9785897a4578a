package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.sample.SampleSite;
import org.doveadmsshd.server.Daemon;
import org.doveadmsshd.settings.Settings;

/** A site with users, keys and a running server, and the stock ssh client to talk to it. */
final class TestSite implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(30);

  final Path directory;
  final Instant present;
  final Daemon daemon;
  private int port;

  /** What a command printed, and how it ended. */
  record Result(int code, String out, String error) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  TestSite(Path directory, int users) throws Exception {
    this(directory, users, "");
  }

  /**
   * Starts a server in this process.
   *
   * @param settings further lines of the configuration
   */
  TestSite(Path directory, int users, String settings) throws Exception {
    this(directory, users, settings, true);
    daemon.start();
    isServedAt(daemon.port());
  }

  /** Without a server: {@link #isServedAt} says later where one is. */
  static TestSite withoutServer(Path directory, int users, String settings) throws Exception {
    return new TestSite(directory, users, settings, false);
  }

  private TestSite(Path directory, int users, String settings, boolean served) throws Exception {
    this.directory = directory;
    present = SampleSite.write(directory, users);
    key("admin");
    key("admin@example.org");
    key("stranger");
    Files.writeString(directory.resolve("masters"), "admin:{PLAIN}secret\n");
    Files.writeString(
        directory.resolve("sshd.conf"),
        """
        listen = 127.0.0.1
        port = 0
        host_key = host_key
        authorized_keys = authorized/%u
        shell_history_directory = history
        state_directory = state
        lock_timeout = 1s
        rehearsal = no
        max_channels_per_connection = 20
        passdb {
          driver = passwd-file
          args = masters
        }
        userdb {
          driver = passwd-file
          args = users
        }
        master_user admin {
          users = *
        }
        master_user admin@example.org {
          users = *@example.org
          commands = search fetch user "mailbox list" who
        }
        """
            + settings);
    daemon = served ? daemon() : null;
  }

  private Daemon daemon() throws Exception {
    List<String> commands = CommandCatalog.scopeWords();
    Settings read = Settings.read(directory.resolve("sshd.conf"), commands);
    return new Daemon(read, Clock.fixed(present, ZoneId.systemDefault()), "test");
  }

  /** Tells clients where the server is, and its host key. */
  void isServedAt(int served) throws IOException {
    port = served;
    knowHost(Files.readString(directory.resolve("host_key.pub")));
    writeClientConfiguration();
  }

  private void key(String name) throws IOException, InterruptedException {
    Path file = directory.resolve("key-" + name);
    exec(new byte[0], "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString());
    if (!name.equals("stranger")) {
      Files.createDirectories(directory.resolve("authorized"));
      Files.copy(Path.of(file + ".pub"), directory.resolve("authorized").resolve(name));
    }
  }

  void knowHost(String publicKey) throws IOException {
    String[] words = publicKey.split(" ");
    Files.writeString(
        directory.resolve("known_hosts"),
        "[127.0.0.1]:%d %s %s%n".formatted(port, words[0], words[1].strip()));
  }

  private void writeClientConfiguration() throws IOException {
    Files.writeString(
        directory.resolve("doveadm-ssh.conf"),
        """
        known_hosts = known_hosts
        identity = key-admin
        state_directory = own-state
        server one {
          host = 127.0.0.1
          port = %d
          user = admin
          workers = 4
        }
        """
            .formatted(port));
  }

  int port() {
    return port;
  }

  /** Adds users {@code bulk000000@example.net} and so on, whose mail is where there is none. */
  void addUsersWithoutMail(int count) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append("bulk%06d@example.net:::::/nonexistent::\n".formatted(i));
    }
    Files.writeString(directory.resolve("users"), lines, StandardOpenOption.APPEND);
  }

  /** Words for the stock client, up to the host. */
  List<String> ssh(String master, String... options) {
    List<String> words = new ArrayList<>(List.of("ssh", "-F", "none", "-p", "" + port));
    words.addAll(List.of("-i", directory.resolve("key-" + master).toString()));
    words.addAll(
        List.of("-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR"));
    words.addAll(List.of("-o", "UserKnownHostsFile=" + directory.resolve("known_hosts")));
    words.addAll(Arrays.asList(options));
    words.addAll(List.of("-l", master, "127.0.0.1"));
    return words;
  }

  /** Logs in with a client of a library, for what no stock one does; the caller closes both. */
  ClientSession login(SshClient client) throws IOException, GeneralSecurityException {
    client.setServerKeyVerifier((session, address, key) -> true);
    client.start();
    ClientSession session = client.connect("admin", "127.0.0.1", port).verify(LONG).getSession();
    new FileKeyPairProvider(directory.resolve("key-admin"))
        .loadKeys(session)
        .forEach(session::addPublicKeyIdentity);
    session.auth().verify(LONG);
    return session;
  }

  /** {@code ssh admin@host doveadm line}. */
  Result doveadm(String line) throws IOException, InterruptedException {
    return as("admin", line);
  }

  Result as(String master, String line) throws IOException, InterruptedException {
    return as(master, line, "");
  }

  Result as(String master, String line, String input) throws IOException, InterruptedException {
    List<String> words = ssh(master);
    words.add("doveadm " + line);
    return exec(input.getBytes(StandardCharsets.UTF_8), words.toArray(String[]::new));
  }

  /** {@code doveadm who} as admin, who proves himself with a password. */
  Result withPassword(String password) throws IOException, InterruptedException {
    Path ask = Files.createTempFile(directory, "askpass", "");
    Files.writeString(ask, "#!/bin/sh\necho '" + password + "'\n");
    assertThat(ask.toFile().setExecutable(true)).isTrue();
    List<String> words = new ArrayList<>(List.of("env", "SSH_ASKPASS=" + ask));
    words.add("SSH_ASKPASS_REQUIRE=force");
    words.addAll(ssh("admin", "-o", "PubkeyAuthentication=no"));
    words.replaceAll(word -> word.equals("BatchMode=yes") ? "NumberOfPasswordPrompts=1" : word);
    words.add("doveadm who");
    return exec(new byte[0], words.toArray(String[]::new));
  }

  /** The program {@code doveadm-ssh}, as a process of its own. */
  Result doveadmSsh(String... words) throws IOException, InterruptedException {
    return exec(new byte[0], doveadmSshWords(words).toArray(String[]::new));
  }

  /** The words that start the program {@code doveadm-ssh}. */
  List<String> doveadmSshWords(String... words) {
    List<String> line =
        java("org.doveadmsshd.shell.Main", "-Dlogback.configurationFile=logback-doveadm-ssh.xml");
    line.addAll(List.of("-c", directory.resolve("doveadm-ssh.conf").toString()));
    line.addAll(Arrays.asList(words));
    return line;
  }

  /** The words that start a program for a short time, up to its class; with further options. */
  static List<String> java(String main, String... options) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // as in bin
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.addAll(Arrays.asList(options));
    line.add(main);
    return line;
  }

  Result exec(byte[] input, String... words) throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "out", "");
    Path error = Files.createTempFile(directory, "error", "");
    Process process =
        new ProcessBuilder(words)
            .redirectOutput(out.toFile())
            .redirectError(error.toFile())
            .start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException e) {
      // it did not want to know
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends: " + List.of(words)).isTrue();
    return new Result(process.exitValue(), Files.readString(out), Files.readString(error));
  }

  Path maildir(String user) {
    return directory.resolve("homes").resolve(user).resolve("Maildir");
  }

  @Override
  public void close() {
    if (daemon != null) {
      daemon.stop(Duration.ofSeconds(1));
    }
  }
}
