package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.subsystem.SubsystemFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subsystem {@code sftp}: tells users of scp and sftp that there is no such thing here. */
final class NoFileTransfer implements Command {
  private static final Logger LOG = LoggerFactory.getLogger(NoFileTransfer.class);
  private static final String TEXT =
      "doveadm: Error: There is no file transfer here, only doveadm commands;"
          + " try: ssh <host> doveadm help\n";
  private static final int EXIT_CODE = 1;

  private final Executor executor;
  private ExitCallback exit;

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
  public void setInputStream(InputStream in) {
    // nothing is read
  }

  @Override
  public void setOutputStream(OutputStream out) {
    // what a client of SFTP expects there is no text
  }

  @Override
  public void setErrorStream(OutputStream error) {
    // written to through a ChannelOutput
  }

  @Override
  public void setExitCallback(ExitCallback exit) {
    this.exit = exit;
  }

  @Override
  public void start(ChannelSession channel, Environment environment) {
    executor.execute(() -> say(new ChannelOutput(channel).error()));
  }

  private void say(OutputStream error) {
    try {
      error.write(TEXT.getBytes(StandardCharsets.US_ASCII));
      error.flush();
    } catch (IOException e) {
      LOG.debug("The client has gone", e);
    } finally {
      exit.onExit(EXIT_CODE);
    }
  }

  @Override
  public void destroy(ChannelSession channel) {
    // nothing to end
  }
}
