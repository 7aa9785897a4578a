package org.doveadmsshd.supervision;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.List;

/** The closed list of requests of the server to the supervisor. */
public sealed interface SupervisorRequest {
  /** Calls the method of the visitor that is for this request. */
  void accept(Visitor visitor) throws IOException;

  /** Does something with a request of any kind. */
  interface Visitor {
    void acquire(Acquire request) throws IOException;

    void release() throws IOException;

    void lost() throws IOException;

    void reload() throws IOException;
  }

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

    @Override
    public void accept(Visitor visitor) throws IOException {
      visitor.acquire(this);
    }
  }

  /** The worker process is not needed any more. */
  record Release() implements SupervisorRequest {
    @Override
    public void accept(Visitor visitor) throws IOException {
      visitor.release();
    }
  }

  /** The worker process has not answered as it should. */
  record Lost() implements SupervisorRequest {
    @Override
    public void accept(Visitor visitor) throws IOException {
      visitor.lost();
    }
  }

  /** Read the configuration anew. */
  record Reload() implements SupervisorRequest {
    @Override
    public void accept(Visitor visitor) throws IOException {
      visitor.reload();
    }
  }

  /**
   * Reads a request.
   *
   * @param line at least one value
   * @throws ProtocolException for anything else
   */
  static SupervisorRequest parse(List<String> line) throws ProtocolException {
    return switch (line.get(0)) {
      case "WORKER" -> acquire(line);
      case "RELEASE" -> alone(line, new Release());
      case "LOST" -> alone(line, new Lost());
      case "RELOAD" -> alone(line, new Reload());
      default -> throw new ProtocolException("unknown request");
    };
  }

  private static SupervisorRequest alone(List<String> line, SupervisorRequest request)
      throws ProtocolException {
    if (line.size() != 1) {
      throw new ProtocolException("a request with too many values");
    }
    return request;
  }

  private static Acquire acquire(List<String> line) throws ProtocolException {
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
