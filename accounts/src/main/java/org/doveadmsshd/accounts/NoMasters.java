package org.doveadmsshd.accounts;

import java.util.Optional;
import java.util.Set;

/** For a place where no login is possible. */
record NoMasters() implements Masters {
  @Override
  public Optional<Master> find(String name, Login login) {
    return Optional.empty();
  }

  @Override
  public Optional<Master> find(String name, Login login, String mailUser) {
    return Optional.empty();
  }

  @Override
  public Optional<Master> authenticate(LoginAttempt attempt) {
    return Optional.empty();
  }

  @Override
  public Set<String> names() {
    return Set.of();
  }

  @Override
  public Optional<String> field(String name, String field) {
    return Optional.empty();
  }

  @Override
  public Optional<SaslServer> authentication(
      String mechanism, String address, Optional<String> external) {
    return Optional.empty();
  }
}
