package org.doveadmsshd.brain.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.Sha256;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.ProtocolException;

/**
 * The list of the users of one server, read to its end also where lanes are lost on the way.
 *
 * <p>Whoever asks anew is told the list from its beginning. Names that have been handed on are
 * passed over: as many as there were, if they are the same in the same order, which a digest of
 * them tells. Else nobody could say who is missing, and the list stays incomplete. For one thread.
 */
final class UserList {
  private final String server;
  private final UserMask mask;
  private final Way way;
  private final Tolerance tolerance;
  private final Backoff backoff = new Backoff();
  private final Names handedOn = new Names();
  private boolean wasThere;
  private long awaySince; // 0 while it is there

  /** The way to the server. */
  interface Way {
    RemoteLane open() throws Failure, IOException;

    void close(RemoteLane lane);

    /**
     * Waits before it is tried again.
     *
     * @throws Failure when that makes no sense any more
     */
    void pause(long nanos) throws Failure;
  }

  /** Names in their order, by their number and a digest. */
  private static final class Names {
    private final MessageDigest digest;
    private long count;

    Names() {
      digest = Sha256.begin();
    }

    void add(String name) {
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      count++;
    }

    boolean areThoseOf(Names other) {
      return count == other.count && Arrays.equals(sum(), other.sum());
    }

    private byte[] sum() {
      try {
        return ((MessageDigest) digest.clone()).digest();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException(e); // the JDK's can be cloned
      }
    }
  }

  /** The list has another beginning than before. */
  private static final class OtherListException extends IOException {
    private static final long serialVersionUID = 1;
  }

  UserList(String server, UserMask mask, Way way, Tolerance tolerance) {
    this.server = server;
    this.mask = mask;
    this.way = way;
    this.tolerance = tolerance;
  }

  /**
   * Names all of them, each once.
   *
   * @param taker may block
   * @throws Failure when the list cannot be had to its end; those who have been named are not taken
   *     back
   */
  void forEach(Consumer<String> taker) throws Failure {
    for (Optional<Failure> loss; (loss = readOn(taker)).isPresent(); ) {
      awaitReturn(loss.get());
    }
  }

  /** Reads up to the end; returns why that is not possible for the moment. */
  private Optional<Failure> readOn(Consumer<String> taker) throws Failure {
    RemoteLane lane;
    try {
      lane = way.open();
    } catch (IOException e) {
      return Optional.of(brokenOff(e));
    } catch (Failure e) {
      if (wasThere && passes(e)) {
        return Optional.of(e);
      }
      throw e;
    }
    wasThere = true;
    try {
      read(lane, taker);
      return Optional.empty();
    } catch (OtherListException e) {
      throw Failure.temporary(
          "Server %s: the list of users is incomplete: it broke off after %,d users, and begins"
                  .formatted(server, handedOn.count)
              + " otherwise when it is asked for again; once more, or --resume, does the rest",
          e);
    } catch (ProtocolException e) {
      throw brokenOff(e);
    } catch (IOException e) {
      return Optional.of(brokenOff(e));
    } finally {
      way.close(lane);
    }
  }

  private static boolean passes(Failure failure) {
    return failure.outcome() == Outcome.UNREACHABLE
        || failure.outcome() == Outcome.TEMPORARY_FAILURE;
  }

  private Failure brokenOff(IOException e) {
    return Failure.temporary(
        "Server %s: the list of users broke off: %s".formatted(server, Reason.of(e)), e);
  }

  private void read(RemoteLane lane, Consumer<String> taker) throws Failure, IOException {
    Names again = new Names();
    lane.questions().list(mask.text(), name -> take(name, again, taker));
    if (again.count < handedOn.count) {
      throw new OtherListException();
    }
  }

  private void take(String name, Names again, Consumer<String> taker) throws IOException {
    if (again.count < handedOn.count) {
      again.add(name);
      if (again.count == handedOn.count && !again.areThoseOf(handedOn)) {
        throw new OtherListException();
      }
      return;
    }
    awaySince = 0;
    backoff.reset();
    taker.accept(name);
    handedOn.add(name);
    again.add(name);
  }

  /** Waits for a while, unless the server has been away for too long. */
  private void awaitReturn(Failure loss) throws Failure {
    long absence = tolerance.absence().toNanos();
    long now = System.nanoTime();
    if (!wasThere || absence == 0) {
      throw loss;
    }
    if (awaySince == 0) {
      awaySince = now | 1;
    }
    if (now - awaySince >= absence) {
      throw new Failure(
          Outcome.UNREACHABLE,
          "%s; given up after %d s with %,d users, the list is incomplete"
              .formatted(loss.getMessage(), tolerance.absence().toSeconds(), handedOn.count),
          loss);
    }
    way.pause(Math.min(backoff.next(absence), awaySince + absence - now));
  }
}
