package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.keys.AuthorizedKeys;
import org.doveadmsshd.keys.RevokedKeys;
import org.doveadmsshd.keys.UserCertificates;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins with keys and certificates. */
@Timeout(60)
class KeyLoginTest {
  private static final KeyPair AUTHORITY = MemorySite.key();
  private static final KeyPair PERSON = MemorySite.key();

  @TempDir Path directory;
  private Path authorities;
  private Path revoked;
  private MemorySite site;
  private Caller caller;

  @BeforeEach
  void start() throws Exception {
    authorities = Files.writeString(directory.resolve("authorities"), line(AUTHORITY));
    revoked = Files.writeString(directory.resolve("revoked"), "");
    site =
        new MemorySite(
            plan -> {
              plan.authorities = Optional.of(authorities);
              plan.certificateCommands = Set.of("search", "user");
              plan.revoked = Optional.of(revoked);
            });
    caller = new Caller(site);
  }

  @AfterEach
  void stop() throws Exception {
    caller.close();
    site.close();
  }

  private static String line(KeyPair pair) {
    return PublicKeyEntry.toString(pair.getPublic()) + "\n";
  }

  private void assertRefused(String user, KeyPair... keys) {
    assertThatThrownBy(() -> caller.login(user, keys)).isInstanceOf(SshException.class);
  }

  private static OpenSshCertificateBuilder certificate(String... principals) {
    return OpenSshCertificateBuilder.userCertificate()
        .serial(7)
        .publicKey(PERSON.getPublic())
        .id("person on duty")
        .principals(List.of(principals))
        .validAfter(Instant.now().minusSeconds(3600))
        .validBefore(Instant.now().plusSeconds(3600));
  }

  private static KeyPair signed(OpenSshCertificateBuilder builder) throws Exception {
    return new KeyPair(builder.sign(AUTHORITY), PERSON.getPrivate());
  }

  @Test
  void aKeyLetsInAsTheMasterThatHasItAndTheLoginIsNotedWithItsFingerprint() throws Exception {
    caller.admin().close();
    AuditEvent noted = site.audit.next("login");
    assertThat(noted.master()).isEqualTo("admin");
    assertThat(noted.login().method())
        .isEqualTo("publickey " + KeyUtils.getFingerPrint(MemorySite.ADMIN.getPublic()));
    assertThat(noted.exit()).isZero();
  }

  @Test
  void nobodyElseIsLetIn() {
    assertRefused("admin", MemorySite.STRANGER);
    assertRefused("admin", MemorySite.HELPER);
    assertRefused("helper", MemorySite.ADMIN);
    assertRefused("jane", MemorySite.ADMIN);
    assertRefused("", MemorySite.ADMIN);
    assertRefused("../admin", MemorySite.ADMIN);
    assertThat(site.audit.of("login")).isEmpty();
  }

  @Test
  void aKeyOfSomebodyWhoIsNoMasterLetsNobodyIn() {
    site.authorize("ghost", "", MemorySite.STRANGER);
    assertRefused("ghost", MemorySite.STRANGER);
  }

  @Test
  void thePublicHalfOfAKeyProvesNothing() {
    assertRefused(
        "admin", new KeyPair(MemorySite.ADMIN.getPublic(), MemorySite.STRANGER.getPrivate()));
  }

  @Test
  void aRevokedKeyLetsInNoMoreAndWhoIsInStays() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Files.writeString(revoked, line(MemorySite.ADMIN));
      assertRefused("admin", MemorySite.ADMIN);
      assertThat(admin.run("doveadm user jane").code()).isZero();
      caller.login("helper", MemorySite.HELPER).close();
    }
  }

  @Test
  void aListOfRevokedKeysThatCannotBeReadRevokesAll() throws Exception {
    Files.delete(revoked);
    Files.createDirectory(revoked);
    assertRefused("admin", MemorySite.ADMIN);
    assertRefused("admin", signed(certificate("admin")));
  }

  @Test
  void otherPlacesForKeysCountFromTheNextLoginOn() throws Exception {
    site.endpoint.use(
        new KeyAuthentication.KeySources(
            new AuthorizedKeys("/nowhere/else/%u"),
            new UserCertificates(Optional.empty(), Set.of()),
            new RevokedKeys(Optional.empty())));
    assertRefused("admin", MemorySite.ADMIN);
    assertRefused("admin", signed(certificate("admin")));
  }

  @Test
  void aCertificateForAMasterLetsInAsHim() throws Exception {
    KeyPair certified = signed(certificate("somebody", "admin"));
    try (Caller.LoggedIn admin = caller.login("admin", certified)) {
      assertThat(admin.run("doveadm mailbox list -u jane").code()).as("all of his scope").isZero();
      assertThat(site.audit.next("login").login().method())
          .startsWith("certificate person?on?duty serial 7 SHA256:")
          .contains(" by " + KeyUtils.getFingerPrint(AUTHORITY.getPublic()));
    }
    assertRefused("helper", certified);
    assertRefused("somebody", certified);
  }

  @Test
  void aCertificateForMasksLetsInForThoseUsersUnderAnyNameButAMasters() throws Exception {
    KeyPair certified = signed(certificate("ja*"));
    try (Caller.LoggedIn person = caller.login("person", certified)) {
      assertThat(person.run("doveadm user '*'").lines()).containsExactly("jane");
      assertThat(person.run("doveadm search -u jane all").lines()).hasSize(2);
      assertThat(person.run("doveadm search -u joe all").code()).isEqualTo(77);
      assertThat(person.run("doveadm fetch -u jane uid all").code()).as("command").isEqualTo(77);
    }
    assertRefused("admin", certified);
    assertRefused("helper", certified);
  }

  @Test
  void whoeverBecomesAMasterLaterIsNotLetInByAMaskAnyMore() throws Exception {
    try (Caller.LoggedIn person = caller.login("person", signed(certificate("*")))) {
      assertThat(person.run("doveadm user jane").code()).isZero();
      site.rule(Map.of("person", Scope.UNLIMITED));
      assertThat(person.run("doveadm user jane").code()).isEqualTo(77);
    }
  }

  @Test
  void aCertificateForOneCommandCarriesOutThatOne() throws Exception {
    OpenSshCertificateBuilder builder =
        certificate("admin")
            .criticalOptions(
                List.of(option(OpenSshCertificate.FORCE_COMMAND, "doveadm user jane")));
    try (Caller.LoggedIn admin = caller.login("admin", signed(builder))) {
      assertThat(admin.run("doveadm expunge -A mailbox INBOX all").out()).contains("/homes/jane");
    }
  }

  private static OpenSshCertificate.CertificateOption option(String name, String value) {
    return new OpenSshCertificate.CertificateOption(name, value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "early",
        "late",
        "address",
        "unknown option",
        "host",
        "other authority",
        "no name"
      })
  void aCertificateThatIsNotForThisLetsNobodyIn(String what) throws Exception {
    OpenSshCertificateBuilder builder = certificate("admin");
    KeyPair signer = AUTHORITY;
    switch (what) {
      case "early" -> builder.validAfter(Instant.now().plusSeconds(600));
      case "late" -> builder.validBefore(Instant.now().minusSeconds(600));
      case "address" ->
          builder.criticalOptions(
              List.of(option(OpenSshCertificate.SOURCE_ADDRESS, "192.0.2.0/24")));
      case "unknown option" -> builder.criticalOptions(List.of(option("new@example.org", "x")));
      case "host" ->
          builder =
              OpenSshCertificateBuilder.hostCertificate()
                  .publicKey(PERSON.getPublic())
                  .id("host")
                  .principals(List.of("admin"))
                  .validAfter(Instant.now().minusSeconds(3600))
                  .validBefore(Instant.now().plusSeconds(3600));
      case "other authority" -> signer = MemorySite.STRANGER;
      default -> builder.principals(List.of());
    }
    assertRefused("admin", new KeyPair(builder.sign(signer), PERSON.getPrivate()));
    assertRefused("person", new KeyPair(builder.sign(signer), PERSON.getPrivate()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRevokedCertificateLetsNobodyIn(boolean authority) throws Exception {
    Files.writeString(revoked, line(authority ? AUTHORITY : PERSON));
    assertRefused("admin", signed(certificate("admin")));
  }

  @Test
  void anAuthorityThatIsTakenOutOfItsFileCertifiesNobodyAnyMore() throws Exception {
    caller.login("admin", signed(certificate("admin"))).close();
    Files.writeString(authorities, "# nobody\n");
    assertRefused("admin", signed(certificate("admin")));
  }

  /** A session that keeps attributes, and does nothing else. */
  private static ServerSession session() {
    Map<Object, Object> attributes = new HashMap<>();
    return (ServerSession)
        Proxy.newProxyInstance(
            KeyLoginTest.class.getClassLoader(),
            new Class<?>[] {ServerSession.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
                  case "getAttribute" -> attributes.get(arguments[0]);
                  case "getRemoteAddress" -> new InetSocketAddress("127.0.0.1", 1);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  /** Clients may offer one key after another, also after they have proved one. */
  @Test
  void aKeyThatIsOfferedGrantsNothingBeforeItIsProved() {
    site.authorizeOnly("admin", "scope=\"joe\"", MemorySite.ADMIN);
    KeyAuthentication keys =
        new KeyAuthentication(
            site.masters,
            new KeyAuthentication.KeySources(
                site.authorized,
                new UserCertificates(Optional.empty(), Set.of()),
                new RevokedKeys(Optional.empty())));
    ServerSession session = session();
    assertThat(keys.authenticate("admin", MemorySite.ADMIN.getPublic(), session)).isTrue();
    assertThat(KeyAuthentication.grantOf(session)).isEmpty();
    assertThat(keys.authenticate("admin", MemorySite.STRANGER.getPublic(), session)).isFalse();
    assertThat(KeyAuthentication.grantOf(session)).isEmpty();
    assertThat(PasswordAuthentication.loginOf(session).method()).isEmpty();
  }

  private KeyPair[] strangersAnd(KeyPair last, int strangers) {
    List<KeyPair> keys = new ArrayList<>();
    for (int i = 0; i < strangers; i++) {
      keys.add(MemorySite.key());
    }
    keys.add(last);
    return keys.toArray(KeyPair[]::new);
  }

  @Test
  void theSixthKeyOfAnAgentMayBeTheRightOne() throws IOException {
    caller.login("admin", strangersAnd(MemorySite.ADMIN, 5)).close();
  }

  @Test
  void whoHasFailedSixTimesIsCutOffWithASentence() {
    assertThatThrownBy(() -> caller.login("admin", strangersAnd(MemorySite.ADMIN, 6)))
        .hasStackTraceContaining("Too many authentication failures: 6");
  }

  @Test
  void failuresOfOneConnectionDoNotCountForAnother() throws IOException {
    assertRefused("admin", strangersAnd(MemorySite.STRANGER, 4));
    caller.login("admin", strangersAnd(MemorySite.ADMIN, 5)).close();
  }
}
