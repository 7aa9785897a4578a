package org.doveadmsshd.brain.remote;

import java.io.IOException;
import java.util.Optional;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Failure;

/** Knows the way to a server. Safe for several threads. */
public interface Connector {
  /**
   * Opens a lane.
   *
   * @throws Failure when the server cannot be reached, in words for an administrator
   * @throws IOException when it takes no further lane
   */
  LaneTransport open() throws Failure, IOException;

  /** How to authenticate on a lane whose worker wants that; a new one for each. */
  default Optional<SaslClient> authentication() throws Failure {
    return Optional.empty();
  }
}
