package org.doveadmsshd.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;

/**
 * Remembers a backend's answers, also that a user is unknown. Failures are never remembered. Safe
 * for several threads.
 */
public final class Cached {
  private final int entries;
  private final Duration ttl;
  private final Duration negativeTtl;

  /**
   * @param entries most answers that are remembered by each
   * @param ttl how long an answer holds
   * @param negativeTtl how long it holds that a user is unknown
   */
  public Cached(int entries, Duration ttl, Duration negativeTtl) {
    this.entries = entries;
    this.ttl = ttl;
    this.negativeTtl = negativeTtl;
  }

  private <T> Cache<String, Optional<T>> cache() {
    return Caffeine.newBuilder()
        .executor(
            Runnable::run) // its pool would make threads with the rights of the calling thread
        .maximumSize(entries)
        .expireAfter(
            Expiry.<String, Optional<T>>creating(
                (key, answer) -> answer.isPresent() ? ttl : negativeTtl))
        .build();
  }

  /** Passwords are remembered as they are stored, never as they were typed. */
  public PasswordStore store(PasswordStore store) {
    Cache<String, Optional<PasswordStore.Stored>> cache = cache();
    return attempt -> {
      String key = attempt.user().toLowerCase(Locale.ROOT) + '\0' + attempt.address();
      Optional<PasswordStore.Stored> known = cache.getIfPresent(key);
      if (known == null) {
        known = store.find(attempt);
        cache.put(key, known);
      }
      return known;
    };
  }

  public Userdb userdb(Userdb userdb) {
    Cache<String, Optional<MailUser>> cache = cache();
    return new Userdb() {
      @Override
      public Optional<MailUser> find(String name) throws Failure {
        String key = name.toLowerCase(Locale.ROOT);
        Optional<MailUser> known = cache.getIfPresent(key);
        if (known == null) {
          known = userdb.find(name);
          cache.put(key, known);
        }
        return known;
      }

      @Override
      public boolean canList() {
        return userdb.canList();
      }

      @Override
      public void forEach(Visitor visitor) throws Failure, java.io.IOException {
        userdb.forEach(visitor);
      }
    };
  }
}
