package org.doveadmsshd.protocol;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Printable;

/**
 * The client's half of a lane (one channel between brain and worker): it knows which messages a
 * worker may send at what time, and to which request each belongs.
 *
 * <p>A worker carries out requests in the order in which they were sent, so each message is about
 * the first request that has not ended. A lane client knows nothing of its transport: one thread
 * gives messages to {@link #send}; requests are {@linkplain #add added} by any thread before they
 * are sent, in the same order.
 */
public final class LaneClient implements MessageSink {
  private static final int MAX_FAULT = 500;

  private volatile Message.Hello hello; // set by the thread that brings messages

  private final ArrayDeque<Request> underWay = new ArrayDeque<>(); // guarded by this

  /** Takes what a worker says of one request. Called by the thread that brings messages. */
  public interface Answers {
    /** The worker begins with it now; also called by the thread that adds it. */
    default void begun() {}

    /** COLUMNS, ROW, CHUNK, PROGRESS or LOG, in an order that makes sense. */
    void take(Message message) throws IOException;

    /**
     * The worker has room for what the command reads.
     *
     * @param pieces at most {@link Limits#MAX_WANTED}
     */
    default void wanted(int pieces) throws IOException {
      throw new ProtocolException("it wants input for a command that reads none");
    }

    /** The worker asks for a further step of a login. */
    default void challenge(byte[] data) throws IOException {
      throw new ProtocolException("a challenge without a login");
    }

    /** The end; nothing comes after it. */
    void done(Message.Done done) throws IOException;
  }

  /** A request that has not ended, and what of it has come. */
  private static final class Request {
    private final int id;
    private final Answers answers;
    private int columns = -1;
    private int chunked;

    Request(int id, Answers answers) {
      this.id = id;
      this.answers = answers;
    }

    /** Notes a part of the output if it is in order. */
    void check(Message message) throws ProtocolException {
      if (message instanceof Message.Columns) {
        if (columns >= 0) {
          throw new ProtocolException("it sent columns twice");
        }
        columns = ((Message.Columns) message).columns().size();
      } else if (message instanceof Message.Row) {
        List<Value> values = ((Message.Row) message).values();
        if (values.size() != columns || chunked > 0) {
          throw new ProtocolException("it sent a row that does not fit its columns");
        }
        chunked = (int) values.stream().filter(value -> value == Value.CHUNKED).count();
      } else if (message instanceof Message.Chunk) {
        if (chunked == 0) {
          throw new ProtocolException("it sent a chunk that belongs to no row");
        }
        chunked -= ((Message.Chunk) message).last() ? 1 : 0;
      }
    }

    /** A request that has failed may have ended anywhere. */
    void checkEnd(Message.Done done) throws ProtocolException {
      if (done.outcome().isOk() && chunked > 0) {
        throw new ProtocolException("it ended inside a value, and says that all is well");
      }
    }
  }

  /** The worker's hello; nothing before it has come. */
  public Optional<Message.Hello> hello() {
    return Optional.ofNullable(hello);
  }

  /**
   * A request that is going to be sent, after those that were added before.
   *
   * @param id not that of a request under way
   */
  public void add(int id, Answers answers) {
    boolean first;
    synchronized (this) {
      first = underWay.isEmpty();
      underWay.add(new Request(id, answers));
    }
    if (first) {
      answers.begun();
    }
  }

  /** Takes out a request that is not going to be sent after all. */
  public void remove(int id) {
    Request next = null;
    synchronized (this) {
      boolean isFirst = !underWay.isEmpty() && underWay.peek().id == id;
      underWay.removeIf(request -> request.id == id);
      next = isFirst ? underWay.peek() : null;
    }
    if (next != null) {
      next.answers.begun();
    }
  }

  /** How many requests have not ended. */
  public synchronized int size() {
    return underWay.size();
  }

  /** The ids of the requests that have not ended, in their order. */
  public synchronized List<Integer> ids() {
    return underWay.stream().map(request -> request.id).toList();
  }

  /** The lane is lost: takes out the requests that have not ended, in their order. */
  public synchronized List<Answers> lose() {
    List<Answers> left = new ArrayList<>();
    underWay.forEach(request -> left.add(request.answers));
    underWay.clear();
    return left;
  }

  /**
   * Takes a message from the worker.
   *
   * @throws ProtocolException when it is out of order, or the worker says that we are
   * @throws IOException what the request's answers throw
   */
  @Override
  public void send(Message message) throws IOException {
    if (message instanceof Message.Fault) {
      String text = Printable.line(((Message.Fault) message).text(), MAX_FAULT);
      throw new ProtocolException("it says: " + text);
    }
    if (hello == null) {
      greet(message);
      return;
    }
    if (message instanceof Message.Alive) {
      return; // that it has come is all that there is to it
    }
    message.accept(new Receiver(first(message)));
  }

  private void greet(Message message) throws ProtocolException {
    if (!(message instanceof Message.Hello)) {
      throw new ProtocolException("it did not begin with a hello");
    }
    int version = ((Message.Hello) message).version();
    if (version != Limits.VERSION) {
      throw new ProtocolException("its hello is for version " + version);
    }
    hello = (Message.Hello) message;
  }

  private synchronized Request first(Message message) throws ProtocolException {
    Request first = underWay.peek();
    if (first == null || first.id != message.requestId()) {
      throw new ProtocolException("it answered a request that is not its turn");
    }
    return first;
  }

  /** Hands on messages about the first request. */
  private final class Receiver implements Message.Visitor<Void, IOException> {
    private final Request request;

    Receiver(Request request) {
      this.request = request;
    }

    @Override
    public Void unexpected(Message message) throws ProtocolException {
      throw new ProtocolException("it sent " + message.getClass().getSimpleName());
    }

    private Void output(Message message) throws IOException {
      request.check(message);
      request.answers.take(message);
      return null;
    }

    @Override
    public Void columns(Message.Columns columns) throws IOException {
      return output(columns);
    }

    @Override
    public Void row(Message.Row row) throws IOException {
      return output(row);
    }

    @Override
    public Void chunk(Message.Chunk chunk) throws IOException {
      return output(chunk);
    }

    @Override
    public Void progress(Message.Progress progress) throws IOException {
      return output(progress);
    }

    @Override
    public Void log(Message.Log log) throws IOException {
      return output(log);
    }

    @Override
    public Void challenge(Message.Challenge challenge) throws IOException {
      request.answers.challenge(challenge.data());
      return null;
    }

    @Override
    public Void wanted(Message.Wanted wanted) throws IOException {
      if (wanted.pieces() < 1 || wanted.pieces() > Limits.MAX_WANTED) {
        throw new ProtocolException("it wants more than a worker may");
      }
      request.answers.wanted(wanted.pieces());
      return null;
    }

    @Override
    public Void done(Message.Done done) throws IOException {
      request.checkEnd(done);
      Request next;
      synchronized (LaneClient.this) {
        if (underWay.peek() != request) {
          return null; // it has been lost meanwhile
        }
        underWay.remove();
        next = underWay.peek();
      }
      request.answers.done(done);
      if (next != null) {
        next.answers.begun();
      }
      return null;
    }
  }
}
