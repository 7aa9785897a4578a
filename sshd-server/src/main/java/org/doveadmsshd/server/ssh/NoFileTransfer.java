package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.helpers.AbstractConnectionService;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.subsystem.SubsystemFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subsystem {@code sftp}: tells users of scp and sftp that there is no such thing here. */
final class NoFileTransfer extends ChannelCommand {
  private static final Logger LOG = LoggerFactory.getLogger(NoFileTransfer.class);
  private static final String REASON = "There is no file transfer here, only doveadm commands";
  private static final String TEXT =
      "doveadm: Error: " + REASON + "; try: ssh <host> doveadm help\n";
  private static final int EXIT_CODE = 1;

  /** How long a client may take to close its side of the channel. */
  private static final long PATIENCE_SECONDS = 1;

  private final Executor executor;

  private NoFileTransfer(Executor executor) {
    this.executor = executor;
  }

  /**
   * @param executor runs what may block
   */
  static SubsystemFactory factory(Executor executor) {
    return new SubsystemFactory() {
      @Override
      public String getName() {
        return "sftp";
      }

      @Override
      public Command createSubsystem(ChannelSession channel) {
        return new NoFileTransfer(executor);
      }
    };
  }

  @Override
  public void start(ChannelSession channel, Environment environment) {
    executor.execute(() -> refuse(channel));
  }

  private void refuse(ChannelSession channel) {
    OutputStream error = new ChannelOutput(channel).error();
    try {
      error.write(TEXT.getBytes(StandardCharsets.US_ASCII));
      error.flush();
    } catch (IOException e) {
      LOG.debug("The client has gone", e);
    } finally {
      exit(EXIT_CODE);
      CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS, executor)
          .execute(() -> disconnectUnlessClosed(channel));
    }
  }

  /**
   * Clients that are made with libssh2, such as curl, take the end of the channel for an answer
   * that is still to come, and would wait for the rest of it for ever. What they understand is the
   * end of the connection; a client that has other channels keeps it.
   */
  private static void disconnectUnlessClosed(ChannelSession channel) {
    Session session = channel.getSession();
    ConnectionService connection = session.getService(ConnectionService.class);
    boolean only = ((AbstractConnectionService) connection).getChannels().size() <= 1;
    if (channel.isClosed() || !only) {
      return;
    }
    try {
      session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, REASON);
    } catch (IOException e) {
      LOG.debug("The client has gone", e);
    }
  }

  @Override
  public void destroy(ChannelSession channel) {
    // nothing to end
  }
}
