package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.base.Failure;

/** One master. What is answered to a response is in the response: an ordinal of a proof. */
record ScriptedMasters(Master master) implements Masters {
  private static final String KNOWN = "SCRIPT";

  /** The mechanism that a step names. */
  static String mechanism(LaneStep step) {
    return step.proof() == LaneStep.Proof.UNKNOWN_MECHANISM ? "UNKNOWN" : KNOWN;
  }

  @Override
  public Optional<Master> find(String name, Login login) {
    return name.equals(master.name()) ? Optional.of(master) : Optional.empty();
  }

  @Override
  public Optional<Master> find(String name, Login login, String mailUser) {
    return find(name, login);
  }

  @Override
  public Optional<Master> authenticate(LoginAttempt attempt) {
    return Optional.empty();
  }

  @Override
  public Set<String> names() {
    return Set.of(master.name());
  }

  @Override
  public Optional<String> field(String name, String field) {
    return Optional.empty();
  }

  @Override
  public Optional<SaslServer> authentication(
      String mechanism, String address, Optional<String> external) {
    return mechanism.equals(KNOWN) ? Optional.of(this::respond) : Optional.empty();
  }

  private SaslServer.Step respond(byte[] response) throws Failure {
    return switch (LaneStep.Proof.of(response[0])) {
      case RIGHT -> new SaslServer.Step.Accepted(master.name(), "");
      case NO_MASTER -> new SaslServer.Step.Accepted("somebody", "");
      case MORE -> new SaslServer.Step.Challenge(new byte[0]);
      case UNDECIDED -> throw Failure.temporary("it cannot be said", new IOException("down"));
      default -> new SaslServer.Step.Refused("m");
    };
  }
}
