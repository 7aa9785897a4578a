package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.doveadmsshd.auth.Login;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.auth.Masters;
import org.doveadmsshd.auth.Scope;
import org.doveadmsshd.auth.sasl.SaslServer;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.ProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's side of one lane: hello, authentication, then requests in the order of their arrival
 * (docs/PROTOCOL.md section 5).
 *
 * <p>The transport's thread calls {@link #receive} and {@link #closed}, which never block. Requests
 * wait in a bounded queue; while there are any, one thread of the executor works them off and
 * writes the answers, waiting there when the peer does not read.
 */
public final class LaneSession {
  private static final Logger LOG = LoggerFactory.getLogger(LaneSession.class);

  private enum State {
    HELLO,
    AUTHENTICATION,
    READY,
    CLOSED
  }

  private final Worker worker;
  private final Masters masters;
  private final Executor executor;
  private final MessageSink out;
  private final Runnable closeTransport;
  private final String software;

  // guarded by this
  private final ArrayDeque<Job> jobs = new ArrayDeque<>();
  private final Map<Integer, UnderWay> requests = new HashMap<>();
  private int waitingBytes;
  private boolean working;
  private State state = State.HELLO;

  /** Who the peer is: asked for each request, as what he may do can change. */
  private volatile Supplier<Optional<Master>> identity;

  private final LaneAuthentication authentication;
  private final boolean trusted;
  private volatile String doing = "";
  private volatile long done;
  private volatile long failed;

  /**
   * A piece of work; its size counts against the limit of waiting bytes.
   *
   * @param run a request for a user, which may be carried out together with the next ones; null for
   *     other work
   */
  private record Job(int size, Work work, Worker.Request run) {}

  /** A request that has not ended; its input is null when it reads none. */
  private record UnderWay(RequestControl control, LaneInput input) {}

  /** Runs on a thread of the executor and may block. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  /**
   * @param out where answers go; used by one thread at a time
   * @param closeTransport ends the connection after a fault; may be called more than once
   * @param software name and version for the hello
   */
  public LaneSession(
      Worker worker,
      Masters masters,
      LanePeer peer,
      Executor executor,
      MessageSink out,
      Runnable closeTransport,
      String software) {
    this.worker = worker;
    this.masters = masters;
    this.identity = peer.master();
    this.trusted = peer.trusted();
    this.executor = executor;
    this.out = out;
    this.closeTransport = closeTransport;
    this.software = software;
    authentication = new LaneAuthentication(worker, masters, peer, out, this::accept);
  }

  /** Sends the hello. */
  public void start() {
    Optional<String> name = identity.get().map(Master::name);
    enqueue(0, () -> out.send(new Message.Hello(Limits.VERSION, software, name, List.of())));
  }

  /** Takes a message from the peer. */
  public void receive(Message message) {
    try {
      message.accept(new Receiver());
    } catch (ProtocolException e) {
      fault(e.getMessage());
    }
  }

  /** Ends the lane because the peer broke the protocol. */
  public void fault(String text) {
    synchronized (this) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
      cancelAll(); // each still ends with its DONE
    }
    LOG.info("A lane is closed: {}", text);
    enqueue(
        0,
        () -> {
          out.send(new Message.Fault(text));
          out.flush();
          closeTransport.run();
        });
  }

  /** The peer will send nothing more: answers what it has asked for, then ends the lane. */
  public void inputEnded() {
    enqueue(
        0,
        () -> {
          out.flush();
          closeTransport.run();
        });
  }

  /** The peer is gone: stops what is under way. */
  public synchronized void closed() {
    state = State.CLOSED;
    cancelAll();
    jobs.clear();
  }

  private synchronized void cancelAll() {
    requests.values().forEach(each -> each.control().cancel());
  }

  /** The name of who has been authenticated; nothing before that. */
  public Optional<String> master() {
    return identity.get().map(Master::name);
  }

  /** What {@code who} shows: the command under way, empty when idle. */
  public String doing() {
    return doing;
  }

  /** Requests done so far. */
  public long done() {
    return done;
  }

  /** Requests that failed so far. */
  public long failed() {
    return failed;
  }

  /** Says for each message whether it is in order. */
  private final class Receiver implements Message.Visitor<Void, ProtocolException> {
    @Override
    public Void unexpected(Message message) throws ProtocolException {
      throw new ProtocolException(
          "message " + message.getClass().getSimpleName() + " is not for a worker");
    }

    @Override
    public Void hello(Message.Hello hello) throws ProtocolException {
      if (hello.version() != Limits.VERSION) {
        throw new ProtocolException(
            "version " + hello.version() + " is not supported, only " + Limits.VERSION);
      }
      move(State.HELLO, identity.get().isEmpty() ? State.AUTHENTICATION : State.READY);
      return null;
    }

    @Override
    public Void authenticate(Message.Authenticate request) throws ProtocolException {
      move(State.AUTHENTICATION, State.AUTHENTICATION);
      int size = request.initialResponse().length;
      check(size);
      accept(request.requestId(), size, control -> step(() -> authentication.begin(request)));
      return null;
    }

    @Override
    public Void actFor(Message.ActFor request) throws ProtocolException {
      if (!trusted) {
        return unexpected(request);
      }
      synchronized (LaneSession.this) {
        move(state == State.READY ? State.READY : State.AUTHENTICATION, State.READY);
      }
      Scope scope = ScopeLines.read(request.scope());
      Master master = new Master(request.master(), scope, Login.NONE);
      int size = request.scope().stream().mapToInt(String::length).sum();
      checkRoom(size);
      enqueue(size, () -> identity = () -> Optional.of(master));
      return null;
    }

    /** In order only while a challenge is unanswered, which the thread that works knows. */
    @Override
    public Void response(Message.Response response) throws ProtocolException {
      move(State.AUTHENTICATION, State.AUTHENTICATION);
      check(response.data().length);
      checkRoom(response.data().length);
      enqueue(response.data().length, () -> step(() -> authentication.respond(response)));
      return null;
    }

    private void check(int length) throws ProtocolException {
      if (length > SaslServer.MAX_RESPONSE) {
        throw new ProtocolException("a response longer than any mechanism has");
      }
    }

    @Override
    public Void run(Message.Run request) throws ProtocolException {
      move(State.READY, State.READY);
      int size = request.arguments().stream().mapToInt(String::length).sum() + 100;
      RequestControl control = new RequestControl();
      LaneInput input = new LaneInput(request.requestId(), control, out);
      if (admit(request.requestId(), size, new UnderWay(control, input))) {
        MessageSink sink = LaneSession.this::sendCounted;
        enqueue(new Job(size, null, new Worker.Request(request, control, () -> input, sink)));
      }
      return null;
    }

    @Override
    public Void listUsers(Message.ListUsers request) throws ProtocolException {
      move(State.READY, State.READY);
      accept(
          request.requestId(),
          request.mask().length(),
          control -> {
            Optional<Master> master = known(List.of(request.requestId()));
            if (master.isPresent()) {
              worker.list(master.get(), request, control, out);
            }
          });
      return null;
    }

    @Override
    public Void input(Message.Input input) throws ProtocolException {
      move(State.READY, State.READY);
      UnderWay request;
      synchronized (LaneSession.this) {
        request = requests.get(input.requestId());
      }
      if (request != null && request.input() != null) { // else it has ended before all was read
        request.input().take(input);
      }
      return null;
    }

    @Override
    public Void cancel(Message.Cancel cancel) throws ProtocolException {
      move(State.READY, State.READY);
      synchronized (LaneSession.this) {
        UnderWay request = requests.get(cancel.requestId());
        if (request != null) {
          request.control().cancel();
        }
      }
      return null;
    }

    @Override
    public Void fault(Message.Fault fault) {
      LOG.info("The peer of a lane says: {}", fault.text());
      closed();
      closeTransport.run();
      return null;
    }
  }

  /** Who the peer is; when he is nobody any more, the requests have ended with that. */
  private Optional<Master> known(List<Integer> ids) throws IOException {
    Optional<Master> master = identity.get();
    if (master.isEmpty()) {
      for (int id : ids) {
        String text = "You are not a master user of this server any more";
        sendCounted(new Message.Done(id, Outcome.NO_PERMISSION, text, Map.of(), 0));
      }
    }
    return master;
  }

  private void carryOut(List<Job> together) throws IOException {
    List<Worker.Request> runs = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    for (Job job : together) {
      runs.add(job.run());
      ids.add(job.run().run().requestId());
    }
    Message.Run first = runs.get(0).run();
    doing = first.command() + " " + first.user();
    Optional<Master> master = known(ids);
    if (master.isPresent()) {
      worker.run(master.get(), runs);
    }
    doing = "";
  }

  private synchronized void move(State from, State to) throws ProtocolException {
    if (state != from && state != State.CLOSED) {
      throw new ProtocolException("message out of order: the lane expects " + state);
    }
    if (state != State.CLOSED) {
      state = to;
    }
  }

  /** A request that can be cancelled. */
  @FunctionalInterface
  private interface Request {
    void run(RequestControl control) throws IOException;
  }

  private void accept(int requestId, int size, Request request) throws ProtocolException {
    UnderWay underWay = new UnderWay(new RequestControl(), null);
    if (admit(requestId, size, underWay)) {
      enqueue(
          size,
          () -> {
            try {
              request.run(underWay.control());
            } finally {
              synchronized (this) {
                requests.remove(requestId, underWay);
              }
            }
          });
    }
  }

  /** False when the lane is closed. */
  private synchronized boolean admit(int requestId, int size, UnderWay request)
      throws ProtocolException {
    if (state == State.CLOSED) {
      return false;
    }
    checkRoom(size);
    if (requests.putIfAbsent(requestId, request) != null) {
      throw new ProtocolException("request id " + requestId + " is in use");
    }
    return true;
  }

  private void sendCounted(Message message) throws IOException {
    if (message instanceof Message.Done) {
      synchronized (this) {
        requests.remove(message.requestId()); // the peer may use it again at once
      }
      done++;
      failed += ((Message.Done) message).outcome().isOk() ? 0 : 1;
    }
    out.send(message);
  }

  private synchronized void checkRoom(int size) throws ProtocolException {
    if (requests.size() >= Limits.MAX_PIPELINED
        || jobs.size() > Limits.MAX_PIPELINED
        || waitingBytes + size > Limits.MAX_PIPELINED_BYTES) {
      throw new ProtocolException("too many requests are waiting on this lane");
    }
  }

  /** A step of the authentication; it may be slow, and is not on the transport's thread. */
  private void step(Work step) throws IOException {
    try {
      step.run();
    } catch (ProtocolException e) {
      fault(e.getMessage());
    }
  }

  private void accept(Supplier<Optional<Master>> proved) {
    identity = proved;
    synchronized (this) {
      state = state == State.CLOSED ? State.CLOSED : State.READY;
    }
  }

  private void enqueue(int size, Work work) {
    enqueue(new Job(size, work, null));
  }

  private void enqueue(Job job) {
    synchronized (this) {
      jobs.add(job);
      waitingBytes += job.size();
      if (working) {
        return;
      }
      working = true;
    }
    try {
      executor.execute(this::work);
    } catch (RejectedExecutionException e) {
      LOG.warn("No thread is free for a lane; it is closed");
      closed();
      closeTransport.run();
    }
  }

  /** Works jobs off until there are none. */
  private void work() {
    try {
      while (true) {
        List<Job> next = next();
        if (next.isEmpty()) {
          break;
        }
        if (next.get(0).run() == null) {
          next.get(0).work().run();
        } else {
          carryOut(next);
        }
        if (trusted || isIdle()) { // whose request is under way must be plain if this process dies
          out.flush();
        }
      }
    } catch (IOException e) {
      LOG.debug("A lane broke off", e);
      closed();
      closeTransport.run();
    }
  }

  /** The next job, or requests for users that are best given at once; none when there is none. */
  private synchronized List<Job> next() {
    List<Job> next = new ArrayList<>();
    while (!jobs.isEmpty() && (next.isEmpty() || isOneMore(next))) {
      next.add(jobs.remove());
    }
    for (Job job : next) {
      waitingBytes = Math.max(0, waitingBytes - job.size());
    }
    working = !next.isEmpty();
    return next;
  }

  private boolean isOneMore(List<Job> jobsBefore) {
    return jobsBefore.get(0).run() != null
        && jobs.element().run() != null
        && jobsBefore.size() < worker.together();
  }

  private synchronized boolean isIdle() {
    return jobs.isEmpty();
  }
}
