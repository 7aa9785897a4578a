package org.doveadmsshd.server.ssh;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * A connection that reads the client's proposal of algorithms before it sends ours. Algorithms for
 * older clients are not offered to others: OpenSSH's and PuTTY's clients would prefer AES-CTR,
 * which is slower here than AES-GCM.
 *
 * <p>Some clients are cut off. One asks for much while keys are exchanged: the answers would wait
 * until the client ends the exchange. Others, without a login, send larger packets than a login
 * needs, or exchange keys again and again. Large packets after a login draw on their connection's
 * memory.
 */
final class ServingSession extends ServerSessionImpl {
  /** Clients send their proposal unasked; one that waits for ours gets it after this time. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** Most requests while keys are exchanged. */
  private static final int MAX_LATE = 1000;

  /** Packets of a usual size, with what is around them. */
  private static final int USUAL = 40_000;

  /** Memory of a connection after a larger packet: the buffer grows by doubling, and stays. */
  private static final int LARGE = 512 * 1024;

  /** A client's proposal is kept. */
  private static final int MAX_PROPOSAL = 32 * 1024;

  /** Most exchanges of keys before a login; a login needs one. */
  private static final int MAX_EARLY_EXCHANGES = 3;

  // on the thread that reads the connection
  private boolean hasLarge;
  private int exchanges;

  /** Requests since the exchange began; on the thread that reads the connection. */
  private int late;

  /**
   * Whether our first proposal has still to be sent. The thread that clears it sends the proposal.
   */
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
        .schedule(
            ConnectionFaults.LOGGED.guard("Offering algorithms", this::waitNoLonger),
            PATIENCE.toMillis(),
            TimeUnit.MILLISECONDS);
    return new byte[0]; // MINA does not use the result
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

  /** Whether what came last said of itself that it was longer than a packet may be. */
  boolean hasOverlongPacket() {
    return discarding != null;
  }

  /** Looks at the rest of the buffer: the beginning of an incomplete packet. */
  @Override
  protected void decode() throws Exception {
    super.decode();
    if (decoderBuffer.available() > USUAL && !hasLarge) {
      hasLarge = isAuthenticated() && CoalescingSession.of(this).memory().tryTake(LARGE);
      if (!hasLarge) {
        throw new SshException(
            SshConstants.SSH2_DISCONNECT_BY_APPLICATION,
            isAuthenticated()
                ? "The server has no memory for so large a packet; try again later"
                : "The packet is larger than any that a login takes");
      }
    }
  }

  private void checkExchange(Buffer proposal) throws SshException {
    boolean early = !isAuthenticated() && ++exchanges > MAX_EARLY_EXCHANGES;
    if (early || proposal.available() > MAX_PROPOSAL) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
          early ? "Too many key exchanges before a login" : "Too many algorithms are proposed");
    }
  }

  @Override
  protected void handleMessage(Buffer message) throws Exception {
    int type = message.array()[message.rpos()] & 0xFF;
    if (type == SshConstants.SSH_MSG_KEXINIT) {
      checkExchange(message);
    }
    if (getKexState() == KexState.DONE) {
      late = 0;
    } else if (wantsAnswer(type) && ++late > MAX_LATE) {
      throw new SshException(
          SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "Too many requests in a key exchange");
    }
    super.handleMessage(message);
    if (type == SshConstants.SSH_MSG_NEWKEYS) {
      CoalescingSession.of(this).acknowledge();
    }
  }

  /** What fills a channel's window ends by itself; anything else may be answered. */
  private static boolean wantsAnswer(int type) {
    return type > SshConstants.SSH_MSG_KEX_LAST
        && type != SshConstants.SSH_MSG_CHANNEL_DATA
        && type != SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA
        && type != SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST;
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
