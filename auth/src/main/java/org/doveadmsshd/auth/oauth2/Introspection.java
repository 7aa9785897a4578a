package org.doveadmsshd.auth.oauth2;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;

/** Asks the authorization server about each token (RFC 7662). */
final class Introspection implements TokenValidator {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_ANSWER = 64 * 1024;

  private final Oauth2Settings settings;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  Introspection(Oauth2Settings settings) {
    this.settings = settings;
  }

  @Override
  public Optional<String> user(String token) throws Failure {
    Map<String, Object> answer = ask(token);
    boolean good =
        Boolean.TRUE.equals(answer.get("active"))
            && is(settings.issuer(), answer.get("iss"), false)
            && is(settings.audience(), answer.get("aud"), false)
            && is(settings.scope(), answer.get("scope"), true);
    Object user = answer.get(settings.usernameAttribute());
    return good && user instanceof String ? Optional.of((String) user) : Optional.empty();
  }

  /** Whether something is what it must be, or holds it. */
  private static boolean is(String required, Object said, boolean words) {
    if (required.isEmpty()) {
      return true;
    }
    Collection<?> all =
        said instanceof Collection
            ? (Collection<?>) said
            : words
                ? Arrays.asList(String.valueOf(said).split(" "))
                : List.of(String.valueOf(said));
    return all.contains(required);
  }

  private Map<String, Object> ask(String token) throws Failure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(settings.introspectionUrl().orElseThrow()))
            .timeout(PATIENCE)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)));
    if (!settings.clientId().isEmpty()) {
      String secret = settings.clientId() + ":" + settings.clientSecret();
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    }
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new IOException("status " + response.statusCode());
        }
        byte[] bytes = body.readNBytes(MAX_ANSWER);
        return JSONObjectUtils.parse(new String(bytes, StandardCharsets.UTF_8));
      }
    } catch (IOException | ParseException e) {
      throw Failure.temporary("The authorization server cannot be asked about tokens", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.temporary("Stopped while a token was to be validated", e);
    }
  }
}
