package org.doveadmsshd.auth.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.accounts.SaslServer.Step;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses at the edges of what a mechanism allows. */
class SaslEdgesTest {
  /** Knows {@code user} with the password {@code pencil}; the transport knows what it is given. */
  private record One(Optional<String> external, List<String> asked) implements Credentials {
    private static final ScramDecoy DECOY = new ScramDecoy();

    One() {
      this(Optional.empty(), new ArrayList<>());
    }

    @Override
    public ScramDecoy decoy() {
      return DECOY;
    }

    @Override
    public boolean verify(String user, String password, String mailUser) {
      asked.add(user);
      return user.equals("user") && password.equals("pencil");
    }

    @Override
    public Optional<PasswordHash> stored(String user) {
      asked.add(user);
      return user.equals("user")
          ? Optional.of(PasswordHash.parse("{PLAIN}pencil", "PLAIN"))
          : Optional.empty();
    }

    @Override
    public Optional<String> bearer(String token) {
      asked.add(token);
      return token.equals("good") ? Optional.of("user") : Optional.empty();
    }
  }

  private static byte[] bytes(String text) {
    return text.replace('~', '\0').getBytes(StandardCharsets.UTF_8);
  }

  private static SaslServer server(String mechanism, Credentials credentials) {
    return Mechanisms.server(mechanism, credentials).orElseThrow();
  }

  private static String text(Step step) {
    return new String(((Step.Challenge) step).data(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "LOGIN", "DIGEST-MD5", "SCRAM-SHA-512", "PLAIN ", "ANONYMOUS"})
  void aMechanismThatThereIsNotDoesNotBegin(String mechanism) {
    assertThat(Mechanisms.server(mechanism, new One())).isEmpty();
  }

  @Test
  void everyMechanismBeginsInWhateverCase() {
    for (String name : Mechanisms.NAMES) {
      assertThat(Mechanisms.server(name, new One())).isPresent();
      assertThat(Mechanisms.server(name.toLowerCase(Locale.ROOT), new One())).isPresent();
    }
  }

  /** NUL is written as a tilde. */
  @ParameterizedTest
  @CsvSource({
    "~user~pencil, user, ''",
    "jane~user~pencil, user, jane",
    "user~user~pencil, user, user",
    "jä@b.org~user~pencil, user, jä@b.org",
  })
  void plainSaysWhoAndForWhom(String response, String user, String mailUser) throws Exception {
    assertThat(server("PLAIN", new One()).respond(bytes(response)))
        .isEqualTo(new Step.Accepted(user, mailUser));
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "~, ''",
    "~~, ''",
    "~user~, ''",
    "~~pencil, ''",
    "user~pencil, ''",
    "a~user~pencil~, ''",
    "a~b~user~pencil, ''",
    "~user~Pencil, user",
    "~USER~pencil, USER",
    "~nobody~pencil, nobody",
  })
  void plainRefusesWhatIsNotAllThereOrWrong(String response, String claimed) throws Exception {
    One credentials = new One();
    assertThat(server("PLAIN", credentials).respond(bytes(response)))
        .isEqualTo(new Step.Refused(claimed));
    assertThat(credentials.asked()).hasSize(claimed.isEmpty() ? 0 : 1);
  }

  @Test
  void plainIsNotReadBeyondItsLengthNorInAnotherEncoding() throws Exception {
    One credentials = new One();
    String user = "u".repeat(767 - 7);
    assertThat(server("PLAIN", credentials).respond(bytes("~" + user + "~pencil")))
        .isInstanceOf(Step.Refused.class);
    byte[] latin = "\0us\u00e9r\0pencil".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(server("PLAIN", credentials).respond(latin)).isEqualTo(new Step.Refused(""));
    assertThat(credentials.asked()).isEmpty();
  }

  @Test
  void externalIsTheUserOfTheTransport() throws Exception {
    One known = new One(Optional.of("root"), List.of());
    assertThat(server("EXTERNAL", known).respond(bytes("")))
        .isEqualTo(new Step.Accepted("root", ""));
    assertThat(server("EXTERNAL", known).respond(bytes("jane")))
        .isEqualTo(new Step.Accepted("root", "jane"));
    assertThat(server("EXTERNAL", known).respond(bytes("j".repeat(255))))
        .isInstanceOf(Step.Accepted.class);
    for (String odd : List.of("a~b", "~", "j".repeat(256))) {
      assertThat(server("EXTERNAL", known).respond(bytes(odd))).isEqualTo(new Step.Refused("root"));
    }
    assertThat(server("EXTERNAL", new One()).respond(bytes(""))).isEqualTo(new Step.Refused(""));
    assertThat(server("EXTERNAL", new One()).respond(bytes("root")))
        .isEqualTo(new Step.Refused(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "user", " abc", "user ", "user  ", "user 0123", "nobody 0123 4"})
  void cramRefusesWhatIsNoDigest(String response) throws Exception {
    SaslServer server = server("CRAM-MD5", new One());
    assertThat(text(server.respond(bytes("ignored")))).matches("<[0-9a-f]{32}\\.[0-9]+@doveadm>");
    assertThat(server.respond(bytes(response))).isInstanceOf(Step.Refused.class);
  }

  @Test
  void aDigestFitsItsOwnChallengeOnly() throws Exception {
    SaslServer one = server("CRAM-MD5", new One());
    SaslServer other = server("CRAM-MD5", new One());
    String challenge = text(one.respond(bytes("")));
    assertThat(text(other.respond(bytes("")))).isNotEqualTo(challenge);
    byte[] response = SaslClient.cramMd5("user", "pencil").respond(bytes(challenge));
    assertThat(other.respond(response)).isEqualTo(new Step.Refused("user"));
    assertThat(one.respond(response)).isEqualTo(new Step.Accepted("user", ""));
  }

  @Test
  void aTokenThatIsNotGoodIsToldWhyAndThenRefusedWhateverFollows() throws Exception {
    SaslServer server = server("OAUTHBEARER", new One());
    Step step = server.respond(SaslClient.oauthBearer("jane", "bad").initialResponse());
    assertThat(text(step)).isEqualTo("{\"status\":\"invalid_token\"}");
    assertThat(server.respond(SaslClient.oauthBearer("jane", "good").initialResponse()))
        .isEqualTo(new Step.Refused("jane"));
    assertThat(server.respond(bytes("\001"))).isEqualTo(new Step.Refused("jane"));
  }

  /** A client's last message, changed: the server must not accept it. */
  private static Step finish(UnaryOperator<String> change) throws Exception {
    SaslServer server = server("SCRAM-SHA-256", new One());
    SaslClient client = SaslClient.scramSha256("", "user", "pencil");
    byte[] challenge = ((Step.Challenge) server.respond(client.initialResponse())).data();
    String last = new String(client.respond(challenge), StandardCharsets.UTF_8);
    return server.respond(change.apply(last).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aProofIsRefusedWhenAnythingOfItIsChanged() throws Exception {
    assertThat(finish(last -> last)).isInstanceOf(Step.Challenge.class);
    String other = Base64.getEncoder().encodeToString("n,a=x,".getBytes());
    List<UnaryOperator<String>> changes =
        List.of(
            last -> "",
            last -> last.substring(0, last.length() - 5),
            last -> last.substring(0, last.lastIndexOf(",p=")),
            last -> last.substring(0, last.lastIndexOf(",p=")) + ",p=AAAA",
            last -> last.substring(0, last.lastIndexOf(",p=")) + ",p=" + "A".repeat(43) + "=",
            last -> last.replace("c=biws", "c=" + other),
            last -> last.replace("c=biws", "c="),
            last -> last.replace(",r=", ",r=x"),
            last -> last.replaceFirst(",r=[^,]*", ""),
            last -> last.replaceFirst("(,r=[^,]*)", "$1,x=y"),
            last -> last + ",x=y",
            last -> last + "\0",
            last -> "x" + last);
    for (int i = 0; i < changes.size(); i++) {
      assertThat(finish(changes.get(i))).as("change %d", i).isEqualTo(new Step.Refused("user"));
    }
  }

  @Test
  void aClientBelievesNoServerThatChangesItsNonceOrAsksForTooLittle() {
    for (String challenge : List.of("", "r=other,s=c2FsdHNhbHRzYWx0,i=4096", "e=no", "i=1")) {
      SaslClient client = SaslClient.scramSha256("", "user", "pencil");
      client.initialResponse();
      assertThatThrownBy(() -> client.respond(bytes(challenge)))
          .as(challenge)
          .isInstanceOf(SaslException.class);
      assertThat(client.isSatisfied()).isFalse();
    }
  }

  @Test
  void whoHasSaidEverythingAnswersNoChallenge() {
    for (SaslClient client : List.of(SaslClient.plain("", "a", "b"), SaslClient.external(""))) {
      assertThatThrownBy(() -> client.respond(bytes("more")))
          .isInstanceOf(SaslException.class)
          .hasMessageContaining(client.mechanism());
    }
  }
}
