package org.doveadmsshd.worker;

import java.util.Optional;
import java.util.function.Supplier;
import org.doveadmsshd.accounts.Master;

/**
 * What a transport knows about the peer of a lane.
 *
 * @param master the authenticated master with the scope as it is now; nothing when the peer must
 *     log in
 * @param external the system's user at the other end, accepted by EXTERNAL
 * @param address numeric; empty when there is none
 * @param guard delays failed logins
 * @param trusted whether ACT_FOR is accepted from this peer
 */
public record LanePeer(
    Supplier<Optional<Master>> master,
    Optional<String> external,
    String address,
    LoginGuard guard,
    boolean trusted) {
  /** For logs: the address of the peer, if it is known. */
  String origin() {
    return address.isEmpty() ? external.map(user -> "local user " + user).orElse("") : address;
  }

  /** A peer that has been authenticated, as long as it is a master. */
  public static LanePeer authenticated(Supplier<Optional<Master>> master) {
    return new LanePeer(master, Optional.empty(), "", LoginGuard.NONE, false);
  }

  /** A peer that has to log in. */
  public static LanePeer stranger(Optional<String> external, String address, LoginGuard guard) {
    return new LanePeer(Optional::empty, external, address, guard, false);
  }

  /** The server that a worker process works for, which has authenticated masters itself. */
  public static LanePeer server() {
    return new LanePeer(Optional::empty, Optional.empty(), "", LoginGuard.NONE, true);
  }
}
