package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PassdbMasters;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.keys.AuthorizedKeys;
import org.doveadmsshd.keys.KeyFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PassdbKeysTest {
  @TempDir Path directory;

  /** Knows these fields of users, and no password. */
  private static Passdb storing(Function<String, Map<String, String>> fields) {
    return new Passdb() {
      @Override
      public Answer verify(LoginAttempt attempt) {
        return Answer.WRONG;
      }

      @Override
      public Optional<PasswordStore.Stored> find(LoginAttempt who) {
        return Optional.of(new PasswordStore.Stored("", fields.apply(who.user())));
      }
    };
  }

  @Test
  void aFaultInAPassdbKeepsNoKeyInForce() throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    String line = PublicKeyEntry.toString(key.getPublic());
    AtomicBoolean taken = new AtomicBoolean();
    Passdb passdb =
        storing(
            user -> {
              if (user.startsWith("broken")) {
                throw new IllegalStateException("a driver's fault");
              }
              return taken.get() ? Map.of() : Map.of("authorized_keys", line);
            });
    Map<String, Scope> scopes =
        Map.of("broken1", Scope.UNLIMITED, "jane", Scope.UNLIMITED, "broken2", Scope.UNLIMITED);
    AuthorizedKeys keys = new AuthorizedKeys(directory + "/keys/%u");
    try (PassdbKeys fetched = new PassdbKeys(new PassdbMasters(scopes, passdb), keys)) {
      fetched.enable(true);
      await(keys, key, true);
      taken.set(true);
      fetched.enable(true);
      await(keys, key, false);
    }
  }

  @Test
  void anErrorWhileKeysAreFetchedDoesNotEndTheFetchingForGood() throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    String line = PublicKeyEntry.toString(key.getPublic());
    AtomicInteger asked = new AtomicInteger();
    Passdb passdb =
        storing(
            user -> {
              if (asked.incrementAndGet() < 3) {
                throw new OutOfMemoryError("for the moment");
              }
              return Map.of("authorized_keys", line);
            });
    Masters masters = new PassdbMasters(Map.of("jane", Scope.UNLIMITED), passdb);
    AuthorizedKeys keys = new AuthorizedKeys(directory + "/keys/%u");
    try (PassdbKeys fetched = new PassdbKeys(masters, keys, Duration.ofMillis(1))) {
      fetched.enable(true);
      await(keys, key, true);
    }
  }

  private static void await(AuthorizedKeys keys, KeyPair key, boolean known) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (keys.find("jane", key.getPublic(), "", Instant.now()).isPresent() != known) {
      assertThat(System.nanoTime() - end).isNegative();
      Thread.sleep(10);
    }
  }
}
