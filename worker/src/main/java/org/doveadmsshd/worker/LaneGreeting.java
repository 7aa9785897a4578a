package org.doveadmsshd.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;

/** What both sides of a lane say of themselves in their hellos. Safe for several threads. */
final class LaneGreeting {
  private final List<String> own;

  /** Whether the peer takes outcomes that it may not know. */
  private volatile boolean knowsOutcomes;

  /** Whether the peer takes signs of life that it has not asked for. */
  private volatile boolean takesAlive;

  /**
   * @param trusted whether the peer is a server, which keeps terms and knows the load itself
   * @param answersPings whether a PING can be answered during any work
   */
  LaneGreeting(Workers workers, boolean trusted, boolean answersPings) {
    List<String> extensions = new ArrayList<>(List.of(Extension.CLOCK));
    if (answersPings) {
      extensions.add(Extension.PING);
    }
    if (!trusted) {
      extensions.add(Extension.LOAD);
      try (Workers.Use use = workers.use()) {
        if (use.worker().keepsTerms()) {
          extensions.add(Extension.TERMS);
        }
      }
    }
    own = List.copyOf(extensions);
  }

  /** Ours. */
  Message.Hello hello(String software, Optional<String> master) {
    return new Message.Hello(Limits.VERSION, software, master, own);
  }

  /** Notes what the peer's says. */
  void take(Message.Hello hello) throws ProtocolException {
    if (hello.version() != Limits.VERSION) {
      throw new ProtocolException(
          "version " + hello.version() + " is not supported, only " + Limits.VERSION);
    }
    knowsOutcomes = hello.extensions().contains(Extension.OUTCOMES);
    takesAlive = hello.extensions().contains(Extension.PING);
  }

  boolean takesAlive() {
    return takesAlive;
  }

  /** A brain that knows the first twelve outcomes only closes a lane that brings it any other. */
  Message.Done inWordsOfPeer(Message.Done end) {
    return knowsOutcomes || end.outcome() != Outcome.OVER_QUOTA
        ? end
        : new Message.Done(
            end.requestId(), Outcome.CANNOT_CREATE, end.text(), end.counts(), end.micros());
  }
}
