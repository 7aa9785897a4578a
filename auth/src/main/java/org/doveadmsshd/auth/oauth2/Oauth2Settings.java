package org.doveadmsshd.auth.oauth2;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How tokens are validated: as JWTs with the keys of a file, or by asking an introspection
 * endpoint.
 *
 * @param jwksFile keys as in RFC 7517; empty when the endpoint is asked
 * @param introspectionUrl RFC 7662; empty when there are keys
 * @param clientId how to authenticate at the endpoint
 * @param issuer that tokens must be from; empty for any, which only an endpoint may allow
 * @param audience that tokens must be for; empty for any
 * @param scope that tokens must have; empty for any
 * @param usernameAttribute the claim that names the user
 */
public record Oauth2Settings(
    Optional<String> jwksFile,
    Optional<String> introspectionUrl,
    String clientId,
    String clientSecret,
    String issuer,
    String audience,
    String scope,
    String usernameAttribute) {

  /** The mistake in them. */
  public List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    if (jwksFile.isPresent() == introspectionUrl.isPresent()) {
      mistakes.add("either jwks_file or introspection_url must be set");
    }
    if (jwksFile.isPresent() && issuer.isEmpty()) {
      mistakes.add("issuer must be set with jwks_file: whose tokens are good");
    }
    boolean safe =
        introspectionUrl
            .map(
                url -> url.matches("https://.+|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])[:/].*"))
            .orElse(true);
    if (!safe) {
      mistakes.add("introspection_url must be https:, as tokens are sent there");
    }
    return mistakes;
  }

  @Override
  public String toString() {
    return "oauth2 " + jwksFile.or(() -> introspectionUrl).orElse(""); // never the secret
  }
}
