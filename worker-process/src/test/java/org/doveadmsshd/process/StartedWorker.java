package org.doveadmsshd.process;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.Confine;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.protocol.FrameReader;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.LaneClient;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.supervision.AssignedUser;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.supervision.LineChannel;
import org.doveadmsshd.supervision.Resource;
import org.doveadmsshd.supervision.WorkerSettings;
import org.doveadmsshd.worker.ScopeLines;

/** A worker process as the supervisor and the server see it. */
final class StartedWorker implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path socket;
  private final Path errors;
  private final Process process;
  private final LineChannel lines;

  /**
   * Starts one.
   *
   * @param main its program
   * @param before the words before it
   */
  StartedWorker(Path directory, Class<?> main, List<String> before) throws IOException {
    socket = directory.resolve("worker");
    errors = directory.resolve("errors");
    List<String> words = new ArrayList<>(before);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx64m"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    words.add(socket.toString());
    process = new ProcessBuilder(words).redirectError(errors.toFile()).start();
    lines = new LineChannel(process.getInputStream(), process.getOutputStream());
  }

  static WorkerSettings settings(int umask, Confine confine, Map<Resource, Long> limits) {
    return new WorkerSettings(
        0,
        umask,
        confine,
        false,
        limits,
        UserMail.at("maildir:~/Maildir"),
        java.time.Duration.ofSeconds(5),
        true,
        new WorkerSettings.Compression("no", "", 1 << 30),
        "",
        List.of());
  }

  /** A line that assigns a user whose mail is below a directory. */
  static String[] user(String name, Path home, int following, int uid) {
    MailUser user = new MailUser(name, Map.of("home", home.toString()));
    return new AssignedUser(name, user).line(following, new Identity(uid, uid));
  }

  void say(String... line) throws IOException {
    lines.send(line);
  }

  List<String> hear() throws IOException {
    return lines.receive();
  }

  /** A file below /proc of the process. */
  String proc(String name) throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(process.pid()), name));
  }

  /** Ends its input. */
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the process has not ended");
    }
    return process.exitValue();
  }

  /** What it has said to the log. */
  String log() throws IOException {
    return Files.readString(errors);
  }

  /** What a command says, in order; the last one is DONE. */
  List<Message> run(String user, String command, String... arguments) throws IOException {
    List<Message> heard = new ArrayList<>();
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      var stream = ChannelStreams.out(channel);
      FrameWriter out = new FrameWriter(stream::write, stream::flush);
      out.send(new Message.Hello(Limits.VERSION, "test", Optional.empty(), List.of()));
      out.send(new Message.ActFor("test", ScopeLines.write(Scope.UNLIMITED)));
      long now = System.currentTimeMillis();
      out.send(new Message.Run(1, user, command, List.of(arguments), now, 60_000, false));
      out.flush();
      LaneClient client = new LaneClient();
      client.add(1, new Heard(heard));
      FrameReader reader = new FrameReader(channel, Limits.MAX_CHUNK);
      while (client.size() > 0 && reader.read(client)) {
        // one read after another
      }
    }
    return heard;
  }

  private record Heard(List<Message> all) implements LaneClient.Answers {
    @Override
    public void take(Message message) {
      all.add(message);
    }

    @Override
    public void wanted(int pieces) {
      throw new AssertionError("no command here reads input");
    }

    @Override
    public void done(Message.Done end) {
      all.add(end);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
