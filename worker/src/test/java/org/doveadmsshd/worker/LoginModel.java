package org.doveadmsshd.worker;

import org.doveadmsshd.base.Outcome;

/** What a lane should do about logins: one exchange at a time, and three refusals at most. */
final class LoginModel {
  private static final int MOST_REFUSALS = 3;
  private static final int NONE = -1;

  private final LaneModel lane;
  private int exchange = NONE;
  private int refusals;

  LoginModel(LaneModel lane) {
    this.lane = lane;
  }

  /** Whether a challenge of that exchange is unanswered. */
  boolean isUnderWay(int id) {
    return exchange == id;
  }

  void begin(LaneStep step) throws LaneModel.BrokenException {
    if (exchange != NONE) {
      int abandoned = exchange;
      exchange = NONE;
      if (refuse(abandoned)) {
        return;
      }
    }
    if (step.proof() == LaneStep.Proof.UNKNOWN_MECHANISM) {
      refuse(step.id());
    } else {
      exchange = step.id();
      goOn(step);
    }
  }

  void respond(LaneStep step) throws LaneModel.BrokenException {
    if (isUnderWay(step.id())) {
      goOn(step);
    } else {
      lane.fault("a response without a challenge");
    }
  }

  private void goOn(LaneStep step) throws LaneModel.BrokenException {
    int id = exchange;
    exchange = step.proof() == LaneStep.Proof.MORE ? id : NONE;
    switch (step.proof()) {
      case MORE -> lane.send("Challenge " + id);
      case UNDECIDED -> lane.send("Done " + id + " " + Outcome.TEMPORARY_FAILURE);
      case RIGHT -> {
        lane.ready();
        lane.send("Done " + id + " " + Outcome.OK);
      }
      default -> refuse(id);
    }
  }

  /** Returns whether it was once too often. */
  private boolean refuse(int id) throws LaneModel.BrokenException {
    lane.send("Done " + id + " " + Outcome.NO_PERMISSION);
    boolean tooOften = ++refusals >= MOST_REFUSALS;
    if (tooOften) {
      lane.fault("too many failed authentications");
    }
    return tooOften;
  }
}
