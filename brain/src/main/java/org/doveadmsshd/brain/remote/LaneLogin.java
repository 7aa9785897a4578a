package org.doveadmsshd.brain.remote;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.auth.sasl.SaslException;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;

/** The beginning of a lane whose worker may want to know who one is. */
final class LaneLogin {
  private static final int ID = 1;

  private final InputStream in;
  private final FrameWriter out;
  private final FrameDecoder decoder;
  private final String server;
  private final Queue<Message> received = new ArrayDeque<>();

  LaneLogin(InputStream in, FrameWriter out, FrameDecoder decoder, String server) {
    this.in = in;
    this.out = out;
    this.decoder = decoder;
    this.server = server;
  }

  /**
   * Waits for the hello, and authenticates unless it says that this has been done.
   *
   * @throws Failure when the worker refuses, or has not proved itself
   */
  void authenticate(SaslClient client) throws IOException, Failure {
    Message first = next();
    if (!(first instanceof Message.Hello) || ((Message.Hello) first).version() != Limits.VERSION) {
      throw new ProtocolException("its hello is none, or for another version");
    }
    if (((Message.Hello) first).master().isPresent()) {
      return;
    }
    out.send(new Message.Authenticate(ID, client.mechanism(), client.initialResponse()));
    out.flush();
    Message message;
    while ((message = next()) instanceof Message.Challenge) {
      byte[] challenge = ((Message.Challenge) message).data();
      out.send(new Message.Response(ID, response(client, challenge)));
      out.flush();
    }
    if (!(message instanceof Message.Done)) {
      throw new ProtocolException("it does not end an authentication");
    }
    Message.Done done = (Message.Done) message;
    if (!done.outcome().isOk()) {
      throw new Failure(
          done.outcome(), done.text() + " (" + client.mechanism() + "; server " + server + ")");
    }
    if (!client.isSatisfied()) {
      throw unproved(null);
    }
  }

  private byte[] response(SaslClient client, byte[] challenge) throws Failure {
    try {
      return client.respond(challenge);
    } catch (SaslException e) {
      throw unproved(e);
    }
  }

  private Failure unproved(SaslException cause) {
    return new Failure(
        Outcome.NO_PERMISSION, "Server " + server + " has not proved who it is", cause);
  }

  private Message next() throws IOException {
    byte[] buffer = new byte[Limits.MAX_CHUNK];
    while (received.isEmpty()) {
      int length = in.read(buffer);
      if (length < 0) {
        throw new EOFException("the connection was closed");
      }
      decoder.feed(buffer, 0, length, received::add);
    }
    return received.remove();
  }
}
