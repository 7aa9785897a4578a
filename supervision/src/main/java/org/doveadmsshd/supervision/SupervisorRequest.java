package org.doveadmsshd.supervision;

import java.net.ProtocolException;
import java.util.List;

/** The closed list of requests of the server to the supervisor. */
public sealed interface SupervisorRequest {
  /** Name of the supervisor's socket below the base directory. */
  String SOCKET = "supervisor";

  /** Most users for one worker at once. */
  int MAX_USERS = 64;

  /**
   * Asks for a worker process for the first user, and for those after that one as far as the
   * process can serve them, too. The supervisor looks the users up.
   *
   * @param service the service whose worker is asked for; there may be no such service
   * @param users the names, at least one; they may be such as no user has
   * @param patience how long the server waits for one, in milliseconds; 0 for no limit
   */
  record Acquire(String service, List<String> users, long patience) implements SupervisorRequest {
    public Acquire {
      users = List.copyOf(users);
    }
  }

  /** The worker process is not needed any more. */
  record Release() implements SupervisorRequest {}

  /** The worker process has not answered as it should. */
  record Lost() implements SupervisorRequest {}

  /** Read the configuration anew. */
  record Reload() implements SupervisorRequest {}

  /**
   * Reads a request.
   *
   * @param line at least one value
   * @throws ProtocolException for anything else
   */
  static SupervisorRequest parse(List<String> line) throws ProtocolException {
    SupervisorRequest request =
        switch (line.get(0)) {
          case "WORKER" -> worker(line);
          case "RELEASE" -> new Release();
          case "LOST" -> new Lost();
          case "RELOAD" -> new Reload();
          default -> throw new ProtocolException("unknown request");
        };
    if (!(request instanceof Acquire) && line.size() != 1) {
      throw new ProtocolException("a request with too many values");
    }
    return request;
  }

  private static Acquire worker(List<String> line) throws ProtocolException {
    if (line.size() < 4 || !line.get(2).matches("[0-9]{1,10}")) {
      throw new ProtocolException("a request for a worker without service, time or user");
    }
    List<String> users = line.subList(3, line.size());
    if (users.size() > MAX_USERS) {
      throw new ProtocolException("a request for a worker for too many");
    }
    return new Acquire(line.get(1), users, Long.parseLong(line.get(2)));
  }
}
