package org.doveadmsshd.server.supervisor;

import java.util.List;
import org.doveadmsshd.protocol.ProtocolException;

/** What the server may ask of the supervisor: this, and nothing else. */
sealed interface Request {
  /** Most users for one worker at once. */
  int MAX_USERS = 64;

  /**
   * A worker process for a user, who is looked up by the supervisor, and for those after him as far
   * as it can serve them, too.
   *
   * @param users the names, at least one; they may be such as no user has
   * @param patience how long the server waits for one, in milliseconds; 0 for no limit
   */
  record Worker(List<String> users, long patience) implements Request {
    public Worker {
      users = List.copyOf(users);
    }
  }

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
    if (!(request instanceof Worker) && line.size() != 1) {
      throw new ProtocolException("a request with too many values");
    }
    return request;
  }

  private static Worker worker(List<String> line) throws ProtocolException {
    if (line.size() < 3 || !line.get(1).matches("[0-9]{1,10}")) {
      throw new ProtocolException("a request for a worker that names no time or no user");
    }
    List<String> users = line.subList(2, line.size());
    if (users.size() > MAX_USERS) {
      throw new ProtocolException("a request for a worker for too many");
    }
    return new Worker(users, Long.parseLong(line.get(1)));
  }
}
