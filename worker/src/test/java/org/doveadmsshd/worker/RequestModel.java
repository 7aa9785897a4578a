package org.doveadmsshd.worker;

import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.worker.LaneStep.Kind;

/** What a lane should know of a request that has not ended. */
final class RequestModel {
  final LaneStep step;
  boolean cancelled;

  /** How many pieces of input may still come. */
  int wanted;

  /** Bytes of input that have come and are not read. */
  int bytes;

  /** Whether the last piece of input has come. */
  boolean ended;

  /** Whether the peer has ended its stream. */
  boolean laneEnded;

  /** Whether it reads no more. */
  boolean closed;

  RequestModel(LaneStep step) {
    this.step = step;
  }

  /** Whether what comes for it may be read by it. */
  boolean isRead() {
    return !closed && (step.kind() == Kind.RUN || step.kind() == Kind.SERVER_RUN);
  }

  boolean wantsMore() {
    return wanted > 0 && !ended;
  }

  /** A piece of input has come. */
  void take(LaneStep piece) {
    wanted--;
    ended = piece.isLast();
    bytes += piece.size();
  }

  /** Why it is not even begun; null if it is. */
  Outcome refusal() {
    if (cancelled) {
      return Outcome.CANCELLED;
    }
    return switch (step.deed()) {
      case MISTAKE -> Outcome.USAGE;
      case NO_NAME -> Outcome.NO_USER;
      default -> null;
    };
  }
}
