package org.doveadmsshd.worker.process;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.auth.MailUser;
import org.doveadmsshd.auth.Scope;
import org.doveadmsshd.protocol.ChannelStreams;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Outcome;
import org.doveadmsshd.worker.ScopeLines;

/**
 * A worker process that plays its part with nobody but itself, so that the JVM can note which
 * classes it needs: the archive that is made of them lets workers start several times as fast
 * ({@code bin/worker-archive}). It needs no rights, and takes no identity.
 */
public final class Rehearsal {
  private static final String USER = "rehearsal@localhost";
  private static final int MAILS = 3;

  /** What workers are asked for most. */
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("search", "mailbox", "INBOX", "seen"),
          List.of("search", "all", "subject", "x", "since", "1d", "body", "y"),
          List.of("fetch", "uid flags date.received hdr text size.virtual", "mailbox", "INBOX"),
          List.of("mailbox list"),
          List.of("mailbox status", "all", "*"),
          List.of("mailbox create", "Trash"),
          List.of("save", "-m", "INBOX"),
          List.of("flags add", "\\Seen", "mailbox", "INBOX", "1"),
          List.of("move", "Trash", "mailbox", "INBOX", "1"),
          List.of("expunge", "mailbox", "Trash", "savedbefore", "1s"),
          List.of("quota get"));

  private final Path directory;

  private Rehearsal(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts the program.
   *
   * @param arguments an empty directory
   */
  public static void main(String[] arguments) throws Exception {
    new Rehearsal(Path.of(arguments[0])).run();
    System.exit(0); // the JVM writes what it has noted
  }

  private void run() throws Exception {
    for (String name : List.of("cur", "new", "tmp")) {
      Files.createDirectories(directory.resolve("home/Maildir").resolve(name));
    }
    for (int i = 0; i < MAILS; i++) {
      Files.writeString(
          directory.resolve("home/Maildir/new/160000000" + i + ".M1.localhost"),
          "From: a@example.org\nTo: b@example.org\nSubject: =?utf-8?q?x?=\n\ny\n");
    }
    PipedOutputStream toWorker = new PipedOutputStream();
    PipedOutputStream fromWorker = new PipedOutputStream();
    LineChannel supervisor = new LineChannel(new PipedInputStream(fromWorker), toWorker);
    LineChannel worker = new LineChannel(new PipedInputStream(toWorker), fromWorker);
    Path socket = directory.resolve("socket");
    Thread thread = new Thread(() -> play(worker, socket), "worker");
    thread.setDaemon(true);
    thread.start();
    String self = System.getProperty("user.name");
    WorkerSettings settings =
        new WorkerSettings(
            self,
            077,
            false,
            "maildir:~/Maildir",
            Duration.ofSeconds(1),
            true,
            "count:q",
            List.of());
    supervisor.send(settings.line());
    supervisor.receive();
    MailUser user = new MailUser(USER, Map.of("home", directory.resolve("home").toString()));
    supervisor.send(AssignedUser.line(USER, 1, 1, user));
    supervisor.receive();
    for (List<String> command : COMMANDS) {
      ask(socket, command);
    }
  }

  private static void play(LineChannel worker, Path socket) {
    try {
      new WorkerProcess(worker, socket, identity -> {}).run();
    } catch (IOException | org.doveadmsshd.protocol.Failure e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the server does it. */
  private static void ask(Path socket, List<String> command) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      var stream = ChannelStreams.out(channel);
      FrameWriter out = new FrameWriter(stream::write, stream::flush);
      out.send(new Message.Hello(Limits.VERSION, "rehearsal", Optional.empty(), List.of()));
      out.send(new Message.ActFor("rehearsal", ScopeLines.write(Scope.UNLIMITED)));
      List<String> arguments = command.subList(1, command.size());
      long now = System.currentTimeMillis();
      out.send(new Message.Run(1, USER, command.get(0), arguments, now, 60_000, false));
      out.flush();
      FrameDecoder decoder = new FrameDecoder();
      Message.Done[] done = new Message.Done[1];
      ByteBuffer buffer = ByteBuffer.allocate(Limits.MAX_CHUNK);
      while (done[0] == null && channel.read(buffer.clear()) >= 0) {
        decoder.feed(buffer.array(), 0, buffer.position(), message -> take(message, out, done));
      }
      if (done[0] == null || done[0].outcome() != Outcome.OK) {
        throw new IOException(command + ": " + (done[0] == null ? "no answer" : done[0].text()));
      }
    }
  }

  private static void take(Message message, FrameWriter out, Message.Done[] done)
      throws IOException {
    if (message instanceof Message.Done) {
      done[0] = (Message.Done) message;
    } else if (message instanceof Message.Wanted) {
      byte[] mail = "Subject: z\n\nz\n".getBytes(StandardCharsets.UTF_8);
      out.send(new Message.Input(1, true, ByteBuffer.wrap(mail)));
      out.flush();
    }
  }
}
