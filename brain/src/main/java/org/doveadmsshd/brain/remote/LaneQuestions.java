package org.doveadmsshd.brain.remote;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.brain.Health;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.LaneClient;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;

/**
 * What may be asked of a worker beside working on users: who there is, how it is, how busy its
 * machine is. For one thread, on a lane that has no users.
 */
final class LaneQuestions {
  /** How often a worker is asked for the time: the quickest answer is the most exact. */
  private static final int CLOCK_TRIES = 3;

  private final String server;
  private final LaneTransport transport;
  private final FrameWriter out;
  private final LaneClient client;
  private final Reading reading;

  /** Waits for what the worker says next. */
  @FunctionalInterface
  interface Reading {
    /** False at the end of the lane. */
    boolean once() throws IOException;
  }

  /** Takes the names of users; may block. */
  @FunctionalInterface
  interface NameTaker {
    void take(String user) throws IOException;
  }

  LaneQuestions(
      String server, LaneTransport transport, FrameWriter out, LaneClient client, Reading reading) {
    this.server = server;
    this.transport = transport;
    this.out = out;
    this.client = client;
    this.reading = reading;
  }

  /**
   * Asks for users.
   *
   * @throws Failure with what the worker says when it cannot name them to the end
   * @throws IOException when the lane is lost before that, or from the taker
   */
  void list(String mask, NameTaker taker) throws Failure, IOException {
    Message.Done done = ask(new Message.ListUsers(1, mask), taker);
    transport.finish();
    if (!done.outcome().isOk()) {
      throw new Failure(done.outcome(), done.text());
    }
  }

  /** Asks a worker that has greeted how it is. */
  Health health() throws IOException {
    Message.Hello hello = client.hello().orElseThrow();
    Duration opening = Duration.of(transport.roundTripMicros(), ChronoUnit.MICROS);
    Health health = new Health(hello.software(), opening, Optional.empty());
    boolean tellsTime = hello.extensions().contains(Extension.CLOCK);
    for (int id = 1; tellsTime && id <= CLOCK_TRIES; id++) {
      long sent = System.nanoTime();
      long sentMillis = System.currentTimeMillis();
      Message.Done done = ask(new Message.Clock(id), none -> {});
      Duration way = Duration.ofNanos(System.nanoTime() - sent);
      Long there = done.counts().get(Message.Clock.NOW);
      if (there != null && (id == 1 || way.compareTo(health.roundTrip()) < 0)) {
        Duration ahead = Duration.ofMillis(there - sentMillis).minus(way.dividedBy(2));
        health = new Health(hello.software(), way, Optional.of(ahead));
      }
    }
    transport.finish();
    return health;
  }

  /**
   * Asks a worker that has greeted for its load, again and again.
   *
   * @return zero, when the taker wants no more
   * @throws Failure when it does not report that
   */
  Duration watchLoad(Function<Map<String, Long>, Duration> taker) throws Failure, IOException {
    Message.Hello hello = client.hello().orElseThrow();
    if (!hello.extensions().contains(Extension.LOAD)) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "Server %s does not report its load (%s), so nobody is begun there with --max-load"
              .formatted(server, Printable.line(hello.software())));
    }
    Duration pause = Duration.ZERO;
    int id = 0;
    do {
      pause = taker.apply(ask(new Message.Clock(++id), none -> {}).counts());
      try {
        Thread.sleep(pause.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Duration.ZERO;
      }
    } while (!pause.isZero());
    transport.finish();
    return pause;
  }

  /** Asks for something, and waits for the end of the answer. */
  private Message.Done ask(Message request, NameTaker taker) throws IOException {
    Listing listing = new Listing(taker);
    client.add(request.requestId(), listing);
    out.send(request);
    out.flush();
    while (listing.done == null) {
      if (!reading.once()) {
        throw new EOFException(
            "the connection was lost" + transport.whyLost().map(why -> ": " + why).orElse(""));
      }
    }
    return listing.done;
  }

  /** Takes names. */
  private static final class Listing implements LaneClient.Answers {
    private final NameTaker taker;
    private int column;
    private Message.Done done;

    Listing(NameTaker taker) {
      this.taker = taker;
    }

    @Override
    public void take(Message message) throws IOException {
      if (message instanceof Message.Columns) {
        column = column((Message.Columns) message);
      } else if (message instanceof Message.Row) {
        taker.take(((Message.Row) message).values().get(column).text());
      }
    }

    private static int column(Message.Columns message) throws ProtocolException {
      List<String> keys = message.columns().stream().map(Column::key).toList();
      if (!keys.contains("user")) {
        throw new ProtocolException("its list of users has no column for them");
      }
      return keys.indexOf("user");
    }

    @Override
    public void done(Message.Done end) {
      done = end;
    }
  }
}
