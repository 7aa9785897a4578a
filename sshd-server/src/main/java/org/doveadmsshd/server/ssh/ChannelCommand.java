package org.doveadmsshd.server.ssh;

import java.io.InputStream;
import java.io.OutputStream;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.command.Command;

/**
 * What a channel was opened for. It reads and writes through {@link ChannelInput} and {@link
 * ChannelOutput}, which know when to wait, and not through the library's streams.
 */
abstract class ChannelCommand implements Command {
  private ExitCallback callback;

  /** Ends the channel with an exit code. */
  final void exit(int code) {
    callback.onExit(code);
  }

  @Override
  public final void setExitCallback(ExitCallback callback) {
    this.callback = callback;
  }

  @Override
  public final void setInputStream(InputStream in) {
    // bytes come to a receiver
  }

  @Override
  public final void setOutputStream(OutputStream out) {
    // written to through a ChannelOutput
  }

  @Override
  public final void setErrorStream(OutputStream error) {
    // written to through a ChannelOutput
  }
}
