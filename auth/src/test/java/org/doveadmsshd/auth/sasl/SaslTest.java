package org.doveadmsshd.auth.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sides of every mechanism against one another, and against known exchanges. */
class SaslTest {
  private static final String PASSWORD = "pencil";

  /** Knows one user, {@code user}, by whatever is stored. */
  private record One(String stored) implements Credentials {
    private static final ScramDecoy DECOY = new ScramDecoy();

    @Override
    public ScramDecoy decoy() {
      return DECOY;
    }

    @Override
    public boolean verify(String user, String password, String mailUser) throws Failure {
      return user.equals("user") && PasswordHash.parse(stored, "PLAIN").verify(user, password);
    }

    @Override
    public Optional<PasswordHash> stored(String user) {
      return user.equals("user") || user.equals("us,e=r")
          ? Optional.of(PasswordHash.parse(stored, "PLAIN"))
          : Optional.empty();
    }

    @Override
    public Optional<String> bearer(String token) {
      return token.equals("good.token~+/==") ? Optional.of("user") : Optional.empty();
    }

    @Override
    public Optional<String> external() {
      return Optional.of("root");
    }
  }

  private static SaslServer.Step run(SaslClient client, Credentials credentials) throws Exception {
    SaslServer server = Mechanisms.server(client.mechanism(), credentials).orElseThrow();
    SaslServer.Step step = server.respond(client.initialResponse());
    for (int i = 0; step instanceof SaslServer.Step.Challenge && i < 9; i++) {
      step = server.respond(client.respond(((SaslServer.Step.Challenge) step).data()));
    }
    return step;
  }

  private static SaslServer.Step accepted(String user, String mailUser) {
    return new SaslServer.Step.Accepted(user, mailUser);
  }

  @Test
  void everyMechanismHasAClientThatItsServerAccepts() throws Exception {
    Credentials plain = new One(PASSWORD);
    for (String mailUser : List.of("", "jane@example.org", "a,b=c@example.org")) {
      for (SaslClient client :
          List.of(
              SaslClient.plain(mailUser, "user", PASSWORD),
              SaslClient.scramSha256(mailUser, "user", PASSWORD),
              SaslClient.scramSha1(mailUser, "user", PASSWORD),
              SaslClient.oauthBearer(mailUser, "good.token~+/=="))) {
        assertThat(run(client, plain)).as(client.mechanism()).isEqualTo(accepted("user", mailUser));
        assertThat(client.isSatisfied()).isTrue();
      }
      assertThat(run(SaslClient.external(mailUser), plain)).isEqualTo(accepted("root", mailUser));
    }
    assertThat(run(SaslClient.cramMd5("user", PASSWORD), plain)).isEqualTo(accepted("user", ""));
    assertThat(run(SaslClient.xoauth2("user", "good.token~+/=="), plain))
        .isEqualTo(accepted("user", ""));
    assertThat(run(SaslClient.xoauth2("jane", "good.token~+/=="), plain))
        .isEqualTo(accepted("user", "jane"));
  }

  @Test
  void namesWithCommasAndEqualsSignsAreTheSameOnBothSides() throws Exception {
    assertThat(run(SaslClient.scramSha256("", "us,e=r", PASSWORD), new One(PASSWORD)))
        .isEqualTo(accepted("us,e=r", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN"})
  void whatIsStoredForAMechanismIsEnoughForIt(String scheme) throws Exception {
    Credentials stored = new One(PasswordHash.make(scheme, "user", PASSWORD, 0));
    SaslClient client =
        switch (scheme) {
          case "SCRAM-SHA-256" -> SaslClient.scramSha256("", "user", PASSWORD);
          case "SCRAM-SHA-1" -> SaslClient.scramSha1("", "user", PASSWORD);
          default -> SaslClient.cramMd5("user", PASSWORD);
        };
    assertThat(run(client, stored)).isEqualTo(accepted("user", ""));
  }

  @Test
  void aWrongPasswordAnUnknownUserAndAnotherSchemeAreRefusedAlike() throws Exception {
    String sha256 = PasswordHash.make("SCRAM-SHA-256", "user", PASSWORD, 0);
    String crypt = PasswordHash.make("SHA512-CRYPT", "user", PASSWORD, 1000);
    for (SaslServer.Step step :
        List.of(
            run(SaslClient.plain("", "user", "wrong"), new One(PASSWORD)),
            run(SaslClient.plain("", "nobody", PASSWORD), new One(PASSWORD)),
            run(SaslClient.scramSha256("", "user", "wrong"), new One(sha256)),
            run(SaslClient.scramSha256("", "nobody", PASSWORD), new One(sha256)),
            run(SaslClient.scramSha1("", "user", PASSWORD), new One(sha256)),
            run(SaslClient.scramSha256("", "user", PASSWORD), new One(crypt)),
            run(SaslClient.cramMd5("user", "wrong"), new One(PASSWORD)),
            run(SaslClient.cramMd5("nobody", PASSWORD), new One(PASSWORD)),
            run(SaslClient.cramMd5("user", PASSWORD), new One(crypt)),
            run(SaslClient.oauthBearer("", "bad.token"), new One(PASSWORD)),
            run(SaslClient.xoauth2("user", "bad.token"), new One(PASSWORD)))) {
      assertThat(step).isInstanceOf(SaslServer.Step.Refused.class);
    }
  }

  @Test
  void aResponseOfAnyLengthIsReadOnASmallStack() throws Exception {
    String pairs = "\001a=x".repeat(5000);
    for (String text :
        List.of(
            "n,," + pairs + "\001auth=Bearer good.token" + pairs + "\001\001",
            "n,," + pairs + "\001auth=Bearer good.token" + pairs)) {
      AtomicReference<Optional<BearerResponse>> parsed = new AtomicReference<>();
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      Runnable parse = () -> parsed.set(BearerResponse.parse("OAUTHBEARER", bytes));
      Thread thread = new Thread(null, parse, "small", 128 * 1024);
      thread.start();
      thread.join();
      assertThat(parsed.get()).isNotNull();
      assertThat(parsed.get().isPresent()).isEqualTo(text.endsWith("\001\001"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n,,\001auth=Bearer \001\001",
        "n,,\001auth=Basic token\001\001",
        "n,,\001auth=Bearer to ken\001\001",
        "n,,\001auth=Bearer token\001",
        "n,,\001auth=Bearer token",
        "n,,\001Host=x\001auth=Bearer token\001\001",
        "n,,\001host=x\001\001",
        "n,b=x,\001auth=Bearer token\001\001",
        "n,a=x,y,\001auth=Bearer token\001\001",
        "p=x,,\001auth=Bearer token\001\001",
        "n,\001auth=Bearer token\001\001",
        "\001auth=Bearer token\001\001",
        "\001\001",
        ""
      })
  void malformedTokensAreNone(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(BearerResponse.parse("OAUTHBEARER", bytes)).isEmpty();
    assertThat(BearerResponse.parse("XOAUTH2", bytes)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 15_000})
  void anUnknownUserLooksAsTheOneWhoWasKnownLast(int rounds) throws Exception {
    Credentials stored = new One(PasswordHash.make("SCRAM-SHA-256", "user", PASSWORD, rounds));
    String known = begin(stored, "user");
    String unknown = begin(stored, "nobody");
    assertThat(unknown.replaceAll("s=[^,]*", "")).isEqualTo(known.replaceAll("s=[^,]*", ""));
    assertThat(unknown).hasSameSizeAs(known).endsWith(",i=" + rounds);
  }

  /** What the server answers, without the nonce. */
  private static String begin(Credentials credentials, String user) throws Exception {
    SaslServer server = Mechanisms.server("SCRAM-SHA-256", credentials).orElseThrow();
    byte[] first = SaslClient.scramSha256("", user, "x").initialResponse();
    byte[] answer = ((SaslServer.Step.Challenge) server.respond(first)).data();
    return new String(answer, StandardCharsets.UTF_8).replaceFirst("r=[^,]*,", "");
  }

  @Test
  void anUnknownUserAlwaysHasTheSameSalt() throws Exception {
    String first = challenge("nobody");
    assertThat(challenge("nobody")).isEqualTo(first);
    assertThat(challenge("somebody")).isNotEqualTo(first);
  }

  private static String challenge(String user) throws Exception {
    SaslServer server = Mechanisms.server("SCRAM-SHA-256", new One(PASSWORD)).orElseThrow();
    byte[] first = SaslClient.scramSha256("", user, "x").initialResponse();
    SaslServer.Step step = server.respond(first);
    String text = new String(((SaslServer.Step.Challenge) step).data(), StandardCharsets.UTF_8);
    return text.substring(text.indexOf(",s="));
  }

  @Test
  void aServerThatDoesNotKnowThePasswordIsFoundOut() throws Exception {
    SaslClient client = SaslClient.scramSha256("", "user", PASSWORD);
    SaslServer server = Mechanisms.server("SCRAM-SHA-256", new One(PASSWORD)).orElseThrow();
    byte[] first = ((SaslServer.Step.Challenge) server.respond(client.initialResponse())).data();
    client.respond(first);
    assertThat(client.isSatisfied()).isFalse();
    byte[] forged = ("v=" + "A".repeat(43) + "=").getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> client.respond(forged)).isInstanceOf(SaslException.class);
    assertThat(client.isSatisfied()).isFalse();
  }

  /** The example of RFC 2195 section 2. */
  @Test
  void theDigestOfCramMd5IsThatOfTheRfc() throws Exception {
    byte[] challenge = "<1896.697170952@postoffice.reston.mci.net>".getBytes();
    assertThat(SaslClient.cramMd5("tim", "tanstaaftanstaaf").respond(challenge))
        .asString(StandardCharsets.US_ASCII)
        .isEqualTo("tim b913a602c7eda7a495b4e6e7334d3890");
    String stored = PasswordHash.make("CRAM-MD5", "tim", "tanstaaftanstaaf", 0);
    assertThat(PasswordHash.parse(stored, "").cramMd5(challenge))
        .contains("b913a602c7eda7a495b4e6e7334d3890");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p=tls-unique,,n=user,r=abc", // channel binding is not offered
        "n,,m=x,n=user,r=abc", // an extension that has to be known
        "n,,n=us=er,r=abc",
        "n,,n=,r=abc",
        "n,,n=user,r=",
        "n,,n=user",
        "x,,n=user,r=abc",
        "n,a=x",
        "''",
      })
  void malformedBeginningsAreRefused(String first) throws Exception {
    SaslServer server = Mechanisms.server("SCRAM-SHA-256", new One(PASSWORD)).orElseThrow();
    assertThat(server.respond(first.getBytes())).isInstanceOf(SaslServer.Step.Refused.class);
  }

  @Test
  void aBeginningThatWasChangedOnTheWayIsRefused() throws Exception {
    SaslClient client = SaslClient.scramSha256("", "user", PASSWORD);
    SaslServer server = Mechanisms.server("SCRAM-SHA-256", new One(PASSWORD)).orElseThrow();
    String first = new String(client.initialResponse(), StandardCharsets.UTF_8);
    byte[] changed = first.replace("n,,", "n,a=ceo,").getBytes(StandardCharsets.UTF_8);
    byte[] challenge = ((SaslServer.Step.Challenge) server.respond(changed)).data();
    assertThat(server.respond(client.respond(challenge)))
        .isInstanceOf(SaslServer.Step.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void noServerFailsOrAcceptsWhateverItIsSent(long seed) throws Exception {
    Random random = new Random(seed);
    Credentials credentials = new One(PASSWORD);
    String alphabet = "n,ya=cruse:\0\001authBer =.+/ABC\u00e4";
    for (int i = 0; i < 3000; i++) {
      String mechanism = Mechanisms.NAMES.get(random.nextInt(Mechanisms.NAMES.size()));
      if (mechanism.equals("EXTERNAL")) {
        continue; // accepts the user that the transport has named
      }
      SaslServer server = Mechanisms.server(mechanism, credentials).orElseThrow();
      for (int step = 0; step < 3; step++) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(60); length > 0; length--) {
          text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        assertThat(server.respond(text.toString().getBytes(StandardCharsets.UTF_8)))
            .isNotInstanceOf(SaslServer.Step.Accepted.class);
      }
    }
  }

  @Test
  void whatCannotBeSaidIsNotARefusal() {
    Credentials down =
        new Credentials() {
          @Override
          public ScramDecoy decoy() {
            return new ScramDecoy();
          }

          @Override
          public boolean verify(String user, String password, String mailUser) throws Failure {
            throw Failure.temporary("down", null);
          }

          @Override
          public Optional<PasswordHash> stored(String user) throws Failure {
            throw Failure.temporary("down", null);
          }

          @Override
          public Optional<String> bearer(String token) throws Failure {
            throw Failure.temporary("down", null);
          }

          @Override
          public Optional<String> external() {
            return Optional.empty();
          }
        };
    for (SaslClient client :
        List.of(
            SaslClient.plain("", "user", PASSWORD),
            SaslClient.scramSha256("", "user", PASSWORD),
            SaslClient.cramMd5("user", PASSWORD),
            SaslClient.oauthBearer("", "good.token"))) {
      assertThatThrownBy(() -> run(client, down))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE));
    }
  }

  @Test
  void secretsAreNotPrinted() {
    for (SaslClient client :
        List.of(
            SaslClient.plain("", "user", PASSWORD),
            SaslClient.cramMd5("user", PASSWORD),
            SaslClient.scramSha256("", "user", PASSWORD),
            SaslClient.oauthBearer("", PASSWORD))) {
      assertThat(client.toString()).doesNotContain(PASSWORD);
    }
  }
}
