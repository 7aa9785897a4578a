package org.doveadmsshd.auth.oauth2;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;

/**
 * Validates JWTs (RFC 7519) with the public keys of a file, which is read again when it changes.
 * Only signatures by asymmetric keys count: a token signed with a shared secret, or not at all, is
 * none.
 */
final class LocalValidator implements TokenValidator {
  private static final Set<JWSAlgorithm> ALGORITHMS = algorithms();

  private final Oauth2Settings settings;
  private final Path file;
  private volatile KeySet keys;

  private record KeySet(long modified, long size, DefaultJWTProcessor<SecurityContext> processor) {}

  LocalValidator(Oauth2Settings settings) {
    this.settings = settings;
    this.file = Path.of(settings.jwksFile().orElseThrow());
  }

  private static Set<JWSAlgorithm> algorithms() {
    Set<JWSAlgorithm> all = new HashSet<>(JWSAlgorithm.Family.RSA);
    all.addAll(JWSAlgorithm.Family.EC);
    all.remove(JWSAlgorithm.ES256K); // not in the JDK
    return Set.copyOf(all);
  }

  @Override
  public Optional<String> user(String token) throws Failure {
    try {
      JWTClaimsSet claims = processor().process(token, null);
      boolean inScope =
          settings.scope().isEmpty()
              || Arrays.asList(String.valueOf(claims.getClaim("scope")).split(" "))
                  .contains(settings.scope());
      return inScope
          ? Optional.ofNullable(claims.getStringClaim(settings.usernameAttribute()))
          : Optional.empty();
    } catch (BadJOSEException | JOSEException | ParseException e) {
      return Optional.empty();
    }
  }

  private DefaultJWTProcessor<SecurityContext> processor() throws Failure {
    try {
      long modified = Files.getLastModifiedTime(file).toMillis();
      long size = Files.size(file);
      KeySet current = keys;
      if (current == null || current.modified != modified || current.size != size) {
        current = new KeySet(modified, size, processor(JWKSet.load(file.toFile())));
        keys = current;
      }
      return current.processor;
    } catch (IOException | ParseException e) {
      throw Failure.temporary("The keys of the authorization server cannot be read", e);
    }
  }

  private DefaultJWTProcessor<SecurityContext> processor(JWKSet set) {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(set.toPublicJWKSet())));
    processor.setJWSTypeVerifier((type, context) -> {}); // "at+jwt" and none at all are usual
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            settings.audience().isEmpty() ? null : settings.audience(),
            new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
            Set.of("exp", settings.usernameAttribute())));
    return processor;
  }
}
