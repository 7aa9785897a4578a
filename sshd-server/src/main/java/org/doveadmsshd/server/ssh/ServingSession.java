package org.doveadmsshd.server.ssh;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * A connection of which the client's proposal of algorithms is looked at before ours is sent: what
 * is offered to older clients is not offered to others, as OpenSSH's and PuTTY's clients would
 * prefer AES-CTR, which is slower here than AES-GCM.
 */
final class ServingSession extends ServerSessionImpl {
  /** Clients send their proposal unasked; one that waits for ours gets it after this time. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** Whether our first proposal has still to be sent. Whoever takes it down sends it. */
  private final AtomicBoolean owed = new AtomicBoolean();

  ServingSession(ServerFactoryManager server, IoSession transport) throws Exception {
    super(server, transport);
  }

  /** Called when the client has said its name, and whenever keys are renewed. */
  @Override
  protected byte[] sendKexInit() throws Exception {
    if (initialKexDone) {
      return super.sendKexInit();
    }
    owed.set(true);
    getFactoryManager()
        .getScheduledExecutorService()
        .schedule(this::waitNoLonger, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    return new byte[0]; // nobody looks at it
  }

  private void waitNoLonger() {
    if (isOpen() && owed.getAndSet(false)) {
      OfferedAlgorithms.offerAll(this);
      try {
        super.sendKexInit();
      } catch (Exception e) {
        exceptionCaught(e);
      }
    }
  }

  @Override
  protected void handleKexInit(Buffer buffer) throws Exception {
    if (!owed.getAndSet(false)) {
      super.handleKexInit(buffer);
      return;
    }
    receiveKexInit(buffer);
    OfferedAlgorithms.offerWhatSuits(this, getClientKexProposals());
    super.sendKexInit();
    doKexNegotiation();
  }
}
