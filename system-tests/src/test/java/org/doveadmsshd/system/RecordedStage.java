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
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.FixedResources;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.placement.Place;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.protocol.Message;

/**
 * A brain whose only server is a recorded worker; and a server with the mail that recorded brains
 * have asked for.
 */
final class RecordedStage implements AutoCloseable {
  private static final Path SITE = Path.of("src/test/peers/site");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  /** Gives the line to a brain whose only server is the recorded worker. */
  int run(Recording recording, RecordedWorker.Speech speech, OptionalLong term) throws Exception {
    List<Recording.Lane> lanes = recording.lanes();
    Server server =
        new RemoteServer(
            "mail1", () -> new RecordedWorker(lanes, speech), List.of(UserMask.ALL), 1, threads);
    Console console =
        new Console(InputStream.nullInputStream(), out, error, false, Console.DEFAULT_WIDTH);
    FixedResources given =
        new FixedResources(List.of(server), new MemoryBudget(16 * 1024 * 1024).all()) {
          @Override
          public Placement placement(List<Server> of) {
            return user -> new Place(List.of("mail1"), user, term, "test");
          }
        };
    return new Brain(threads, Clock.systemUTC(), new About("doveadm-ssh"))
        .run(recording.words(), console, given, running -> {});
  }

  String said() {
    return error.toString(StandardCharsets.UTF_8);
  }

  String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What was printed. Where it was a heading and nothing else before a failure, nothing is now. */
  static String out(Recording recording) throws IOException {
    boolean inVain = recording.exitCode() != 0 && recording.out().lines().count() == 1;
    return inVain ? "" : recording.out();
  }

  static TestSite site(Path directory, String settings) throws Exception {
    TestSite site = new TestSite(directory, 1, "mail_location = maildir:~/Maildir\n" + settings);
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

  /** Ends when all that was asked has been answered: the brain sends nothing more then. */
  static List<Message> answers(TestSite site, byte[] input) throws Exception {
    List<String> words = new ArrayList<>(site.ssh("admin", "-s"));
    words.add("doveadm");
    Process client = new ProcessBuilder(words).start();
    try (OutputStream in = client.getOutputStream()) {
      in.write(input);
    }
    return Recording.messages(client.getInputStream().readAllBytes());
  }

  static void compare(Recording.Lane then, List<Message> now, Recording recording)
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

  static Message.Done done(List<Message> answered, int id) {
    List<Message.Done> found = new ArrayList<>();
    for (Message each : answered) {
      if (each instanceof Message.Done && each.requestId() == id) {
        found.add((Message.Done) each);
      }
    }
    assertThat(found).as("DONE for %d", id).hasSize(1);
    return found.get(0);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
