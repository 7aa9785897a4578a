package org.doveadmsshd.protocol;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Outcome;

/**
 * The messages of the subsystem protocol; names and fields as in docs/PROTOCOL.md.
 *
 * <p>Byte buffers in a message belong to the sender and hold their content only until the call that
 * delivers it returns: a receiver that keeps one copies it.
 */
public sealed interface Message {

  /** Identifies the request that a message belongs to; 0 where there is none. */
  default int requestId() {
    return 0;
  }

  /** Dispatches on the type of message, so that a new type cannot be forgotten anywhere. */
  <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X;

  /**
   * First message in either direction.
   *
   * @param software name and version, for logs
   * @param master from a worker: the master that the peer has been authenticated as already; empty
   *     when it must still log in. From a brain: empty
   * @param extensions names of understood extensions, each in its maker's domain
   */
  record Hello(int version, String software, Optional<String> master, List<String> extensions)
      implements Message {
    public Hello {
      Objects.requireNonNull(software);
      Objects.requireNonNull(master);
      extensions = List.copyOf(extensions);
    }

    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.hello(this);
    }
  }

  /** A SASL exchange of one step (RFC 4422), answered by DONE. */
  record Authenticate(int requestId, String mechanism, byte[] initialResponse) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.authenticate(this);
    }
  }

  /**
   * A question of the worker in a SASL exchange; the brain answers with one {@link Response}.
   *
   * @param data as the mechanism defines it; may be empty
   */
  record Challenge(int requestId, byte[] data) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.challenge(this);
    }
  }

  /**
   * An answer to a {@link Challenge}.
   *
   * @param data as the mechanism defines it; may be empty
   */
  record Response(int requestId, byte[] data) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.response(this);
    }
  }

  /**
   * Names the master of the requests that follow. Sent by a server that has authenticated the
   * master, to a worker process that trusts the server.
   *
   * @param scope what he may do, as docs/PROTOCOL.md section 6 writes it
   */
  record ActFor(String master, List<String> scope) implements Message {
    public ActFor {
      Objects.requireNonNull(master);
      scope = List.copyOf(scope);
    }

    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.actFor(this);
    }
  }

  /**
   * Carry out one command for one user.
   *
   * @param user mail user; empty for a command about the server as a whole
   * @param command name as in the catalog, words joined by a space: {@code mailbox list}
   * @param arguments options and positionals after the command
   * @param nowMillis the moment that relative dates count from, the same for a whole run;
   *     milliseconds since 1970
   * @param deadlineMillis longest time the command may take once it has begun; 0 for no limit
   * @param context whether rows begin with the mailbox, for formats that always name it
   * @param term how new the brain's knowledge of the user's place is, an unsigned number that only
   *     grows; only for a worker that keeps terms
   */
  record Run(
      int requestId,
      String user,
      String command,
      List<String> arguments,
      long nowMillis,
      long deadlineMillis,
      boolean context,
      OptionalLong term)
      implements Message {
    public Run {
      Objects.requireNonNull(user);
      Objects.requireNonNull(command);
      Objects.requireNonNull(term);
      arguments = List.copyOf(arguments);
    }

    /** Without a term. */
    public Run(
        int requestId,
        String user,
        String command,
        List<String> arguments,
        long nowMillis,
        long deadlineMillis,
        boolean context) {
      this(
          requestId,
          user,
          command,
          arguments,
          nowMillis,
          deadlineMillis,
          context,
          OptionalLong.empty());
    }

    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.run(this);
    }
  }

  /** Name the users that match a mask and lie in the master's scope, one ROW each. */
  record ListUsers(int requestId, String mask) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.listUsers(this);
    }
  }

  /**
   * Stop a request. It still ends with its DONE. Unknown ids are ignored: DONE may have crossed.
   */
  record Cancel(int requestId) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.cancel(this);
    }
  }

  /** A piece of what a command reads, sent because the worker WANTED it. */
  record Input(int requestId, boolean last, ByteBuffer data) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.input(this);
    }
  }

  /**
   * The worker can take more of what the command reads.
   *
   * @param pieces how many INPUTs it has room for beyond those that it has asked for before
   */
  record Wanted(int requestId, int pieces) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.wanted(this);
    }
  }

  /** Asks a worker what time it is. Its DONE has the count {@link #NOW}. */
  record Clock(int requestId) implements Message {
    /** Milliseconds since 1970. */
    public static final String NOW = "now";

    /** The load average of one minute, in hundredths. */
    public static final String LOAD = "load";

    /** The part of the last ten seconds in which somebody waited, in hundredths of a percent. */
    public static final String CPU_PRESSURE = "cpu-pressure";

    public static final String IO_PRESSURE = "io-pressure";

    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.clock(this);
    }
  }

  /** Asks a worker that says nothing for a sign of life, whatever it works on. */
  record Ping() implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.ping(this);
    }
  }

  /** The answer to a {@link Ping}. It comes between any others. */
  record Alive() implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.alive(this);
    }
  }

  /** The columns of the ROWs that follow for this request. */
  record Columns(int requestId, List<Column> columns) implements Message {
    public Columns {
      columns = List.copyOf(columns);
    }

    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.columns(this);
    }
  }

  /** One row; chunked values follow as CHUNKs, in the order of their columns. */
  record Row(int requestId, List<Value> values) implements Message {
    public Row {
      values = List.copyOf(values);
    }

    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.row(this);
    }
  }

  /** A piece of a chunked value. */
  record Chunk(int requestId, boolean last, ByteBuffer data) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.chunk(this);
    }
  }

  /** A line for the administrator. */
  record Log(int requestId, Level level, String text) implements Message {
    /** How much a log line matters; the byte on the wire is {@link #ordinal()}. */
    public enum Level {
      DEBUG,
      INFO,
      WARNING,
      ERROR
    }

    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.log(this);
    }
  }

  /** How far a long request has come, in mails; total 0 when unknown. */
  record Progress(int requestId, long done, long total) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.progress(this);
    }
  }

  /**
   * The end of a request: exactly one for each.
   *
   * @param text why it failed; empty when it did not
   * @param counts what was done, by name: {@code mails}, {@code bytes}
   * @param micros time used, microseconds, without the time spent waiting in the queue
   */
  record Done(int requestId, Outcome outcome, String text, Map<String, Long> counts, long micros)
      implements Message {
    public Done {
      Objects.requireNonNull(outcome);
      Objects.requireNonNull(text);
      counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts)); // in their order
    }

    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.done(this);
    }
  }

  /** ERROR on the wire: the peer broke the protocol; the channel closes after it. */
  record Fault(String text) implements Message {
    @Override
    public <R, X extends Exception> R accept(Visitor<R, X> visitor) throws X {
      return visitor.fault(this);
    }
  }

  /** One method for each type of message. By default a message is out of order. */
  interface Visitor<R, X extends Exception> {
    /** Called for every message whose own method is not overridden. */
    R unexpected(Message message) throws X;

    default R hello(Hello hello) throws X {
      return unexpected(hello);
    }

    default R authenticate(Authenticate authenticate) throws X {
      return unexpected(authenticate);
    }

    default R challenge(Challenge challenge) throws X {
      return unexpected(challenge);
    }

    default R response(Response response) throws X {
      return unexpected(response);
    }

    default R actFor(ActFor actFor) throws X {
      return unexpected(actFor);
    }

    default R run(Run run) throws X {
      return unexpected(run);
    }

    default R listUsers(ListUsers listUsers) throws X {
      return unexpected(listUsers);
    }

    default R cancel(Cancel cancel) throws X {
      return unexpected(cancel);
    }

    default R input(Input input) throws X {
      return unexpected(input);
    }

    default R wanted(Wanted wanted) throws X {
      return unexpected(wanted);
    }

    default R clock(Clock clock) throws X {
      return unexpected(clock);
    }

    default R ping(Ping ping) throws X {
      return unexpected(ping);
    }

    default R alive(Alive alive) throws X {
      return unexpected(alive);
    }

    default R columns(Columns columns) throws X {
      return unexpected(columns);
    }

    default R row(Row row) throws X {
      return unexpected(row);
    }

    default R chunk(Chunk chunk) throws X {
      return unexpected(chunk);
    }

    default R log(Log log) throws X {
      return unexpected(log);
    }

    default R progress(Progress progress) throws X {
      return unexpected(progress);
    }

    default R done(Done done) throws X {
      return unexpected(done);
    }

    default R fault(Fault fault) throws X {
      return unexpected(fault);
    }
  }
}
