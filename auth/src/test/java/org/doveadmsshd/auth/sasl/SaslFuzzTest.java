package org.doveadmsshd.auth.sasl;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.Optional;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;

/** Whatever strangers answer, each mechanism refuses them or asks on; none of them gets in. */
class SaslFuzzTest {
  private static final Credentials CREDENTIALS = new NobodyKnows();

  @FuzzTest(maxDuration = "60s")
  void anyResponses(byte[] bytes) {
    for (String name : Mechanisms.NAMES) {
      SaslServer server = Mechanisms.server(name, CREDENTIALS).orElseThrow();
      int half = bytes.length == 0 ? 0 : bytes[0] & 0xff;
      play(server, name, Arrays.copyOfRange(bytes, 0, Math.min(half, bytes.length)), bytes);
    }
  }

  private static void play(SaslServer server, String name, byte[] first, byte[] second) {
    try {
      SaslServer.Step step = server.respond(first);
      if (step instanceof SaslServer.Step.Challenge) {
        step = server.respond(second);
      }
      if (step instanceof SaslServer.Step.Accepted && !name.equals("EXTERNAL")) {
        throw new IllegalStateException(name + " has let a stranger in");
      }
    } catch (Failure e) {
      // it cannot be said who he is
    }
  }

  /** There is a user of every name, and nobody knows a password. */
  private static final class NobodyKnows implements Credentials {
    private final ScramDecoy decoy = new ScramDecoy();

    @Override
    public ScramDecoy decoy() {
      return decoy;
    }

    @Override
    public boolean verify(String user, String password, String mailUser) {
      return false;
    }

    @Override
    public Optional<PasswordHash> stored(String user) {
      return Optional.of(PasswordHash.parse("what nobody ever guesses: 8d1f5c", "PLAIN"));
    }

    @Override
    public Optional<String> bearer(String token) {
      return Optional.empty();
    }

    @Override
    public Optional<String> external() {
      return Optional.of("root");
    }
  }
}
