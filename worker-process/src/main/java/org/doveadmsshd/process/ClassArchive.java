package org.doveadmsshd.process;

import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.Confine;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.FrameReader;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.LaneClient;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.supervision.AssignedUser;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.supervision.LineChannel;
import org.doveadmsshd.supervision.Resource;
import org.doveadmsshd.supervision.WorkerJvm;
import org.doveadmsshd.supervision.WorkerSettings;
import org.doveadmsshd.worker.ScopeLines;

/**
 * The archive of classes that lets workers start several times as fast. The JVM of a worker process
 * makes it: one that carries out what workers are asked for most, and that has no rights.
 */
public record ClassArchive(WorkerJvm jvm) {
  private static final String REHEARSAL = "org.doveadmsshd.process.Rehearsal";

  /** From this Java on, the classes of an archive can be linked in it (JEP 483). */
  private static final int CLASS_LINKING = 24;

  private static final String USER = "rehearsal@localhost";

  /**
   * Enough mails for the mailbox to be remembered in a cache, and for the JDK to sort them as it
   * sorts many.
   */
  private static final int MAILS = 200;

  private static final long FIRST_MAIL = 1_600_000_000;

  /** The mailbox has to lie still that long for it. */
  private static final int SETTLED_MILLIS = 2500;

  /**
   * The commands that workers carry out most. Every class in the archive costs each worker a
   * little, also those that have no need of it.
   */
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

  /**
   * Makes it, for this JVM.
   *
   * @param scratch an empty directory
   * @return where it is
   * @throws IOException also when the JVM does not make one
   */
  public Path make(Path scratch) throws IOException, InterruptedException {
    Path home = scratch.resolve("home");
    for (String name : List.of("cur", "new", "tmp")) {
      Files.createDirectories(home.resolve("Maildir").resolve(name));
    }
    for (int i = 0; i < MAILS; i++) {
      Files.writeString(
          home.resolve("Maildir/new/" + (FIRST_MAIL + i) + ".M1.localhost"),
          "From: a@example.org\nTo: b@example.org\nSubject: =?utf-8?q?x?=\n\ny\n");
    }
    Files.deleteIfExists(jvm.archive());
    Path log = scratch.resolve("log");
    Path socket = scratch.resolve("socket");
    Path classes = scratch.resolve("classes");
    Process worker = rehearse(socket, classes, log);
    try (OutputStream end = worker.getOutputStream()) {
      int uid = (int) Files.getAttribute(home, "unix:uid");
      assign(new LineChannel(worker.getInputStream(), end), uid, home);
      Thread.sleep(SETTLED_MILLIS);
      ask(socket, COMMANDS.get(0));
      for (List<String> command : COMMANDS) {
        ask(socket, command);
      }
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "\n" + Files.readString(log), e);
    }
    boolean listed = worker.waitFor() == 0;
    if (!listed || dump(classes, log).waitFor() != 0 || !Files.exists(jvm.archive())) {
      throw new IOException(Files.readString(log));
    }
    return jvm.archive();
  }

  /**
   * Starts a worker that keeps its identity, listens at that path, and lists the classes it loads.
   */
  private Process rehearse(Path socket, Path classes, Path log) throws IOException {
    List<String> words =
        List.of(
            WorkerJvm.NAMED_CALLS,
            "-Xshare:off",
            "-XX:DumpLoadedClassList=" + classes,
            "-cp",
            jvm.classPath(),
            REHEARSAL,
            socket.toString());
    return prepare(words, log);
  }

  /** Starts a JVM that makes the archive of the classes in a list. */
  private Process dump(Path classes, Path log) throws IOException {
    List<String> words = new ArrayList<>();
    words.add("-Xshare:dump");
    words.add("-XX:SharedClassListFile=" + classes);
    words.add("-XX:SharedArchiveFile=" + jvm.archive());
    if (WorkerJvm.version() >= CLASS_LINKING) {
      words.add("-XX:+AOTClassLinking");
    }
    words.addAll(List.of("-cp", jvm.classPath()));
    return prepare(words, log);
  }

  private Process prepare(List<String> words, Path log) throws IOException {
    List<String> command = new ArrayList<>(List.of(WorkerJvm.program("setpriv"), "--no-new-privs"));
    command.addAll(jvm.command());
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    WorkerJvm.environment(builder.environment());
    return builder.start();
  }

  /** As the supervisor does it. */
  private static void assign(LineChannel worker, int uid, Path home) throws IOException {
    Duration patience = Duration.ofSeconds(1);
    UserMail mail = UserMail.at("maildir:~/Maildir");
    List<String> rules = List.of();
    Map<Resource, Long> limits = Map.of(Resource.CORE, 0L);
    WorkerSettings.Compression none = new WorkerSettings.Compression("no", "", 1 << 30);
    worker.send(
        new WorkerSettings(
                uid, 077, Confine.USER, false, limits, mail, patience, true, none, "count:q", rules)
            .line());
    worker.receive();
    MailUser user = new MailUser(USER, Map.of("home", home.toString()));
    worker.send(new AssignedUser(USER, user).line(0, new Identity(1, 1)));
    worker.receive();
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
      LaneClient client = new LaneClient();
      out.send(new Message.Run(1, USER, command.get(0), arguments, now, 60_000, false));
      out.flush();
      Rehearsed answers = new Rehearsed(out);
      client.add(1, answers);
      FrameReader reader = new FrameReader(channel, Limits.MAX_CHUNK);
      while (client.size() > 0 && reader.read(client)) {
        // one read after another
      }
      if (answers.done == null || answers.done.outcome() != Outcome.OK) {
        throw new IOException(
            command + ": " + (answers.done == null ? "no answer" : answers.done.text()));
      }
    }
  }

  /** Sends a mail if the worker wants input, and waits for the end. */
  private static final class Rehearsed implements LaneClient.Answers {
    private final FrameWriter out;
    private Message.Done done;

    Rehearsed(FrameWriter out) {
      this.out = out;
    }

    @Override
    public void take(Message message) {
      // whatever it puts out
    }

    @Override
    public void wanted(int pieces) throws IOException {
      byte[] mail = "Subject: z\n\nz\n".getBytes(StandardCharsets.UTF_8);
      out.send(new Message.Input(1, true, ByteBuffer.wrap(mail)));
      out.flush();
    }

    @Override
    public void done(Message.Done end) {
      done = end;
    }
  }
}
