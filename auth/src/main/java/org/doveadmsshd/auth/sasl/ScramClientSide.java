package org.doveadmsshd.auth.sasl;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The client's side of SCRAM (RFC 5802). */
final class ScramClientSide implements SaslClient {
  private enum State {
    FIRST,
    FINAL,
    DONE
  }

  private final ScramClient client;
  private State state = State.FIRST;

  ScramClientSide(String mechanism, String mailUser, String user, String password) {
    var builder =
        ScramClient.builder()
            .advertisedMechanisms(List.of(mechanism))
            .username(user)
            .password(password.toCharArray())
            .stringPreparation(StringPreparation.SASL_PREPARATION);
    client = mailUser.isEmpty() ? builder.build() : builder.authzid(mailUser).build();
  }

  @Override
  public String mechanism() {
    return client.getScramMechanism().getName();
  }

  @Override
  public byte[] initialResponse() {
    return client.clientFirstMessage().toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] respond(byte[] challenge) throws SaslException {
    String text = new String(challenge, StandardCharsets.UTF_8);
    try {
      return switch (state) {
        case FIRST -> {
          client.serverFirstMessage(text);
          state = State.FINAL;
          yield client.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8);
        }
        case FINAL -> {
          client.serverFinalMessage(text);
          state = State.DONE;
          yield new byte[0];
        }
        case DONE -> throw new SaslException("the exchange was over already", null);
      };
    } catch (ScramException | IllegalArgumentException e) {
      throw new SaslException("the server has not shown that it knows the password", e);
    }
  }

  /** A server that has not proved that it knows the password is not the one. */
  @Override
  public boolean isSatisfied() {
    return state == State.DONE;
  }
}
