package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connected clients when the server stops. */
@Timeout(120)
class StoppingTest {
  @TempDir Path directory;

  /** A search that has printed something and waits for the names of further users. */
  private static Process searchUnderWay(TestSite site) throws IOException {
    List<String> words = site.ssh("admin");
    words.add("doveadm search -F - mailbox INBOX 1");
    Process client = new ProcessBuilder(words).start();
    client.getOutputStream().write("user0001@example.com\n".getBytes());
    client.getOutputStream().flush();
    assertThat(client.getInputStream().read()).isPositive();
    return client;
  }

  /** Has the server stop, and waits until it listens no more; the thread ends when it has. */
  private static Thread stopListening(TestSite site) throws Exception {
    Thread stopping = new Thread(() -> site.daemon.stop(Duration.ofSeconds(30)));
    stopping.start();
    while (site.doveadm("who").code() != 255) {
      Thread.onSpinWait();
    }
    return stopping;
  }

  @Test
  void aRunUnderWayIsFinishedAndNobodyNewIsLetIn() throws Exception {
    try (TestSite site = new TestSite(directory, 10)) {
      Process client = searchUnderWay(site);
      InputStream out = client.getInputStream();
      Thread stopping = stopListening(site);
      client.getOutputStream().write("user0002@example.org\n".getBytes());
      client.getOutputStream().close();
      assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(client.exitValue()).isZero();
      assertThat(new String(out.readAllBytes())).contains("user0002@example.org");
      stopping.join(30_000);
      assertThat(stopping.isAlive()).isFalse();
    }
  }

  @Test
  void aRequestOnALaneIsFinished() throws Exception {
    try (TestSite site = new TestSite(directory, 10)) {
      Lane lane = new Lane(site);
      lane.send(save());
      lane.awaitWanted();
      Thread stopping = stopListening(site);
      ByteBuffer mail = ByteBuffer.wrap("Subject: late\n\nx\n".getBytes());
      lane.send(new Message.Input(1, true, mail));
      Message.Done done = (Message.Done) lane.next(Message.Done.class);
      assertThat(done.outcome()).as(done.text()).isEqualTo(Outcome.OK);
      stopping.join(60_000);
      assertThat(stopping.isAlive()).isFalse();
    }
  }

  @Test
  void aRequestOnALaneThatGoesOnTooLongStillEndsWithItsOutcome() throws Exception {
    try (TestSite site = new TestSite(directory, 10)) {
      Lane lane = new Lane(site);
      lane.send(save());
      lane.awaitWanted();
      site.daemon.stop(Duration.ofMillis(10));
      Message.Done done = (Message.Done) lane.next(Message.Done.class);
      assertThat(done.outcome().isOk()).isFalse();
    }
  }

  @Test
  void aLaneThatIsKickedIsToldSo() throws Exception {
    try (TestSite site = new TestSite(directory, 10)) {
      Lane lane = new Lane(site);
      lane.send(save());
      lane.awaitWanted();
      assertThat(site.doveadm("kick admin").code()).isZero();
      assertThat(((Message.Fault) lane.next(Message.Fault.class)).text()).contains("kick");
      assertThat(site.doveadm("who").out()).doesNotContain("lane");
    }
  }

  private static Message save() {
    return new Message.Run(
        1, "user0001@example.com", "save", List.of(), System.currentTimeMillis(), 0, false);
  }

  /** A lane of the stock client's. */
  private static final class Lane {
    private final Process client;
    private final FrameWriter out;
    private final FrameDecoder decoder = new FrameDecoder();
    private final ArrayDeque<Message> received = new ArrayDeque<>();

    Lane(TestSite site) throws Exception {
      List<String> words = site.ssh("admin", "-s");
      words.add("doveadm");
      client = new ProcessBuilder(words).start();
      OutputStream in = client.getOutputStream();
      out = new FrameWriter(in::write, in::flush);
      send(new Message.Hello(Limits.VERSION, "test", Optional.empty(), List.of()));
    }

    void send(Message message) throws IOException {
      out.send(message);
      out.flush();
    }

    void awaitWanted() throws IOException {
      next(Message.Wanted.class);
    }

    /** The next message of a kind; others are passed over. */
    Message next(Class<? extends Message> kind) throws IOException {
      byte[] buffer = new byte[8192];
      while (true) {
        for (Message each; (each = received.poll()) != null; ) {
          if (kind.isInstance(each)) {
            return each;
          }
        }
        int got = client.getInputStream().read(buffer);
        assertThat(got).as("a message " + kind.getSimpleName()).isPositive();
        decoder.feed(buffer, 0, got, received::add);
      }
    }
  }

  @Test
  void aRunThatGoesOnTooLongIsStoppedWithAnExitCode() throws Exception {
    try (TestSite site = new TestSite(directory, 10)) {
      Process client = searchUnderWay(site);
      site.daemon.stop(Duration.ofMillis(10));
      assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(client.exitValue()).isNotZero();
    }
  }
}
