package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Life;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.LaneSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subsystem {@code doveadm}: a lane on a channel. The transport's thread decodes what comes in;
 * an idle lane has no thread.
 */
final class LaneCommand extends ChannelCommand implements ChannelDataReceiver {
  /** The subsystem's name. */
  static final String NAME = "doveadm";

  private static final Logger LOG = LoggerFactory.getLogger(LaneCommand.class);

  /** What the peer may have on its way; a lane's memory has room for it. */
  private static final long WINDOW = 64 * 1024;

  private final Sessions sessions;
  private final long id;
  private final FrameDecoder decoder = new FrameDecoder();
  private final Life<Phase> life = new Life<>(Phase.STARTING);
  private LaneSession lane; // null before it is open, and if it is refused

  /** Whether data of the peer is taken. */
  private enum Phase {
    STARTING,
    OPEN,
    /** The lane was refused, or the peer broke the protocol. */
    OVER
  }

  LaneCommand(Sessions sessions, ChannelSession channel) {
    this.sessions = sessions;
    this.id = sessions.nextId();
    channel.setDataReceiver(this);
  }

  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    OutputStream out = new ChannelOutput(channel).out();
    FrameWriter writer = new FrameWriter(out::write, out::flush);
    LaneSession.Transport transport =
        new LaneSession.Transport(
            writer, this::end, CoalescingSession.of(channel.getSession()).memory());
    try {
      lane = sessions.openLane(channel.getServerSession(), transport, id);
    } catch (Failure e) {
      life.moveTo(Phase.OVER);
      sessions.executor().execute(() -> refuse(writer, e));
      return;
    }
    lane.start();
    life.moveTo(Phase.OPEN);
    channel.getLocalWindow().release(WINDOW);
  }

  private void refuse(FrameWriter writer, Failure why) {
    try {
      writer.send(new Message.Fault(why.getMessage()));
      writer.flush();
    } catch (IOException e) {
      LOG.debug("The peer of a lane has gone", e);
    } finally {
      exit(why.outcome().exitCode());
    }
  }

  @Override
  public int data(ChannelSession channel, byte[] bytes, int offset, int length) {
    if (life.phase() != Phase.OPEN) {
      return length; // data that comes before the subsystem has started is dropped
    }
    try {
      decoder.feed(bytes, offset, length, lane::receive);
    } catch (ProtocolException e) {
      life.moveTo(Phase.OVER);
      lane.fault(e.getMessage());
      return length;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // receive() does no input or output
    }
    lane.whenRoom(() -> release(channel, length));
    return 0;
  }

  /** Lets the peer send as much as has been taken. */
  private static void release(ChannelSession channel, int length) {
    try {
      channel.getLocalWindow().release(length);
    } catch (IOException e) {
      LOG.debug("The peer of a lane has gone", e);
    }
  }

  /** The peer will send nothing more. */
  @Override
  public void close() {
    if (life.phase() != Phase.OPEN) {
      return;
    }
    try {
      decoder.end();
      lane.inputEnded();
    } catch (ProtocolException e) {
      lane.fault(e.getMessage());
    }
  }

  private void end() {
    sessions.closeLane(id);
    exit(0);
  }

  @Override
  public void destroy(ChannelSession channel) {
    if (lane != null) {
      lane.closed();
    }
    sessions.closeLane(id);
  }
}
