package org.doveadmsshd.system;

import java.io.Closeable;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** A Dovecot of our own with IMAP on loopback, for the mail of a {@link TestSite}. Needs root. */
final class LiveDovecot implements Closeable {
  final int port;
  private final Path log;
  private final Process process;

  LiveDovecot(Path directory, Path homes) throws IOException, InterruptedException {
    this(directory, homes, "");
  }

  /**
   * @param settings further lines of its configuration
   */
  LiveDovecot(Path directory, Path homes, String settings)
      throws IOException, InterruptedException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path own = Files.createDirectory(directory.resolve("dovecot"));
    log = own.resolve("log");
    Path configuration = own.resolve("dovecot.conf");
    Files.writeString(
        configuration,
        """
        base_dir = %1$s/run
        state_dir = %1$s/state
        log_path = %1$s/log
        protocols = imap
        listen = 127.0.0.1
        ssl = no
        disable_plaintext_auth = no
        mail_location = maildir:~/Maildir
        first_valid_uid = 1
        mail_max_userip_connections = 0
        namespace inbox {
          inbox = yes
          separator = .
        }
        passdb {
          driver = static
          args = password=x
        }
        userdb {
          driver = static
          args = uid=nobody gid=nogroup home=%2$s/%%u
        }
        service imap-login {
          inet_listener imap {
            address = 127.0.0.1
            port = %3$d
          }
          inet_listener imaps {
            port = 0
          }
        }
        """
                .formatted(own, homes, port)
            + settings);
    process =
        new ProcessBuilder("dovecot", "-F", "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(own.resolve("output").toFile())
            .start();
    awaitPort();
  }

  /** Whether this machine and this user can have one. */
  static boolean isPossible() {
    return System.getProperty("user.name").equals("root")
        && Files.exists(Path.of("/usr/lib/dovecot/imap"))
        && Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "dovecot")));
  }

  /**
   * Starts one with a configuration of its own.
   *
   * @param run below which everything is; gets dovecot.conf
   * @param socket that is there when it has started, as seen from there
   */
  static Process start(Path run, String configuration, String socket)
      throws IOException, InterruptedException {
    Path file = Files.writeString(run.resolve("dovecot.conf"), configuration);
    Process started =
        new ProcessBuilder("dovecot", "-F", "-c", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(run.resolve("output").toFile())
            .start();
    while (!Files.exists(run.resolve(socket))) {
      if (started.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new IOException(Files.readString(run.resolve("output")));
      }
    }
    return started;
  }

  private void awaitPort() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException e) {
        if (System.nanoTime() > end || !process.isAlive()) {
          throw e;
        }
        process.waitFor(50, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** All it has had to say. */
  String log() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
