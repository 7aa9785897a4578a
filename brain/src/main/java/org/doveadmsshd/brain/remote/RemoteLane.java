package org.doveadmsshd.brain.remote;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.Assignment;
import org.doveadmsshd.brain.UserQueue;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.ProtocolException;

/**
 * One lane to a worker.
 *
 * <p>The lane's own thread reads and hands messages to assignments; requests are sent by that
 * thread or by whoever puts users into the queue. So many are under way at a time that the worker
 * has the next one when it is done with one, however long the way: round trip divided by time per
 * user.
 */
final class RemoteLane implements Closeable {
  private static final int MIN_AHEAD = 4;
  private static final int MAX_AHEAD = 128;
  private static final int FIRST_GUESS_MICROS = 1000;

  private final String server;
  private final LaneTransport transport;
  private final FrameWriter out;
  private final FrameDecoder decoder = new FrameDecoder();

  // guarded by this
  private final Map<Integer, Assignment> underWay = new HashMap<>();
  private int lastId;
  private long microsPerUser = FIRST_GUESS_MICROS;
  private boolean closing;
  private boolean lost;

  /** What commands under way read; used by the reading thread. */
  private final Map<Integer, InputStream> inputs = new HashMap<>();

  private boolean greeted;

  /**
   * Says hello, and authenticates if the worker wants that.
   *
   * @param authentication how; if there is none, the worker must know the peer already, and nobody
   *     waits for it to say so
   */
  RemoteLane(LaneTransport transport, String server, Optional<SaslClient> authentication)
      throws IOException, Failure {
    this.server = server;
    this.transport = transport;
    OutputStream stream = transport.out();
    out = new FrameWriter(stream::write, stream::flush);
    out.send(new Message.Hello(Limits.VERSION, "doveadm-ssh", Optional.empty(), List.of()));
    out.flush();
    if (authentication.isPresent()) {
      new LaneLogin(transport.in(), out, decoder, server).authenticate(authentication.get());
      greeted = true;
    }
  }

  /** Works users off until the queue is finished or the lane is lost. */
  void work(UserQueue queue) {
    String why = "Server " + server + ": the connection was lost";
    try {
      queue.ring(() -> send(queue));
      read(message -> deliver(message, queue));
    } catch (ProtocolException e) {
      why = "Server " + server + " does not keep to the protocol: " + e.getMessage();
    } catch (IOException e) {
      why = "Server " + server + ": the connection was lost: " + e.getMessage();
    }
    giveBack(why);
  }

  /** Asks for users. */
  void list(String mask, Consumer<String> taker) throws IOException {
    out.send(new Message.ListUsers(1, mask));
    out.flush();
    boolean[] ended = new boolean[1];
    read(
        message -> {
          if (message instanceof Message.Row) {
            taker.accept(((Message.Row) message).values().get(0).text());
          } else if (message instanceof Message.Done) {
            Message.Done done = (Message.Done) message;
            if (!done.outcome().isOk()) {
              throw new IOException(done.text());
            }
            ended[0] = true;
            transport.finish();
          }
        });
    if (!ended[0]) {
      throw new EOFException("connection lost");
    }
  }

  /** Asks the worker to stop what is under way. */
  void cancel() {
    try {
      synchronized (this) {
        for (Integer id : underWay.keySet()) {
          out.send(new Message.Cancel(id));
        }
        out.flush();
      }
    } catch (IOException e) {
      transport.close(); // the reading thread gives back what was under way
    }
  }

  /** Reads to the end of the channel. */
  private void read(MessageSink receiver) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    int length;
    while ((length = transport.in().read(buffer)) >= 0) {
      decoder.feed(buffer, 0, length, message -> receive(message, receiver));
    }
    decoder.end();
  }

  private void receive(Message message, MessageSink receiver) throws IOException {
    if (message instanceof Message.Fault) {
      throw new ProtocolException(((Message.Fault) message).text());
    }
    if (!greeted) {
      greet(message);
    } else {
      receiver.send(message);
    }
  }

  private void greet(Message message) throws ProtocolException {
    if (!(message instanceof Message.Hello)) {
      throw new ProtocolException("it did not begin with a hello");
    }
    Message.Hello hello = (Message.Hello) message;
    if (hello.version() != Limits.VERSION || hello.master().isEmpty()) {
      throw new ProtocolException("its hello is for another version, or it wants a second login");
    }
    greeted = true;
  }

  private void deliver(Message message, UserQueue queue) throws IOException {
    Assignment assignment;
    synchronized (this) {
      assignment = underWay.get(message.requestId());
    }
    if (assignment == null) {
      throw new ProtocolException("it answered a request that was not sent");
    }
    if (message instanceof Message.Wanted) {
      sendInput((Message.Wanted) message, assignment);
      return;
    }
    boolean done = message instanceof Message.Done;
    if (done) {
      synchronized (this) {
        underWay.remove(message.requestId());
        closeInput(message.requestId());
        microsPerUser = (7 * microsPerUser + ((Message.Done) message).micros()) / 8;
      }
    }
    try {
      assignment.send(message);
    } catch (ProtocolException e) {
      assignment.lost(e.getMessage());
      throw e;
    } catch (IOException e) {
      assignment.outputBroken(e);
    }
    if (done) {
      send(queue);
    }
  }

  /** Sends the next pieces of what the command reads. */
  private void sendInput(Message.Wanted wanted, Assignment assignment) throws IOException {
    int id = wanted.requestId();
    InputStream input = inputs.get(id);
    if (input == null) {
      input = assignment.openInput();
      inputs.put(id, input);
    }
    byte[] buffer = new byte[Limits.MAX_CHUNK];
    synchronized (this) {
      boolean last = false;
      for (int i = 0; i < Math.min(wanted.pieces(), Limits.MAX_WANTED) && !last; i++) {
        int length = input.readNBytes(buffer, 0, buffer.length);
        last = length < buffer.length;
        out.send(new Message.Input(id, last, ByteBuffer.wrap(buffer, 0, length)));
      }
      out.flush();
    }
  }

  private void closeInput(int id) throws IOException {
    InputStream input = inputs.remove(id);
    if (input != null) {
      input.close();
    }
  }

  /** Sends as many requests as should be under way; ends the lane when there will be none. */
  private void send(UserQueue queue) {
    try {
      synchronized (this) {
        if (lost || closing) {
          return;
        }
        boolean sent = false;
        while (underWay.size() < ahead()) {
          Assignment next = queue.poll();
          if (next == null) {
            break;
          }
          underWay.put(++lastId, next);
          out.send(next.request(lastId));
          sent = true;
        }
        if (sent) {
          out.flush();
        }
        if (underWay.isEmpty() && queue.isFinished()) {
          closing = true;
          transport.finish();
        }
      }
    } catch (IOException e) {
      transport.close(); // the reading thread gives back what was under way
    }
  }

  private int ahead() {
    long onTheWay = transport.roundTripMicros() / Math.max(1, microsPerUser);
    return (int) Math.max(MIN_AHEAD, Math.min(MAX_AHEAD, onTheWay + 2));
  }

  private void giveBack(String why) {
    List<Assignment> left;
    synchronized (this) {
      lost = true;
      left = List.copyOf(underWay.values());
      underWay.clear();
    }
    for (Assignment assignment : left) {
      try {
        assignment.lost(why);
      } catch (IOException e) {
        assignment.outputBroken(e);
      }
    }
  }

  @Override
  public void close() {
    transport.close();
  }
}
