package org.doveadmsshd.worker.supervised;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.FrameReader;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.worker.RelayOrders;
import org.doveadmsshd.worker.RequestControl;
import org.doveadmsshd.worker.UserWork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Worker processes that follow a script, and what becomes of the users that they were given. */
@Timeout(60)
class RelayTest {
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "worker", Optional.empty(), List.of());
  private static final Message COLUMNS = new Message.Columns(1, List.of(new Column("uid")));
  private static final Message ROW = new Message.Row(1, List.of(Value.of(7)));

  @TempDir Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
  private final List<Message> output = Collections.synchronizedList(new ArrayList<>());
  private final List<String> course = Collections.synchronizedList(new ArrayList<>());
  private final ArrayDeque<UserWork.Order> orders = new ArrayDeque<>();
  private final CountDownLatch asked = new CountDownLatch(3);
  private Duration silence = Duration.ZERO;
  private Executor senders = threads;
  private ServerSocketChannel listening;

  @BeforeEach
  void listen() throws IOException {
    listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(directory.resolve("w")));
    for (int id = 1; id <= 3; id++) {
      orders.add(order(id, new RequestControl()));
    }
  }

  @AfterEach
  void stop() throws IOException {
    listening.close();
    threads.shutdownNow();
    timer.shutdownNow();
  }

  private UserWork.Order order(int id, RequestControl control) {
    Master master = new Master("m", Scope.UNLIMITED, Login.NONE);
    OptionalLong term = OptionalLong.of(id);
    Message.Run run = new Message.Run(id, "user" + id, "save", List.of(), 0, 0, false, term);
    return RelayOrders.order(
        master, run, control, () -> new ByteArrayInputStream(new byte[10]), output::add);
  }

  /** What the worker does once it is connected. */
  private interface Script {
    void play(Peer peer) throws Exception;
  }

  /** The worker's end. */
  private final class Peer {
    final SocketChannel channel;
    private final FrameWriter out;

    Peer(SocketChannel channel) {
      this.channel = channel;
      OutputStream bytes = ChannelStreams.out(channel);
      out = new FrameWriter(bytes::write, bytes::flush);
    }

    void say(Message... messages) throws IOException {
      for (Message message : messages) {
        out.send(message);
      }
      out.flush();
    }

    Message await(Class<? extends Message> kind) throws InterruptedException {
      Message message;
      do {
        message = heard.take();
      } while (!kind.isInstance(message));
      return message;
    }
  }

  private static Message done(int id) {
    return new Message.Done(id, Outcome.OK, "", Map.of("saved", 1L), 1);
  }

  private void relay(Script script) throws Exception {
    threads.execute(() -> serve(script));
    WorkerLane lane = WorkerLane.open(directory.resolve("w"));
    UserWork.Listener listener =
        new UserWork.Listener() {
          @Override
          public void begun(UserWork.Order order) {
            course.add("begun " + order.request().user());
          }

          @Override
          public void ended(UserWork.Order order, Failure failure) {
            course.add("ended " + order.request().user());
          }
        };
    listener.begun(orders.element());
    new Relay(orders, 3, listener, lane, new Relay.Watch(timer, senders, silence)).run();
  }

  private void serve(Script script) {
    try (SocketChannel channel = listening.accept()) {
      Peer peer = new Peer(channel);
      threads.execute(
          () -> {
            FrameReader reader = new FrameReader(channel, 8192);
            try {
              while (reader.read(this::hear)) {
                // one read after another
              }
            } catch (IOException e) {
              // the lane has been closed
            }
          });
      asked.await(); // a script that ends sooner would break the pipe that is still written to
      script.play(peer);
    } catch (Exception e) {
      // the test is over
    }
  }

  private void hear(Message message) {
    heard.add(message);
    if (message instanceof Message.Run) {
      asked.countDown();
    }
  }

  @Test
  void usersBeginAndEndOneAfterTheOther() throws Exception {
    relay(peer -> peer.say(HELLO, COLUMNS, ROW, done(1), done(2), done(3)));
    assertThat(course)
        .containsExactly(
            "begun user1",
            "ended user1",
            "begun user2",
            "ended user2",
            "begun user3",
            "ended user3");
    assertThat(output).containsExactly(COLUMNS, ROW);
    assertThat(orders).isEmpty();
  }

  static List<List<Message>> wrong() {
    return List.of(
        List.of(done(1)),
        List.of(HELLO, done(2)),
        List.of(HELLO, done(4)),
        List.of(HELLO, ROW),
        List.of(HELLO, COLUMNS, new Message.Row(1, List.of())),
        List.of(HELLO, new Message.Wanted(1, 100)),
        List.of(HELLO, new Message.Fault("no")),
        List.of(HELLO, HELLO),
        List.of(HELLO));
  }

  /** The last script ends without a word: the connection is closed. */
  @ParameterizedTest
  @MethodSource
  void wrong(List<Message> script) {
    assertThatThrownBy(() -> relay(peer -> peer.say(script.toArray(Message[]::new))))
        .isInstanceOf(Relay.LostException.class);
    assertThat(course).containsExactly("begun user1");
    assertThat(orders).hasSize(3); // the first is in doubt, the others have not begun
  }

  @Test
  void whoeverWasDoneBeforeTheProcessWasLostStaysDone() {
    assertThatThrownBy(() -> relay(peer -> peer.say(HELLO, done(1), done(1))))
        .isInstanceOf(Relay.LostException.class);
    assertThat(course).containsExactly("begun user1", "ended user1", "begun user2");
    assertThat(orders).hasSize(2);
  }

  /** It names no extension for that: the server has checked them. */
  @Test
  void aWorkerProcessIsSentNoTerms() throws Exception {
    relay(
        peer -> {
          peer.say(HELLO);
          for (int id = 1; id <= 3; id++) {
            assertThat(((Message.Run) peer.await(Message.Run.class)).term()).isEmpty();
            peer.say(done(id));
          }
        });
    assertThat(orders).isEmpty();
  }

  @Test
  void aFrameThatIsCutIsALostProcess() {
    assertThatThrownBy(
            () ->
                relay(
                    peer -> {
                      peer.say(HELLO);
                      peer.channel.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 99, 25}));
                    }))
        .isInstanceOf(Relay.LostException.class);
  }

  @Test
  void inputIsSentAsItIsWanted() throws Exception {
    relay(
        peer -> {
          peer.say(HELLO, new Message.Wanted(1, 2));
          Message.Input input = (Message.Input) peer.await(Message.Input.class);
          assertThat(input.last()).isTrue();
          peer.say(done(1), done(2), done(3));
        });
    assertThat(course).hasSize(6);
  }

  private static final Message PINGED =
      new Message.Hello(Limits.VERSION, "worker", Optional.empty(), List.of(Extension.PING));

  @Test
  void aWorkerThatGivesNoSignOfLifeIsGivenUpAndThoseAfterItsUserHaveNotBegun() {
    silence = Duration.ofMillis(200);
    CountDownLatch frozen = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                relay(
                    peer -> {
                      peer.say(PINGED, done(1));
                      frozen.await();
                    }))
        .isInstanceOf(Relay.LostException.class);
    assertThat(heard).as("it was asked").anyMatch(Message.Ping.class::isInstance);
    assertThat(course).containsExactly("begun user1", "ended user1", "begun user2");
    assertThat(orders).hasSize(2);
  }

  @Test
  void aWorkerThatAnswersMayWorkAsLongAsItLikes() throws Exception {
    silence = Duration.ofMillis(400);
    relay(
        peer -> {
          peer.say(PINGED);
          for (int i = 0; i < 5; i++) { // each of them some time after the last
            peer.await(Message.Ping.class);
            peer.say(new Message.Alive());
          }
          peer.say(done(1), done(2), done(3));
        });
    assertThat(course).hasSize(6);
  }

  /** It has been started by an older supervisor. */
  @Test
  void aWorkerThatDoesNotKnowTheQuestionIsNeitherAskedNorGivenUp() throws Exception {
    silence = Duration.ofMillis(400);
    senders = timer;
    relay(
        peer -> {
          peer.say(HELLO, new Message.Wanted(1, 1));
          peer.await(Message.Input.class);
          for (int i = 0; i < 2; i++) { // what it was asked before its hello has been sent
            timer.submit(() -> {}).get();
          }
          peer.say(done(1), new Message.Wanted(2, 1));
          peer.await(Message.Input.class);
          Thread.sleep(3 * silence.toMillis()); // that it takes long is the point
          peer.say(done(2), done(3));
        });
    assertThat(course).hasSize(6);
    assertThat(heard).noneMatch(Message.Ping.class::isInstance);
  }

  @Test
  void whoTakesTheOutputMayTakeAsLongAsHeLikes() throws Exception {
    silence = Duration.ofMillis(400);
    orders.clear();
    for (int id = 1; id <= 3; id++) {
      orders.add(
          RelayOrders.order(
              new Master("m", Scope.UNLIMITED, Login.NONE),
              new Message.Run(id, "user" + id, "fetch", List.of(), 0, 0, false),
              new RequestControl(),
              () -> new ByteArrayInputStream(new byte[0]),
              message -> readSlowly()));
    }
    relay(peer -> peer.say(PINGED, COLUMNS, ROW, done(1), done(2), done(3)));
    assertThat(course).hasSize(6);
  }

  private void readSlowly() {
    try {
      Thread.sleep(3 * silence.toMillis()); // that it takes long is the point
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void cancellingNeverWaitsForAWorkerThatDoesNotRead() throws Exception {
    RequestControl control = new RequestControl();
    orders.clear();
    for (int id = 1; id <= 3; id++) {
      orders.add(order(id, control));
    }
    CountDownLatch begun = new CountDownLatch(1);
    threads.execute(
        () -> {
          try {
            begun.await();
            control.cancel(); // returns, though the peer does not read
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    relay(
        peer -> {
          peer.say(HELLO);
          peer.await(Message.Run.class);
          begun.countDown();
          peer.await(Message.Cancel.class);
          peer.say(done(1), done(2), done(3));
        });
    assertThat(control.isCancelled()).isTrue();
    assertThat(course).hasSize(6);
  }
}
