package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.Value;

/**
 * One user of a run on its way through a lane.
 *
 * <p>Rows are kept until the user is done, so that they come out together. When they grow beyond
 * {@value #HELD} bytes the assignment waits for the printer and from then on prints as rows come.
 * Messages are given by one thread.
 */
public final class Assignment implements MessageSink {
  /** Most bytes of rows that are kept back. */
  private static final int HELD = 256 * 1024;

  private final Run run;
  private final long sequence;
  private final String user;
  private final List<Server> candidates;
  private final ArrayDeque<Message> held = new ArrayDeque<>();
  private int heldBytes;
  private boolean printing;
  private boolean delivered;
  private boolean over;
  private int attempts;

  /**
   * @param sequence where the user stands in the list, from 0
   * @param candidates servers that may have the user, the one that is asked first of all
   */
  Assignment(Run run, long sequence, String user, List<Server> candidates) {
    this.run = run;
    this.sequence = sequence;
    this.user = user;
    this.candidates = List.copyOf(candidates);
  }

  public String user() {
    return user;
  }

  /** The request for the worker. */
  public Message.Run request(int requestId) {
    attempts++;
    return run.request(requestId, user);
  }

  /** How often it has been tried. */
  int attempts() {
    return attempts;
  }

  /** Whether nothing of it has been seen yet, so that it may be tried once more. */
  boolean isRepeatable() {
    return !delivered && held.isEmpty();
  }

  Server server() {
    return candidates.get(0);
  }

  List<Server> furtherCandidates() {
    return candidates.subList(1, candidates.size());
  }

  /** What the command reads, from its beginning; the caller closes it. */
  public InputStream openInput() throws IOException {
    return run.openInput();
  }

  /** Takes what the worker says of this user. */
  @Override
  public void send(Message message) throws IOException {
    if (message instanceof Message.Done) {
      done((Message.Done) message);
    } else if (message instanceof Message.Log) {
      Message.Log log = (Message.Log) message;
      run.reporter().log(user, log.level(), log.text());
    } else if (message instanceof Message.Row || message instanceof Message.Chunk) {
      row(message);
    } else if (message instanceof Message.Columns) {
      run.checkColumns((Message.Columns) message);
    }
  }

  /** Ends it without a word from the worker. */
  public void fail(Outcome outcome, String text) throws IOException {
    done(new Message.Done(0, outcome, text, java.util.Map.of(), 0));
  }

  /** The lane that had it is lost; {@code why} is told to the user if it cannot be tried again. */
  public void lost(String why) throws IOException {
    run.lost(this, why);
  }

  /** What the worker says cannot be printed any more: the whole run ends. */
  public void outputBroken(IOException e) {
    over = true;
    if (printing) {
      printing = false;
      run.printer().releaseBroken();
    }
    run.broken(e);
  }

  private void row(Message message) throws IOException {
    if (printing) {
      run.printer().print(user, message);
      return;
    }
    heldBytes += size(message);
    held.add(copy(message));
    if (heldBytes > HELD) {
      startPrinting();
    }
  }

  private static int size(Message message) {
    if (message instanceof Message.Chunk) {
      return ((Message.Chunk) message).data().remaining();
    }
    int size = 32;
    for (Value value : ((Message.Row) message).values()) {
      size += 32 + value.bytes().length;
    }
    return size;
  }

  /** A chunk's bytes are the sender's; they are kept here beyond the call. */
  private static Message copy(Message message) {
    if (!(message instanceof Message.Chunk)) {
      return message;
    }
    Message.Chunk chunk = (Message.Chunk) message;
    ByteBuffer data = ByteBuffer.allocate(chunk.data().remaining());
    data.put(chunk.data().duplicate()).flip();
    return new Message.Chunk(chunk.requestId(), chunk.last(), data);
  }

  private void startPrinting() throws IOException {
    try {
      run.printer().acquire(sequence);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while waiting to print");
    }
    printing = true;
    delivered = true;
    for (Message message; (message = held.poll()) != null; ) {
      run.printer().print(user, message);
    }
  }

  private void done(Message.Done done) throws IOException {
    if (over) {
      return;
    }
    over = true;
    boolean elsewhere = run.goesElsewhere(this, done);
    if (printing) {
      printing = false;
      run.printer().release();
    } else if (!elsewhere) {
      run.printer().finished(sequence, user, held, heldBytes);
    }
    if (!elsewhere) {
      run.ended(this, done);
    }
  }

  long sequence() {
    return sequence;
  }
}
