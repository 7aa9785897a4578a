package org.doveadmsshd.worker;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.doveadmsshd.auth.Master;

/**
 * What a transport knows of who is at the other end.
 *
 * @param master says who he has been proved to be, with what he may do now; nothing when he must
 *     say so himself
 * @param external who he may say to be without further proof
 * @param address numeric; empty when there is none
 * @param failureDelay how late he is told that he has not proved it
 * @param trusted whether his word is taken for who he acts for
 */
public record LanePeer(
    Supplier<Optional<Master>> master,
    Optional<String> external,
    String address,
    Duration failureDelay,
    boolean trusted) {
  /** Somebody who has been authenticated, as long as he is a master. */
  public static LanePeer authenticated(Supplier<Optional<Master>> master) {
    return new LanePeer(master, Optional.empty(), "", Duration.ZERO, false);
  }

  /** Somebody who has to authenticate himself. */
  public static LanePeer stranger(
      Optional<String> external, String address, Duration failureDelay) {
    return new LanePeer(Optional::empty, external, address, failureDelay, false);
  }

  /** The server that a worker process works for, which has authenticated masters itself. */
  public static LanePeer server() {
    return new LanePeer(Optional::empty, Optional.empty(), "", Duration.ZERO, true);
  }
}
