package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.storage.mime.BlockInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Brains and workers of other versions, as they were recorded. */
@Timeout(120)
class RecordedPeersTest {
  private static final Path SITE = Path.of("src/test/peers/site");

  @TempDir Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  static List<Recording> all() throws IOException {
    List<Recording> all = Recording.all();
    assertThat(all).isNotEmpty();
    return all;
  }

  /** Answers as a recorded worker did: each request with what was said of that one then. */
  private static final class Replay implements LaneTransport {
    private static final byte[] END = new byte[0];

    private final List<Recording.Lane> lanes;
    private final FrameDecoder decoder = new FrameDecoder();
    private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
    private Recording.Lane lane;
    private byte[] reading = END;
    private int read;

    Replay(List<Recording.Lane> lanes) throws IOException {
      this.lanes = lanes;
      answers.add(Recording.frame(lanes.get(0).answered().get(0)));
    }

    /** The lane on which the first request was of that kind. */
    private Recording.Lane lane(Class<? extends Message> kind) throws IOException {
      for (Recording.Lane each : lanes) {
        if (kind.isInstance(each.asked().get(1))) {
          return each;
        }
      }
      throw new ProtocolException("nothing of that kind was recorded");
    }

    private void hear(Message message) throws IOException {
      if (message instanceof Message.Run || message instanceof Message.ListUsers) {
        assertAskedAsThen(message);
        new FrameDecoder().feed(lane.worker(), 0, lane.worker().length, each -> say(message, each));
      } else if (!(message instanceof Message.Hello)) {
        throw new ProtocolException("no worker of that time knows " + message);
      }
    }

    /** The same request, with the same bytes: only the moment is another. */
    private void assertAskedAsThen(Message message) throws IOException {
      lane = lane == null ? lane(message.getClass()) : lane;
      Message then =
          lane.asked().stream()
              .filter(each -> each.requestId() == message.requestId())
              .findFirst()
              .orElseThrow();
      assertThat(Recording.frame(message)).hasSameSizeAs(Recording.frame(then));
    }

    private void say(Message request, Message answer) throws IOException {
      if (answer.requestId() == request.requestId()) {
        answers.add(Recording.frame(answer));
      }
    }

    @Override
    public InputStream in() {
      return new BlockInputStream() {
        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
          try {
            if (read == reading.length) {
              reading = answers.take();
              read = 0;
            }
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          int some = Math.min(length, reading.length - read);
          System.arraycopy(reading, read, buffer, offset, some);
          read += some;
          return some == 0 ? -1 : some;
        }
      };
    }

    @Override
    public OutputStream out() {
      return new OutputStream() {
        @Override
        public void write(int b) {
          asked.write(b);
        }

        @Override
        public void flush() throws IOException {
          byte[] bytes = asked.toByteArray();
          asked.reset();
          decoder.feed(bytes, 0, bytes.length, Replay.this::hear);
        }
      };
    }

    @Override
    public long roundTripMicros() {
      return 0;
    }

    @Override
    public void finish() {
      answers.add(END);
    }

    @Override
    public void close() {
      answers.add(END);
    }
  }

  /** What a brain is given. */
  private record Given(List<Server> servers, MemoryBudget budget) implements Brain.Resources {
    @Override
    public void checkHere(String command) {}

    @Override
    public boolean mayReadFiles() {
      return false;
    }

    @Override
    public MemoryBudget.Share memory() {
      return budget.all();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void withTheWorkerOfAnotherVersionABrainPrintsWhatTheBrainOfThatVersionDid(Recording recording)
      throws Exception {
    List<Recording.Lane> lanes = recording.lanes();
    Server server =
        new RemoteServer("mail1", () -> new Replay(lanes), List.of(UserMask.ALL), 1, threads);
    Console console =
        new Console(InputStream.nullInputStream(), out, error, false, Console.DEFAULT_WIDTH);
    Given given = new Given(List.of(server), new MemoryBudget(16 * 1024 * 1024));
    int code =
        new Brain(threads, Clock.systemUTC(), new About("doveadm-ssh"))
            .run(recording.words(), console, given, running -> {});
    String said = error.toString(StandardCharsets.UTF_8);
    assertThat(code).as(said).isEqualTo(recording.exitCode());
    String printed = out.toString(StandardCharsets.UTF_8);
    if (said.contains("does not have")) { // columns that are new
      assertThat(printed).contains("lane", "admin", "127.0.0.1");
    } else {
      assertThat(printed).isEqualTo(recording.out());
    }
  }

  private TestSite site() throws Exception {
    TestSite site = new TestSite(directory, 1, "mail_location = maildir:~/Maildir\n");
    StringBuilder users = new StringBuilder();
    for (String user : List.of("jane", "joe")) {
      users.append("%s:::::%s::\n".formatted(user, site.maildir(user).getParent()));
      copy(SITE, site.maildir(user));
      for (String each : List.of("cur", "new", "tmp", ".Big/cur", ".Big/new", ".Big/tmp")) {
        Files.createDirectories(site.maildir(user).resolve(each));
      }
    }
    Files.writeString(directory.resolve("users.new"), users);
    Files.move(
        directory.resolve("users.new"),
        directory.resolve("users"),
        StandardCopyOption.REPLACE_EXISTING);
    return site;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void theBrainOfAnotherVersionIsAnsweredAsByTheWorkerOfThatVersion(Recording recording)
      throws Exception {
    try (TestSite site = site()) {
      for (Recording.Lane lane : recording.lanes()) {
        List<String> words = new ArrayList<>(site.ssh("admin", "-s"));
        words.add("doveadm");
        compare(lane, Recording.messages(exec(lane.brain(), words)), recording);
      }
    }
  }

  /** Ends when all that was asked has been answered: the brain sends nothing more then. */
  private static byte[] exec(byte[] input, List<String> words) throws Exception {
    Process client = new ProcessBuilder(words).start();
    try (OutputStream in = client.getOutputStream()) {
      in.write(input);
    }
    return client.getInputStream().readAllBytes();
  }

  private static void compare(Recording.Lane then, List<Message> now, Recording recording)
      throws Exception {
    boolean isOfItsTime = List.of("who", "user").contains(recording.words().get(0));
    List<Message> answered = then.answered();
    assertThat(now.get(0)).isInstanceOf(Message.Hello.class);
    for (Message request : then.asked()) {
      int id = request.requestId();
      if (id == 0) {
        continue; // HELLO
      }
      assertThat(done(now, id).outcome()).isEqualTo(done(answered, id).outcome());
      assertThat(done(now, id).counts().keySet()).containsAll(done(answered, id).counts().keySet());
      if (!isOfItsTime) { // mailboxes are in another order now
        assertThat(Recording.rows(now, id))
            .containsExactlyInAnyOrderElementsOf(Recording.rows(answered, id));
      }
    }
    assertThat(now).allMatch(each -> kinds(answered).contains(each.getClass()) || isCommon(each));
  }

  /** What every version knows. */
  private static boolean isCommon(Message message) {
    return message instanceof Message.Log || message instanceof Message.Progress;
  }

  private static List<Class<?>> kinds(List<Message> messages) {
    return messages.stream().<Class<?>>map(Message::getClass).distinct().toList();
  }

  private static Message.Done done(List<Message> answered, int id) {
    List<Message.Done> found = new ArrayList<>();
    for (Message each : answered) {
      if (each instanceof Message.Done && each.requestId() == id) {
        found.add((Message.Done) each);
      }
    }
    assertThat(found).as("DONE for %d", id).hasSize(1);
    return found.get(0);
  }
}
