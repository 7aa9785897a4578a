package org.doveadmsshd.server.supervisor;

import java.util.List;
import org.doveadmsshd.protocol.ProtocolException;

/** What the server may ask of the supervisor: this, and nothing else. */
sealed interface Request {
  /** Longest name of a user, in characters. */
  int MAX_USER = 255;

  /**
   * A worker process for a user, who is looked up by the supervisor.
   *
   * @param patience how long the server waits for one, in milliseconds; 0 for no limit
   */
  record Worker(String user, long patience) implements Request {}

  /** The worker process is not needed any more. */
  record Release() implements Request {}

  /** The worker process has not answered as it should. */
  record Lost() implements Request {}

  /** Read the configuration anew. */
  record Reload() implements Request {}

  /**
   * Reads a request.
   *
   * @param line at least one value
   * @throws ProtocolException for anything else
   */
  static Request parse(List<String> line) throws ProtocolException {
    Request request =
        switch (line.get(0)) {
          case "WORKER" -> worker(line);
          case "RELEASE" -> new Release();
          case "LOST" -> new Lost();
          case "RELOAD" -> new Reload();
          default -> throw new ProtocolException("unknown request");
        };
    if (line.size() != (request instanceof Worker ? 3 : 1)) {
      throw new ProtocolException("a request with too many or too few values");
    }
    return request;
  }

  private static Worker worker(List<String> line) throws ProtocolException {
    if (line.size() != 3 || !line.get(2).matches("[0-9]{1,10}")) {
      throw new ProtocolException("a request for a worker that names no time");
    }
    String user = line.get(1);
    boolean odd = user.isEmpty() || user.chars().anyMatch(Character::isISOControl);
    if (odd || user.length() > MAX_USER) {
      throw new ProtocolException("a request for a worker for a name that no user has");
    }
    return new Worker(user, Long.parseLong(line.get(2)));
  }
}
