package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.helpers.AbstractConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;

/**
 * Session channels, bounded for each connection. One too many is refused and the connection goes
 * on; the limit of MINA SSHD itself would end it. Environment variables are not taken.
 */
final class LimitedChannelFactory extends ChannelSessionFactory {
  /** With less in a packet, what is around it is most of the work. */
  private static final int LEAST_PACKET = 256;

  private static final int MAX_TERM = 255;

  private final int limit;

  LimitedChannelFactory(int limit) {
    this.limit = limit;
  }

  @Override
  public Channel createChannel(Session session) {
    return new LimitedChannel();
  }

  private final class LimitedChannel extends ChannelSession {
    private boolean statusSent;

    @Override
    public OpenFuture open(long recipient, long windowSize, long packetSize, Buffer buffer) {
      ConnectionService connection = getSession().getService(ConnectionService.class);
      if (packetSize < LEAST_PACKET) {
        connection.unregisterChannel(this);
        refuse(
            recipient, "Packets of a channel must have room for %d bytes".formatted(LEAST_PACKET));
        return new DefaultOpenFuture(this, null);
      }
      int channels = ((AbstractConnectionService) connection).getChannels().size();
      if (channels <= limit) {
        return super.open(recipient, windowSize, packetSize, buffer);
      }
      connection.unregisterChannel(this);
      refuse(recipient, "At most " + limit + " channels on a connection");
      return new DefaultOpenFuture(this, null); // left open: MINA would refuse it in other words
    }

    private void refuse(long recipient, String why) {
      Buffer refusal = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
      refusal.putUInt(recipient);
      refusal.putInt(SshConstants.SSH_OPEN_RESOURCE_SHORTAGE);
      refusal.putString(why);
      refusal.putString(""); // language
      try {
        getSession().writePacket(refusal);
      } catch (IOException e) {
        getSession().exceptionCaught(e);
      }
    }

    /**
     * The client may send nothing before the command reads: data that no command reads would lie in
     * memory.
     */
    @Override
    protected void configureWindow() {
      super.configureWindow();
      try {
        getLocalWindow().consume(getLocalWindow().getSize());
      } catch (IOException e) {
        throw new UncheckedIOException(e); // only when there is less
      }
    }

    /**
     * Tells the exit status before the end of the output: a multiplexing OpenSSH client closes the
     * channel at that end, and a status sent after it could come too late.
     */
    @Override
    protected void closeShell(int status, boolean immediately) throws IOException {
      if (!isClosing()) {
        sendExitStatus(status);
        statusSent = true;
      }
      super.closeShell(status, immediately);
    }

    @Override
    protected void sendExitStatus(int status) throws IOException {
      if (!statusSent) {
        super.sendExitStatus(status);
      }
    }

    /** The description of the terminal is kept as long as the channel. */
    @Override
    protected RequestHandler.Result handlePtyReqParsed(
        String term, int columns, int rows, int width, int height, Map<PtyMode, Integer> modes)
        throws IOException {
      return term.length() > MAX_TERM
          ? RequestHandler.Result.ReplyFailure
          : super.handlePtyReqParsed(term, columns, rows, width, height, modes);
    }

    @Override
    protected RequestHandler.Result handleEnvParsed(String name, String value) {
      return RequestHandler.Result.ReplyFailure;
    }
  }
}
