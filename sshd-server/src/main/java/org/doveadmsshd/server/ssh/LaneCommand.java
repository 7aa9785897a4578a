package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.LaneSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subsystem {@code doveadm}: a lane on a channel. The transport's thread decodes what comes in;
 * an idle lane has no thread.
 */
final class LaneCommand implements Command, ChannelDataReceiver {
  /** The subsystem's name. */
  static final String NAME = "doveadm";

  private static final Logger LOG = LoggerFactory.getLogger(LaneCommand.class);

  private final Sessions sessions;
  private final long id;
  private final FrameDecoder decoder = new FrameDecoder();
  private OutputStream out;
  private ExitCallback exit;
  private LaneSession lane;
  private boolean ended;

  LaneCommand(Sessions sessions, ChannelSession channel) {
    this.sessions = sessions;
    this.id = sessions.nextId();
    channel.setDataReceiver(this);
  }

  @Override
  public void setInputStream(InputStream in) {
    // bytes come through data()
  }

  @Override
  public void setOutputStream(OutputStream out) {
    this.out = out;
  }

  @Override
  public void setErrorStream(OutputStream error) {
    // nothing is said there
  }

  @Override
  public void setExitCallback(ExitCallback exit) {
    this.exit = exit;
  }

  @Override
  public void start(ChannelSession channel, Environment environment) {
    FrameWriter writer = new FrameWriter(out::write, out::flush);
    lane = sessions.openLane(channel.getServerSession(), writer, this::end, id);
    lane.start();
  }

  @Override
  public int data(ChannelSession channel, byte[] bytes, int offset, int length) {
    if (lane == null || ended) {
      return length; // before the subsystem has started nobody may talk to it
    }
    try {
      decoder.feed(bytes, offset, length, lane::receive);
    } catch (ProtocolException e) {
      ended = true;
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
    if (lane == null || ended) {
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
    exit.onExit(0);
  }

  @Override
  public void destroy(ChannelSession channel) {
    if (lane != null) {
      lane.closed();
    }
    sessions.closeLane(id);
  }
}
