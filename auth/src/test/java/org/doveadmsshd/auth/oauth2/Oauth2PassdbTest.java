package org.doveadmsshd.auth.oauth2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb.Verdict;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Oauth2PassdbTest {
  private static final String ISSUER = "https://id.example.org";

  @TempDir Path directory;
  private RSAKey rsa;
  private ECKey ec;
  private Oauth2Passdb passdb;

  @BeforeEach
  void makeKeys() throws Exception {
    rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
    writeKeys(new JWKSet(List.of(rsa, ec)));
    passdb = new Oauth2Passdb(settings(Optional.of(keys().toString()), Optional.empty()));
  }

  private Path keys() {
    return directory.resolve("jwks.json");
  }

  private void writeKeys(JWKSet set) throws IOException {
    Files.writeString(keys(), set.toString(true));
  }

  private static Oauth2Settings settings(Optional<String> jwks, Optional<String> url) {
    return new Oauth2Settings(jwks, url, "doveadm", "s3cret", ISSUER, "mail", "admin", "email");
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience("mail")
        .claim("scope", "openid admin")
        .claim("email", "admin@example.org")
        .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(5))));
  }

  private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet claims)
      throws Exception {
    SignedJWT jwt = new SignedJWT(header, claims);
    jwt.sign(signer);
    return jwt.serialize();
  }

  private String signed(JWTClaimsSet claims) throws Exception {
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("r").build();
    return signed(header, new RSASSASigner(rsa), claims);
  }

  @Test
  void aTokenOfTheIssuerIsItsUsers() throws Exception {
    assertThat(passdb.bearer(signed(claims().build()))).contains("admin@example.org");
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .keyID("e")
            .type(new JOSEObjectType("at+jwt"))
            .build();
    String byCurve = signed(header, new ECDSASigner(ec), claims().build());
    assertThat(passdb.bearer(byCurve)).contains("admin@example.org");
    LoginAttempt own = new LoginAttempt("admin@example.org", byCurve, "");
    assertThat(passdb.verify(own).verdict()).isEqualTo(Verdict.RIGHT);
    LoginAttempt foreign = new LoginAttempt("root@example.org", byCurve, "");
    assertThat(passdb.verify(foreign).verdict()).isEqualTo(Verdict.WRONG);
  }

  @Test
  void whatIsNotForUsNotInForceOrNotSignedIsNoToken() throws Exception {
    Date past = Date.from(Instant.now().minus(Duration.ofMinutes(5)));
    RSAKey stranger = new RSAKeyGenerator(2048).keyID("r").generate();
    byte[] publicKey = rsa.toPublicJWK().toRSAPublicKey().getEncoded();
    JWSHeader byKey = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("r").build();
    for (String token :
        List.of(
            signed(claims().expirationTime(past).build()),
            signed(claims().expirationTime(null).build()),
            signed(claims().notBeforeTime(Date.from(Instant.now().plusSeconds(600))).build()),
            signed(claims().issuer("https://evil.example").build()),
            signed(claims().audience("web").build()),
            signed(claims().claim("scope", "openid").build()),
            signed(claims().claim("scope", "administrator").build()),
            signed(claims().claim("email", null).build()),
            signed(claims().claim("email", List.of("a", "b")).build()),
            new PlainJWT(claims().build()).serialize(),
            signed(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(publicKey), claims().build()),
            signed(byKey, new RSASSASigner(stranger), claims().build()),
            signed(claims().build()) + "x",
            "aaaa.bbbb.cccc.dddd",
            "not a token",
            "x".repeat(20_000),
            "")) {
      assertThat(passdb.bearer(token)).as(token).isEmpty();
    }
  }

  @Test
  void keysAreReadAgainWhenTheFileChanges() throws Exception {
    String token = signed(claims().build());
    assertThat(passdb.bearer(token)).isPresent();
    writeKeys(new JWKSet(ec));
    assertThat(passdb.bearer(token)).isEmpty();
    Files.delete(keys());
    assertThatThrownBy(() -> passdb.bearer(token))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"active\":false}",
        "{\"active\":\"true\",\"email\":\"a\",\"iss\":\"" + ISSUER + "\",\"aud\":\"mail\"}",
        "{\"active\":true,\"email\":\"a\"}",
        "{\"active\":true,\"email\":\"a\",\"iss\":\"x\",\"aud\":\"mail\",\"scope\":\"admin\"}",
      })
  void whatTheServerDoesNotVouchForIsNoToken(String answer) throws Exception {
    assertThat(introspected(200, answer, new AtomicReference<>())).isEmpty();
  }

  @Test
  void theServerIsAskedAboutATokenThatIsNoJwt() throws Exception {
    AtomicReference<String> asked = new AtomicReference<>();
    String answer =
        "{\"active\":true,\"email\":\"admin\",\"iss\":\""
            + ISSUER
            + "\",\"aud\":[\"web\",\"mail\"],\"scope\":\"x admin\"}";
    assertThat(introspected(200, answer, asked)).contains("admin");
    assertThat(asked.get()).isEqualTo("Basic ZG92ZWFkbTpzM2NyZXQ= token=opaque-token%2B123456");
  }

  @Test
  void aServerThatCannotSayIsATemporaryFailure() {
    for (String answer : List.of("", "<html>", "[1]", "x".repeat(1_000_000))) {
      assertThatThrownBy(() -> introspected(200, answer, new AtomicReference<>()))
          .isInstanceOf(Failure.class);
    }
    assertThatThrownBy(() -> introspected(302, "{}", new AtomicReference<>()))
        .isInstanceOf(Failure.class);
    assertThatThrownBy(() -> introspected(500, "{\"active\":true}", new AtomicReference<>()))
        .isInstanceOf(Failure.class);
  }

  private static Optional<String> introspected(
      int status, String answer, AtomicReference<String> asked) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/introspect",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          asked.set(
              exchange.getRequestHeaders().getFirst("Authorization")
                  + " "
                  + new String(body, StandardCharsets.UTF_8));
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/introspect";
      return new Oauth2Passdb(settings(Optional.empty(), Optional.of(url)))
          .bearer("opaque-token+123456");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void settingsThatWouldTrustAnybodyAreMistakes() {
    assertThat(settings(Optional.of("x"), Optional.empty()).mistakes()).isEmpty();
    assertThat(settings(Optional.empty(), Optional.of("https://id.example.org/i")).mistakes())
        .isEmpty();
    assertThat(settings(Optional.empty(), Optional.of("http://localhost.evil/i")).mistakes())
        .hasSize(1);
    assertThat(settings(Optional.empty(), Optional.empty()).mistakes()).hasSize(1);
    assertThat(
            new Oauth2Settings(Optional.of("x"), Optional.empty(), "", "", "", "", "", "email")
                .mistakes())
        .hasSize(1);
  }
}
