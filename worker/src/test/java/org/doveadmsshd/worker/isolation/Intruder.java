package org.doveadmsshd.worker.isolation;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.supervision.ProcessIdentity;

/**
 * An attacker who has taken over a worker process that has its user's identity: tries everything
 * that must be impossible, and prints for each whether it worked.
 */
final class Intruder {
  private final Path home;
  private final Path other;
  private final int port;
  private final Map<String, Callable<?>> attempts = new LinkedHashMap<>();

  private Intruder(Path home, Path other, int port) {
    this.home = home;
    this.other = other;
    this.port = port;
  }

  /**
   * @param arguments a uid; the home of that user, in which links have been planted, beside that of
   *     jim, who has the same uid; that of another; a port where a server listens
   */
  public static void main(String[] arguments) throws Exception {
    int uid = Integer.parseInt(arguments[0]);
    Path home = Path.of(arguments[1]);
    Intruder intruder = new Intruder(home, Path.of(arguments[2]), Integer.parseInt(arguments[3]));
    ProcessIdentity.mask(0077);
    ProcessIdentity.take(new Identity(uid, uid));
    intruder.files();
    intruder.identity();
    intruder.run("process");
    if (Confinement.version() > 0) {
      intruder.surroundings();
      intruder.confine("confined", List.of(home));
      intruder.confine("site", List.of(home, home.resolveSibling("jim")));
    }
  }

  /** Else a class that has not been loaded before is not found. */
  private static List<Path> program() {
    String everything =
        System.getProperty("java.home") + ":" + System.getProperty("java.class.path");
    return Stream.of(everything.split(":"))
        .map(Path::of)
        .map(each -> Files.isDirectory(each) ? each : each.getParent())
        .toList();
  }

  /** Tries everything on a thread that sees these directories. */
  private void confine(String name, List<Path> mail) throws InterruptedException {
    Isolation isolation = new SharedThread(new Confinement(user -> mail, program()));
    Thread thread =
        new Thread(
            () -> {
              try {
                isolation.run(new MailUser("jane", Map.of()), () -> run(name));
              } catch (IOException | Failure e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    thread.join();
  }

  private void files() {
    attempts.put("own mail", () -> Files.readString(home.resolve("mail")));
    attempts.put("write own", () -> Files.writeString(home.resolve("new"), "x"));
    attempts.put("other's mail", () -> Files.readString(other.resolve("mail")));
    attempts.put("other's directory", () -> Files.list(other).count());
    attempts.put("symbolic link", () -> Files.readString(home.resolve("symbolic")));
    attempts.put("hard link", () -> Files.readString(home.resolve("hard")));
    attempts.put("write hard link", () -> Files.writeString(home.resolve("hard"), "x"));
    attempts.put("write other's", () -> Files.writeString(other.resolve("mail"), "x"));
    attempts.put("shadow", () -> Files.readString(Path.of("/etc/shadow")));
    attempts.put("root's process", () -> Files.readString(Path.of("/proc/1/environ")));
    attempts.put("become owner", () -> Files.setAttribute(home.resolve("hard"), "unix:uid", 0));
  }

  private void identity() {
    attempts.put("setuid", () -> call("setuid", 0));
    attempts.put("setresuid", () -> call("setresuid", 0, 0, 0));
    attempts.put("setresgid", () -> call("setresgid", 0, 0, 0));
    attempts.put("setgroups", () -> call("setgroups", 0, 0));
    attempts.put("chroot", () -> call("chroot", "/"));
    attempts.put("kill root's", () -> call("kill", 1, 0));
  }

  /** Files that every process may see, but a confined one may not. */
  private void surroundings() {
    attempts.put("world-readable", () -> Files.readString(Path.of("/etc/passwd")));
    attempts.put("neighbour", () -> Files.readString(home.resolveSibling("jim/mail")));
    attempts.put("scratch", () -> Files.createTempFile(Path.of("/tmp"), "intruder", ""));
    attempts.put("make a link", () -> Files.createSymbolicLink(home.resolve("l"), other));
    attempts.put("program", () -> new ProcessBuilder("/bin/true").start().waitFor());
    attempts.put("network", this::connect);
  }

  private Object connect() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      return socket;
    }
  }

  private static Object call(String name, Object... arguments) throws IOException {
    if (NativeLibrary.getProcess().getFunction(name).invokeInt(arguments) != 0) {
      throw new IOException(name + " failed");
    }
    return name;
  }

  private void run(String where) {
    attempts.forEach(
        (name, attempt) -> {
          String result;
          try {
            attempt.call();
            result = "done";
          } catch (IOException e) {
            result = "refused";
          } catch (Exception e) {
            result = e.toString();
          }
          System.out.println(where + ": " + name + ": " + result);
        });
  }
}
