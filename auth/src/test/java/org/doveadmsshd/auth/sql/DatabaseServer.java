package org.doveadmsshd.auth.sql;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real database server on loopback, with its data in a directory of the test's. */
final class DatabaseServer implements Closeable {
  private static final long START_SECONDS = 60;

  private final Path directory;
  private final int port;
  private Process process;

  private DatabaseServer(Path directory) throws IOException {
    this.directory = directory;
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  /** Where a program is, if it is installed. */
  static Optional<Path> program(String name) {
    List<Path> places = new ArrayList<>(List.of(Path.of("/usr/bin"), Path.of("/usr/sbin")));
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      versions.map(version -> version.resolve("bin")).forEach(places::add);
    } catch (IOException e) {
      // there is no PostgreSQL
    }
    return places.stream()
        .map(place -> place.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static DatabaseServer postgres(Path directory) throws Exception {
    DatabaseServer server = new DatabaseServer(directory);
    String data = directory.resolve("data").toString();
    server.run(
        program("initdb").orElseThrow().toString(), "-D", data, "-A", "trust", "-U", "admin");
    server.start(
        program("postgres").orElseThrow().toString(),
        "-D",
        data,
        "-p",
        Integer.toString(server.port),
        "-h",
        "127.0.0.1",
        "-k",
        directory.toString(),
        "-c",
        "fsync=off");
    server.await("jdbc:postgresql://127.0.0.1:" + server.port + "/postgres", "admin");
    return server;
  }

  static DatabaseServer mariadb(Path directory) throws Exception {
    DatabaseServer server = new DatabaseServer(directory);
    String data = directory.resolve("data").toString();
    server.run(
        program("mariadb-install-db").orElseThrow().toString(),
        "--no-defaults",
        "--datadir=" + data,
        "--auth-root-authentication-method=normal",
        "--skip-test-db");
    Path setup = directory.resolve("setup.sql");
    Files.writeString(
        setup,
        "CREATE DATABASE IF NOT EXISTS mail;\n"
            + "CREATE OR REPLACE USER admin@'%' IDENTIFIED BY 'it''s secret';\n"
            + "GRANT ALL ON mail.* TO admin@'%';\n");
    server.start(
        program("mariadbd").orElseThrow().toString(),
        "--no-defaults",
        "--datadir=" + data,
        "--port=" + server.port,
        "--bind-address=127.0.0.1",
        "--character-set-server=utf8mb4",
        "--socket=" + directory.resolve("socket"),
        "--pid-file=" + directory.resolve("pid"),
        "--init-file=" + setup);
    server.await("jdbc:mariadb://127.0.0.1:" + server.port + "/mail", "admin");
    return server;
  }

  int port() {
    return port;
  }

  /** These servers refuse to run as root. */
  private ProcessBuilder builder(String... command) {
    List<String> words = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      words.addAll(
          List.of("setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--"));
    }
    words.addAll(List.of(command));
    return new ProcessBuilder(words)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("server.log").toFile()));
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("server.log"));
  }

  private void run(String... command) throws Exception {
    if (builder(command).start().waitFor() != 0) {
      throw new IllegalStateException(log());
    }
  }

  private void start(String... command) throws IOException {
    process = builder(command).start();
  }

  private void await(String url, String user) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try {
        DriverManager.getConnection(url, user, "it's secret").close();
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IllegalStateException(log(), e);
        }
        Thread.sleep(50);
      }
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
