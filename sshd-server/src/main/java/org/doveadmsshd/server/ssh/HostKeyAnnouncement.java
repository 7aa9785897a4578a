package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.helpers.AbstractConnectionServiceRequestHandler;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Tells clients all host keys after a login, and proves that the server has them (OpenSSH, PROTOCOL
 * section 2.5). So they know the next key before it is used: {@code UpdateHostKeys} of
 * ssh_config(5).
 */
final class HostKeyAnnouncement extends AbstractConnectionServiceRequestHandler
    implements ChannelListener {
  private static final String KEYS = "hostkeys-00@openssh.com";
  private static final String PROVE = "hostkeys-prove-00@openssh.com";

  private static final AttributeRepository.AttributeKey<Boolean> SAID =
      new AttributeRepository.AttributeKey<>();

  /** There are never more than two. */
  private static final int MOST = 4;

  private volatile List<KeyPair> announced;

  HostKeyAnnouncement(List<KeyPair> announced) {
    this.announced = List.copyOf(announced);
  }

  /** Announces these at logins from now on. */
  void announce(List<KeyPair> keys) {
    announced = List.copyOf(keys);
  }

  /** With a client's first channel: while a login goes on nothing else may be sent. */
  @Override
  public void channelInitialized(Channel channel) {
    Session session = channel.getSession();
    if (session.setAttribute(SAID, true) != null) {
      return;
    }
    try {
      Buffer buffer = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
      buffer.putString(KEYS);
      buffer.putBoolean(false);
      for (KeyPair pair : announced) {
        buffer.putPublicKey(pair.getPublic());
      }
      session.writePacket(buffer);
    } catch (IOException e) {
      // the client has gone
    }
  }

  @Override
  public RequestHandler.Result process(
      ConnectionService service, String request, boolean wantReply, Buffer buffer)
      throws Exception {
    if (!request.equals(PROVE)) {
      return RequestHandler.Result.Unsupported;
    }
    Session session = service.getSession();
    List<byte[]> proofs = new ArrayList<>();
    while (buffer.available() > 0) {
      byte[] blob = buffer.getBytes();
      KeyPair pair = proofs.size() < MOST ? find(blob) : null;
      if (pair == null) {
        return RequestHandler.Result.ReplyFailure;
      }
      proofs.add(proof(session, pair, blob));
    }
    Buffer reply = session.createBuffer(SshConstants.SSH_MSG_REQUEST_SUCCESS);
    proofs.forEach(reply::putBytes);
    session.writePacket(reply);
    return RequestHandler.Result.Replied;
  }

  private KeyPair find(byte[] blob) {
    for (KeyPair pair : announced) {
      ByteArrayBuffer own = new ByteArrayBuffer();
      own.putRawPublicKey(pair.getPublic());
      if (java.util.Arrays.equals(own.getCompactData(), blob)) {
        return pair;
      }
    }
    return null;
  }

  private static byte[] proof(Session session, KeyPair pair, byte[] blob) throws Exception {
    Buffer signed = new ByteArrayBuffer();
    signed.putString(PROVE);
    signed.putBytes(session.getSessionId());
    signed.putBytes(blob);
    String type = KeyUtils.getKeyType(pair);
    Signature signer =
        NamedFactory.create(session.getFactoryManager().getSignatureFactories(), type);
    signer.initSigner(session, pair.getPrivate());
    signer.update(session, signed.array(), 0, signed.available());
    Buffer signature = new ByteArrayBuffer();
    signature.putString(type);
    signature.putBytes(signer.sign(session));
    return signature.getCompactData();
  }
}
