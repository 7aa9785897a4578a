package org.doveadmsshd.server;

import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Current;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.Workers;

/**
 * The worker and the passdb for the next request. Replaced ones stay open until their last use
 * ends, so a reload makes no run, lane or login fail.
 */
final class CurrentSite implements Workers {
  private final Current<Site> current = new Current<>();

  private record Site(Worker worker, Passdb passdb) {}

  @Override
  public Use use() {
    Current.Use<Site> site = current.use();
    return new Use() {
      @Override
      public Worker worker() {
        return site.value().worker();
      }

      @Override
      public void close() {
        site.close();
      }
    };
  }

  /**
   * Takes others for requests from now on.
   *
   * @param close closes them; runs once they have been replaced and their last use has ended
   */
  void become(Worker worker, Passdb passdb, Runnable close) {
    current.become(new Site(worker, passdb), close);
  }

  /** A passdb that asks the current one at each question. */
  Passdb passdb() {
    return new Passdb() {
      @Override
      public Answer verify(LoginAttempt attempt) throws Failure {
        try (Current.Use<Site> site = current.use()) {
          return site.value().passdb().verify(attempt);
        }
      }

      @Override
      public Optional<PasswordStore.Stored> find(LoginAttempt attempt) throws Failure {
        try (Current.Use<Site> site = current.use()) {
          return site.value().passdb().find(attempt);
        }
      }

      @Override
      public Optional<String> bearer(String token) throws Failure {
        try (Current.Use<Site> site = current.use()) {
          return site.value().passdb().bearer(token);
        }
      }
    };
  }
}
