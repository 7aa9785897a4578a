package org.doveadmsshd.brain.remote;

import java.io.EOFException;
import java.io.IOException;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.auth.sasl.SaslException;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.LaneClient;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;

/** The beginning of a lane whose worker may want a login. */
final class LaneLogin {
  private static final int ID = 1;

  private final Reader in;
  private final FrameWriter out;
  private final LaneClient client;
  private final String server;

  /** Brings what the worker says. */
  @FunctionalInterface
  interface Reader {
    /** Waits for something, and hands it to the lane client; false at the end. */
    boolean read() throws IOException;
  }

  LaneLogin(Reader in, FrameWriter out, LaneClient client, String server) {
    this.in = in;
    this.out = out;
    this.client = client;
    this.server = server;
  }

  /**
   * Waits for the hello, and authenticates unless it says that this has been done.
   *
   * @throws Failure when the worker refuses, or has not proved itself
   */
  void authenticate(SaslClient sasl) throws IOException, Failure {
    while (client.hello().isEmpty()) {
      await();
    }
    if (client.hello().get().master().isPresent()) {
      return;
    }
    Exchange exchange = new Exchange(sasl);
    client.add(ID, exchange);
    out.send(new Message.Authenticate(ID, sasl.mechanism(), sasl.initialResponse()));
    out.flush();
    while (exchange.end == null) {
      await();
    }
    exchange.check();
  }

  private void await() throws IOException {
    if (!in.read()) {
      throw new EOFException("the connection was closed");
    }
  }

  /** What the worker says of the login. */
  private final class Exchange implements LaneClient.Answers {
    private final SaslClient sasl;
    private SaslException refused;
    private Message.Done end;

    Exchange(SaslClient sasl) {
      this.sasl = sasl;
    }

    @Override
    public void challenge(byte[] data) throws IOException {
      byte[] response = new byte[0];
      try {
        response = sasl.respond(data);
      } catch (SaslException e) {
        refused = e; // it has not proved itself; an empty response lets it say so
      }
      out.send(new Message.Response(ID, response));
      out.flush();
    }

    @Override
    public void take(Message message) throws IOException {
      throw new ProtocolException("it does not end an authentication");
    }

    @Override
    public void done(Message.Done done) {
      end = done;
    }

    void check() throws Failure {
      if (refused == null && !end.outcome().isOk()) {
        throw new Failure(
            end.outcome(), end.text() + " (" + sasl.mechanism() + "; server " + server + ")");
      }
      if (refused != null || !sasl.isSatisfied()) {
        throw new Failure(
            Outcome.NO_PERMISSION, "Server " + server + " has not proved who it is", refused);
      }
    }
  }
}
