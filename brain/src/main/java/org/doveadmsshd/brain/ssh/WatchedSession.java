package org.doveadmsshd.brain.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.doveadmsshd.base.SignsOfLife;

/**
 * A connection that is closed when its server says nothing any more: not one byte, though it has
 * been asked. The library's own heartbeat closes a connection whose answer is late, and answers are
 * late behind a megabyte of mail on a slow line.
 */
final class WatchedSession extends ClientSessionImpl {
  private static final String KEEPALIVE = "keepalive@openssh.com";

  private final SignsOfLife life = new SignsOfLife(this::ask, this::giveUp);
  private volatile boolean silent;

  /** Has a client make such connections. */
  static final class Factory extends SessionFactory {
    Factory(ClientFactoryManager client) {
      super(client);
    }

    @Override
    protected ClientSessionImpl doCreateSession(IoSession session) throws Exception {
      return new WatchedSession(getClient(), session);
    }
  }

  private WatchedSession(ClientFactoryManager client, IoSession session) throws Exception {
    super(client, session);
  }

  /**
   * Watches from now on, as long as it is open.
   *
   * @param silence how long the server may say nothing
   */
  void watch(Duration silence) {
    ScheduledExecutorService timer = getFactoryManager().getScheduledExecutorService();
    life.awaited();
    Future<?> watching = life.watch(timer, silence.multipliedBy(4).dividedBy(5));
    addCloseFutureListener(closed -> watching.cancel(false));
  }

  /** Whether it was closed because the server said nothing. */
  boolean isSilent() {
    return silent;
  }

  @Override
  public void messageReceived(Readable buffer) throws Exception {
    life.awaited();
    super.messageReceived(buffer);
  }

  /** Any server answers a request that it does not know, too. */
  private void ask() {
    try {
      Buffer request = createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
      request.putString(KEEPALIVE);
      request.putBoolean(true);
      request(request, KEEPALIVE, (command, answer) -> {});
    } catch (IOException e) {
      giveUp();
    }
  }

  private void giveUp() {
    silent = true;
    close(true);
  }
}
