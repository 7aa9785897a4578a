package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.base.Life;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
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
 * wait in a {@link RequestQueue}, whose thread works them off and writes the answers, waiting there
 * when the peer does not read.
 */
public final class LaneSession {
  private static final Logger LOG = LoggerFactory.getLogger(LaneSession.class);
  private static final int MAX_FAULT = 500;

  /** How long answers wait for others: whoever is far away would send too late what comes next. */
  private static final long LONGEST_HELD_NANOS = 1_000_000;

  private final Workers workers;
  private final Masters masters;
  private final MessageSink out;
  private final Runnable closeTransport;
  private final String software;
  private final MemoryBudget.Share memory;
  private final RequestQueue queue;
  private final LaneAuthentication authentication;
  private final boolean trusted;
  private final boolean ownReader;
  private final LaneGreeting greeting;

  // moved, and changed, with this locked
  private final Life<LaneState> life = new Life<>(LaneState.HELLO);
  private final Map<Integer, UnderWay> requests = new HashMap<>();

  /** The master at the other end. Asked for each request, because the scope can change. */
  private volatile Supplier<Optional<Master>> identity;

  private volatile String doing = "";
  private long flushed; // of the thread that works
  private volatile long done;
  private volatile long failed;

  /** A request that has not ended; its input is null when it reads none. */
  private record UnderWay(RequestControl control, LaneInput input) {}

  /**
   * The end of a lane that the peer is at.
   *
   * @param out where answers go; used by one thread at a time
   * @param close ends the connection; may be called more than once
   * @param memory draws what waits for this lane
   * @param ownReader whether the thread that calls {@link #receive} is this lane's own, and may
   *     wait: it answers PING then
   */
  public record Transport(
      MessageSink out, Runnable close, MemoryBudget.Share memory, boolean ownReader) {
    /** One that many lanes share the thread of. */
    public Transport(MessageSink out, Runnable close, MemoryBudget.Share memory) {
      this(out, close, memory, false);
    }
  }

  /**
   * @param executor runs what may block
   * @param software name and version for the hello
   */
  public LaneSession(
      Workers workers,
      Masters masters,
      LanePeer peer,
      Executor executor,
      Transport transport,
      String software) {
    this.workers = workers;
    this.masters = masters;
    this.identity = peer.master();
    this.trusted = peer.trusted();
    this.out = transport.out();
    this.closeTransport = transport.close();
    this.memory = transport.memory();
    this.ownReader = transport.ownReader();
    greeting = new LaneGreeting(workers, trusted, ownReader);
    this.software = software;
    queue = new RequestQueue(executor, memory, new Carrier());
    authentication = new LaneAuthentication(workers, masters, peer, out, this::accept);
  }

  /** Sends the hello. */
  public void start() {
    Optional<String> name = identity.get().map(Master::name);
    queue.add(0, () -> out.send(greeting.hello(software, name)));
  }

  /** Takes a message from the peer. */
  public void receive(Message message) {
    try {
      synchronized (this) {
        if (life.hasReached(LaneState.CLOSED)) {
          return;
        }
        if (!life.phase().admits(message)) {
          throw new ProtocolException(
              "message %s out of order: the lane expects %s"
                  .formatted(message.getClass().getSimpleName(), life));
        }
      }
      message.accept(new Receiver());
    } catch (ProtocolException e) {
      fault(e.getMessage());
    }
  }

  /**
   * Calls back once, at once or from another thread, as soon as the peer should be read from. While
   * many of its requests wait, it should not.
   *
   * @param action must not block
   */
  public void whenRoom(Runnable action) {
    queue.whenRoom(action);
  }

  /**
   * Tells the peer, which is not read from and so cannot ask, that this side lives. May wait as an
   * answer does. Does nothing when the peer would not understand.
   */
  public void tellAlive() {
    if (greeting.takesAlive()) {
      sayAlive();
    }
  }

  private void sayAlive() {
    try {
      out.send(new Message.Alive());
      out.flush();
    } catch (IOException e) {
      LOG.debug("Who waits for a sign of life has gone", e);
    }
  }

  /** Ends the lane because the peer broke the protocol. */
  public void fault(String text) {
    synchronized (this) {
      if (!life.moveTo(LaneState.CLOSED)) {
        return;
      }
      cancelAll(); // each still ends with its DONE
    }
    LOG.info("A lane is closed: {}", text);
    queue.add(
        0,
        () -> {
          out.send(new Message.Fault(text));
          out.flush();
          closeTransport.run();
        });
  }

  /** The peer will send nothing more: answers what it has asked for, then ends the lane. */
  public void inputEnded() {
    List<UnderWay> all;
    synchronized (this) {
      all = List.copyOf(requests.values());
    }
    all.stream().filter(each -> each.input() != null).forEach(each -> each.input().endOfLane());
    queue.add(
        0,
        () -> {
          out.flush();
          closeTransport.run();
        });
  }

  /** The peer is gone: stops requests under way. */
  public void closed() {
    synchronized (this) {
      life.moveTo(LaneState.CLOSED);
      cancelAll();
    }
    queue.clear();
  }

  private synchronized void cancelAll() {
    requests.values().forEach(each -> each.control().cancel());
  }

  /** Asks everything under way to stop; each request still ends with its DONE. */
  public void cancel() {
    cancelAll();
  }

  /** Whether something is worked on, or waits for that. */
  public boolean isBusy() {
    return queue.isBusy();
  }

  /** The name of the authenticated master; nothing before the login. */
  public Optional<String> master() {
    return identity.get().map(Master::name);
  }

  /** The command under way, as {@code who} shows it; empty when idle. */
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

  /** Takes messages that are in order. */
  private final class Receiver implements Message.Visitor<Void, ProtocolException> {
    @Override
    public Void unexpected(Message message) throws ProtocolException {
      throw new ProtocolException(
          "message " + message.getClass().getSimpleName() + " is not for a worker");
    }

    @Override
    public Void hello(Message.Hello hello) throws ProtocolException {
      greeting.take(hello);
      become(identity.get().isEmpty() ? LaneState.AUTHENTICATION : LaneState.READY);
      return null;
    }

    @Override
    public Void authenticate(Message.Authenticate request) throws ProtocolException {
      int size = request.initialResponse().length;
      check(size);
      UnderWay underWay = new UnderWay(new RequestControl(), null);
      if (admit(request.requestId(), underWay)) {
        queue.add(
            size,
            () -> {
              step(() -> authentication.begin(request));
              forget(request.requestId(), underWay);
            });
      }
      return null;
    }

    @Override
    public Void actFor(Message.ActFor request) throws ProtocolException {
      if (!trusted) {
        return unexpected(request);
      }
      become(LaneState.READY);
      Scope scope = ScopeLines.read(request.scope());
      Master master = new Master(request.master(), scope, Login.NONE);
      queue.add(0, () -> identity = () -> Optional.of(master));
      return null;
    }

    /** In order only while a challenge is unanswered, which the thread that works knows. */
    @Override
    public Void response(Message.Response response) throws ProtocolException {
      check(response.data().length);
      checkRoom();
      queue.add(response.data().length, () -> step(() -> authentication.respond(response)));
      return null;
    }

    private void check(int length) throws ProtocolException {
      if (length > SaslServer.MAX_RESPONSE) {
        throw new ProtocolException("a response longer than any mechanism has");
      }
    }

    @Override
    public Void run(Message.Run request) throws ProtocolException {
      RequestControl control = new RequestControl();
      LaneInput input = new LaneInput(request.requestId(), control, out, memory);
      if (admit(request.requestId(), new UnderWay(control, input))) {
        MessageSink sink = LaneSession.this::sendCounted;
        queue.add(size(request), new Worker.Request(request, control, () -> input, sink));
      }
      return null;
    }

    /** Estimated memory of a request, in bytes. */
    private int size(Message.Run request) {
      int size = 200 + 2 * request.user().length();
      for (String argument : request.arguments()) {
        size += 50 + 2 * argument.length();
      }
      return size;
    }

    @Override
    public Void listUsers(Message.ListUsers request) throws ProtocolException {
      UnderWay underWay = new UnderWay(new RequestControl(), null);
      if (admit(request.requestId(), underWay)) {
        queue.add(100 + request.mask().length(), () -> list(request, underWay.control()));
      }
      return null;
    }

    /** In its turn, so that it tells how long a question waits here. */
    @Override
    public Void clock(Message.Clock request) throws ProtocolException {
      if (admit(request.requestId(), new UnderWay(new RequestControl(), null))) {
        queue.add(100, () -> tellTime(request));
      }
      return null;
    }

    @Override
    public Void input(Message.Input input) throws ProtocolException {
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
    public Void cancel(Message.Cancel cancel) {
      UnderWay request;
      synchronized (LaneSession.this) {
        request = requests.get(cancel.requestId());
      }
      if (request != null) {
        request.control().cancel();
      }
      return null;
    }

    /**
     * Answered at once, by the thread that reads. It may have to wait for the one that works: what
     * that sends is a sign of life as well. Other transports have threads that may not wait.
     */
    @Override
    public Void ping(Message.Ping ping) throws ProtocolException {
      if (!ownReader) {
        return unexpected(ping);
      }
      sayAlive();
      return null;
    }

    @Override
    public Void fault(Message.Fault fault) {
      LOG.info("The peer of a lane says: {}", Printable.line(fault.text(), MAX_FAULT));
      closed();
      closeTransport.run();
      return null;
    }
  }

  private synchronized void become(LaneState next) {
    life.moveTo(next);
  }

  /** False when the lane is closed. */
  private synchronized boolean admit(int requestId, UnderWay request) throws ProtocolException {
    if (life.hasReached(LaneState.CLOSED)) {
      return false;
    }
    checkRoom();
    if (requests.putIfAbsent(requestId, request) != null) {
      throw new ProtocolException("request id " + requestId + " is in use");
    }
    return true;
  }

  private synchronized void checkRoom() throws ProtocolException {
    if (requests.size() >= Limits.MAX_PIPELINED || queue.size() > Limits.MAX_PIPELINED) {
      throw new ProtocolException("too many requests are waiting on this lane");
    }
  }

  private synchronized void forget(int requestId, UnderWay request) {
    requests.remove(requestId, request);
  }

  /** A step of the authentication; it may be slow, and is not on the transport's thread. */
  private void step(RequestQueue.Step step) throws IOException {
    try {
      step.run();
    } catch (ProtocolException e) {
      fault(e.getMessage());
    }
  }

  private void accept(Supplier<Optional<Master>> proved) {
    identity = proved;
    become(LaneState.READY);
  }

  private void list(Message.ListUsers request, RequestControl control) throws IOException {
    Optional<Master> master = known(List.of(request.requestId()));
    if (master.isPresent()) {
      try (Workers.Use use = workers.use()) {
        use.worker().list(master.get(), request, control, this::sendCounted);
      }
    }
  }

  private void tellTime(Message.Clock request) throws IOException {
    Map<String, Long> now = new LinkedHashMap<>(MachineLoad.figures());
    now.put(Message.Clock.NOW, System.currentTimeMillis());
    sendCounted(new Message.Done(request.requestId(), Outcome.OK, "", now, 0));
  }

  /**
   * The master at the other end; if the configuration no longer knows him, the requests have ended
   * with NO_PERMISSION.
   */
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

  private void sendCounted(Message message) throws IOException {
    if (!(message instanceof Message.Done)) {
      out.send(message);
      return;
    }
    synchronized (this) {
      UnderWay ended = requests.remove(message.requestId()); // the peer may use it again at once
      if (ended != null && ended.input() != null) {
        ended.input().close();
      }
    }
    Message.Done end = (Message.Done) message;
    done++;
    failed += end.outcome().isOk() ? 0 : 1;
    out.send(greeting.inWordsOfPeer(end));
  }

  /** Does what the queue holds. */
  private final class Carrier implements RequestQueue.Carrier {
    @Override
    public int together() {
      try (Workers.Use use = workers.use()) {
        return use.worker().together();
      }
    }

    @Override
    public void carryOut(List<Worker.Request> together) throws IOException {
      Message.Run first = together.get(0).run();
      doing = first.command() + " " + first.user();
      Optional<Master> master =
          known(together.stream().map(each -> each.run().requestId()).toList());
      if (master.isPresent()) {
        try (Workers.Use use = workers.use()) {
          use.worker().run(master.get(), together);
        }
      }
      doing = "";
    }

    @Override
    public void ended(boolean idle) throws IOException {
      long now = System.nanoTime();
      // if this process dies, it must be known which request was under way
      if (trusted || idle || now - flushed >= LONGEST_HELD_NANOS) {
        out.flush();
        flushed = now;
      }
    }

    @Override
    public void brokeOff() {
      closed();
      closeTransport.run();
    }
  }
}
