package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.ProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login of a lane's peer: exchanges of SASL, one after another, until one succeeds or several
 * have failed. Used by one thread at a time.
 */
final class LaneAuthentication {
  private static final Logger LOG = LoggerFactory.getLogger(LaneAuthentication.class);
  private static final int MAX_REFUSALS = 3;
  private static final int SHOWN = 64;

  /** A mechanism that cannot be guessed: the system has named the user. */
  private static final String EXTERNAL = "EXTERNAL";

  private final Workers workers;
  private final Masters masters;
  private final LanePeer peer;
  private final MessageSink out;
  private final Consumer<Supplier<Optional<Master>>> accepted;

  /** The one under way; null when there is none. */
  private Exchange exchange;

  private int refusals;

  private record Exchange(int requestId, String mechanism, SaslServer server) {}

  /**
   * @param accepted takes the master before the peer is answered
   */
  LaneAuthentication(
      Workers workers,
      Masters masters,
      LanePeer peer,
      MessageSink out,
      Consumer<Supplier<Optional<Master>>> accepted) {
    this.workers = workers;
    this.masters = masters;
    this.peer = peer;
    this.out = out;
    this.accepted = accepted;
  }

  /**
   * Begins an exchange.
   *
   * @throws ProtocolException when too many have failed
   */
  void begin(Message.Authenticate request) throws IOException {
    int id = request.requestId();
    if (exchange != null) {
      int abandoned = exchange.requestId();
      exchange = null;
      refuse(abandoned, "Another authentication was begun");
    }
    Optional<SaslServer> begun =
        masters.authentication(request.mechanism(), peer.address(), peer.external());
    if (begun.isEmpty()) {
      refuse(id, "The mechanism " + request.mechanism() + " cannot be used here");
    } else {
      if (!request.mechanism().equalsIgnoreCase(EXTERNAL)) {
        LockSupport.parkNanos(peer.guard().before().toNanos());
      }
      exchange = new Exchange(id, request.mechanism().toUpperCase(Locale.ROOT), begun.get());
      respond(request.initialResponse());
    }
  }

  /**
   * Goes on with an exchange.
   *
   * @throws ProtocolException when there is none, or too many have failed
   */
  void respond(Message.Response response) throws IOException {
    if (exchange == null || exchange.requestId() != response.requestId()) {
      throw new ProtocolException("a response without a challenge");
    }
    respond(response.data());
  }

  private void respond(byte[] response) throws IOException {
    Exchange current = exchange;
    SaslServer.Step step;
    try {
      step = current.server().respond(response);
    } catch (Failure e) {
      LOG.warn("A login on a lane could not be decided: {}", Reason.full(e));
      exchange = null;
      String text = "Authentication is not possible at the moment";
      done(current.requestId(), Outcome.TEMPORARY_FAILURE, text);
      return;
    }
    step.accept(new NextStep(current));
  }

  /** What is said to the client after each step of an exchange. */
  private final class NextStep implements SaslServer.Step.Visitor {
    private final Exchange current;

    NextStep(Exchange current) {
      this.current = current;
    }

    @Override
    public void challenge(byte[] data) throws IOException {
      out.send(new Message.Challenge(current.requestId(), data));
    }

    @Override
    public void accepted(SaslServer.Step.Accepted accepted) throws IOException {
      exchange = null;
      end(current, accepted);
    }

    @Override
    public void refused(SaslServer.Step.Refused refused) throws IOException {
      exchange = null;
      failed(current, refused.user());
    }
  }

  /** A login is refused. */
  private void failed(Exchange ended, String user) throws IOException {
    String shown = Printable.line(user, SHOWN);
    LOG.info("Login by {} failed for {} from {}", ended.mechanism(), shown, peer.origin());
    note(shown, new Login(ended.mechanism(), peer.origin()), Outcome.NO_PERMISSION);
    LockSupport.parkNanos(peer.guard().failed().toNanos()); // guessing takes its time
    refuse(ended.requestId(), "Authentication failed");
  }

  private void end(Exchange ended, SaslServer.Step.Accepted proved) throws IOException {
    Login login = new Login(ended.mechanism(), peer.address());
    if (masters.find(proved.user(), login, proved.mailUser()).isEmpty()) {
      failed(ended, proved.user()); // the proof is right, but the user is no master
      return;
    }
    if (!ended.mechanism().equals(EXTERNAL)) {
      peer.guard().succeeded();
    }
    accepted.accept(() -> masters.find(proved.user(), login, proved.mailUser()));
    note(proved.user(), login, Outcome.OK);
    done(ended.requestId(), Outcome.OK, "");
  }

  private void note(String user, Login login, Outcome outcome) {
    try (Workers.Use use = workers.use()) {
      use.worker().noteLogin(user, login, outcome);
    }
  }

  private void refuse(int requestId, String text) throws IOException {
    done(requestId, Outcome.NO_PERMISSION, text);
    if (++refusals >= MAX_REFUSALS) {
      throw new ProtocolException("too many failed authentications");
    }
  }

  private void done(int requestId, Outcome outcome, String text) throws IOException {
    out.send(new Message.Done(requestId, outcome, text, Map.of(), 0));
  }
}
