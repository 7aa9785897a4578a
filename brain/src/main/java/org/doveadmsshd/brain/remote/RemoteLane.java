package org.doveadmsshd.brain.remote;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Life;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.brain.Assignment;
import org.doveadmsshd.brain.UserQueue;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.LaneClient;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.ProtocolException;

/**
 * One lane to a worker.
 *
 * <p>The lane's own thread reads and hands messages to assignments, which may block; it sends
 * nothing. Requests go through an {@link Outbox}, so a thread that fills the queue, or cancels,
 * never waits for the network. The pipeline is deep enough to keep the worker busy, however long
 * the way: its depth is round trip divided by time per user, twice over, as some users take a tenth
 * of the time of others.
 */
final class RemoteLane implements Closeable {
  private static final int MIN_AHEAD = 4;

  /** A worker may count those whom it has just answered. */
  private static final int MAX_AHEAD = Limits.MAX_PIPELINED - 16;

  private static final int FIRST_GUESS_MICROS = 1000;
  private static final int BUFFER = 64 * 1024;

  private static final String SOFTWARE = Version.of("doveadm-ssh");
  private static final List<String> EXTENSIONS = List.of(Extension.OUTCOMES, Extension.PING);

  private final String server;
  private final int number;
  private final LaneTransport transport;
  private final FrameWriter out;
  private final FrameDecoder decoder = new FrameDecoder();
  private final LaneClient client = new LaneClient();
  private final Outbox outbox;
  private final Executor executor;
  private final CountDownLatch greeted = new CountDownLatch(1); // or there will be no greeting
  private final boolean logsIn;
  private final byte[] buffer = new byte[BUFFER]; // of the thread that reads

  private final Runnable bell = this::send;

  // set before it works
  private UserQueue queue;
  private Runnable answered;

  private boolean hasAnswered; // of the thread that reads

  // guarded by this
  private int lastId;
  private int refusals; // users that are being told that they are not asked for
  private long microsPerUser = FIRST_GUESS_MICROS;
  private final Life<Phase> life = new Life<>(Phase.WORKING);

  /** Whether it ends because there are no users any more. */
  private volatile boolean finished;

  /** How far a lane has come. */
  private enum Phase {
    WORKING,
    /** Requests under way are to stop, and so are those that are still to be sent. */
    CANCELLED,
    /** No further requests are sent: there are none, or the lane is lost. */
    CLOSING
  }

  /**
   * Says hello, and authenticates if the worker wants that.
   *
   * @param number of this lane among those of the server, from 0
   * @param authentication how; if there is none, the worker must know the peer already, and its
   *     hello is not waited for
   */
  RemoteLane(
      LaneTransport transport,
      String server,
      int number,
      Optional<SaslClient> authentication,
      Executor executor)
      throws IOException, Failure {
    this.server = server;
    this.number = number;
    this.transport = transport;
    this.executor = executor;
    this.logsIn = authentication.isPresent();
    OutputStream stream = transport.out();
    out = new FrameWriter(stream::write, stream::flush);
    outbox = new Outbox(executor, out, transport::close);
    out.send(new Message.Hello(Limits.VERSION, SOFTWARE, Optional.empty(), EXTENSIONS));
    out.flush();
    if (authentication.isPresent()) {
      new LaneLogin(this::readOnce, out, client, server).authenticate(authentication.get());
    }
  }

  /** Waits until the worker has greeted. */
  void awaitHello() throws IOException {
    while (client.hello().isEmpty()) {
      if (!readOnce()) {
        throw new EOFException("the connection was closed");
      }
    }
  }

  /** What the worker that has greeted says it is. */
  String software() {
    return client
        .hello()
        .map(hello -> hello.software() + ", protocol " + hello.version())
        .orElseThrow();
  }

  /**
   * How a lane was lost.
   *
   * @param isBreach whether the worker has broken the protocol
   * @param isAfterAnswers whether it has answered somebody before
   */
  record Loss(Failure why, boolean isBreach, boolean isAfterAnswers) {}

  /**
   * Takes its first users. {@link #work} follows.
   *
   * @param whenAnswered called for each user that has been answered
   */
  void begin(UserQueue users, Runnable whenAnswered) {
    queue = users;
    answered = whenAnswered;
    queue.ring(bell);
  }

  /**
   * Works users off until the queue is finished or the lane is lost.
   *
   * @return nothing when the queue is finished
   */
  Optional<Loss> work() {
    String why = "Server " + server + ": the connection was lost";
    boolean isBreach = false;
    try {
      while (readOnce()) {
        // one read after another
      }
      why += transport.whyLost().map(reason -> ": " + reason).orElse("");
    } catch (ProtocolException e) {
      why = "Server " + server + " does not keep to the protocol: " + e.getMessage();
      isBreach = true;
    } catch (IOException e) {
      why += ": " + transport.whyLost().orElse(Reason.of(e));
    } finally {
      queue.silence(bell);
      giveBack(why);
    }
    return finished
        ? Optional.empty()
        : Optional.of(new Loss(new Failure(Outcome.UNREACHABLE, why), isBreach, hasAnswered));
  }

  /** Asks about the server as a whole, instead of having users worked on. */
  LaneQuestions questions() {
    return new LaneQuestions(server, transport, out, client, this::readOnce);
  }

  /** Asks the worker to stop the requests under way. */
  void cancel() {
    life.moveTo(Phase.CANCELLED); // those that wait to be sent have their CANCEL behind them
    for (int id : client.ids()) {
      outbox.addFirst(to -> to.send(new Message.Cancel(id)));
    }
  }

  /**
   * Waits for bytes, and hands on what they are.
   *
   * @return false at the end of the channel, wherever that is
   */
  private boolean readOnce() throws IOException {
    int length = transport.in().read(buffer);
    if (length >= 0) {
      decoder.feed(buffer, 0, length, this::receive);
    }
    return length >= 0;
  }

  private void receive(Message message) throws IOException {
    client.send(message);
    greeted.countDown();
    if (message instanceof Message.Hello) {
      greet((Message.Hello) message);
    }
  }

  private void greet(Message.Hello hello) throws ProtocolException {
    if (hello.master().isEmpty() && !logsIn) {
      throw new ProtocolException("it wants a second login");
    }
    if (hello.extensions().contains(Extension.PING)) {
      transport.watch(() -> outbox.addFirst(to -> to.send(new Message.Ping())));
    }
  }

  /** What the worker says of one user. */
  private final class Answers implements LaneClient.Answers {
    private final int id;
    private final Assignment.Attempt attempt;

    private InputStream input; // of the thread that sends
    private boolean inputSent;
    private final AtomicInteger piecesDue = new AtomicInteger();

    Answers(int id, Assignment.Attempt attempt) {
      this.id = id;
      this.attempt = attempt;
    }

    @Override
    public void begun() {
      attempt.begun();
    }

    @Override
    public void take(Message message) throws IOException {
      deliver(message);
    }

    private void deliver(Message message) throws IOException {
      try {
        attempt.send(message);
      } catch (ProtocolException e) {
        throw e; // the lane is lost, and with it what is under way
      } catch (IOException e) {
        attempt.outputBroken(e);
      }
    }

    @Override
    public void wanted(int pieces) throws IOException {
      if (piecesDue.addAndGet(pieces) > Limits.MAX_WANTED) { // else they would gather in the outbox
        throw new ProtocolException("it wants more than a worker may");
      }
      outbox.add(to -> send(pieces, to));
    }

    /** The next pieces of what the command reads. */
    private void send(int pieces, MessageSink to) throws IOException {
      if (input == null) {
        input = attempt.openInput();
      }
      byte[] buffer = new byte[Limits.MAX_CHUNK];
      for (int i = 0; i < pieces && !inputSent; i++) {
        int length = input.readNBytes(buffer, 0, buffer.length);
        inputSent = length < buffer.length;
        piecesDue.decrementAndGet();
        to.send(new Message.Input(id, inputSent, ByteBuffer.wrap(buffer, 0, length)));
      }
    }

    @Override
    public void done(Message.Done done) throws IOException {
      synchronized (RemoteLane.this) {
        microsPerUser = (7 * microsPerUser + done.micros()) / 8;
      }
      outbox.add(to -> closeInput());
      deliver(done);
      hasAnswered = true;
      answered.run();
      RemoteLane.this.send();
    }

    /** Sends the request itself, and CANCEL behind it if it is not wanted any more. */
    private void sendRequest(MessageSink to) throws IOException {
      Message.Run request = attempt.request(id);
      if (request.term().isPresent() && !keepsTerms()) {
        synchronized (RemoteLane.this) {
          refusals++;
        }
        client.remove(id);
        executor.execute(() -> refuse(attempt)); // which may wait for the output
        return;
      }
      if (!attempt.sends()) {
        return; // it has been given up while the hello was waited for
      }
      to.send(request);
      if (life.hasReached(Phase.CANCELLED)) {
        to.send(new Message.Cancel(id));
      }
    }

    private void closeInput() throws IOException {
      if (input != null) {
        input.close();
      }
    }

    /** The lane is lost. */
    private void lost(String why) {
      try {
        closeInput();
        attempt.lost(why);
      } catch (IOException e) {
        attempt.outputBroken(e);
      }
    }
  }

  /** Sends as many requests as should be under way; ends the lane when there will be none. */
  private void send() {
    boolean ends;
    synchronized (this) {
      while (!life.hasReached(Phase.CLOSING) && client.size() + refusals < ahead()) {
        Assignment next = queue.poll();
        if (next == null) {
          break;
        }
        int id = ++lastId;
        Assignment.Attempt attempt = next.attemptToSend(number, transport::close);
        Answers answers = new Answers(id, attempt);
        client.add(id, answers);
        outbox.add(answers::sendRequest);
      }
      boolean empty = client.size() + refusals == 0 && queue.isFinished();
      ends = empty && life.moveTo(Phase.CLOSING);
      finished |= ends;
    }
    if (ends) {
      outbox.add(to -> finish(to));
    }
  }

  /** Whether the worker checks terms; waits for its hello. Called by the thread that sends. */
  private boolean keepsTerms() throws IOException {
    try {
      greeted.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while waiting for the hello");
    }
    return client.hello().map(hello -> hello.extensions().contains(Extension.TERMS)).orElse(true);
  }

  /** A term that nobody checks protects nobody: such a user is not asked for. */
  private void refuse(Assignment.Attempt attempt) {
    try {
      attempt.fail(
          Outcome.TEMPORARY_FAILURE,
          "The placement gives this user a term, which server %s does not check (an older version, or"
                  .formatted(server)
              + " no terms_directory there); nothing was done");
    } catch (IOException e) {
      attempt.outputBroken(e);
    } finally {
      synchronized (this) {
        refusals--;
      }
    }
    send();
  }

  private void finish(MessageSink to) throws IOException {
    to.flush();
    transport.finish();
  }

  private int ahead() {
    long onTheWay = transport.roundTripMicros() / Math.max(1, microsPerUser);
    return (int) Math.max(MIN_AHEAD, Math.min(MAX_AHEAD, 2 * onTheWay + 2));
  }

  private void giveBack(String why) {
    synchronized (this) {
      life.moveTo(Phase.CLOSING);
    }
    outbox.close();
    for (LaneClient.Answers each : client.lose()) {
      ((Answers) each).lost(why);
    }
    greeted.countDown(); // not before: whoever waits to send a user would send him now
  }

  @Override
  public void close() {
    transport.close();
  }
}
