package org.doveadmsshd.auth.scheme;

import java.util.List;
import org.doveadmsshd.accounts.PasswordHashing;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/** All schemes of {@link PasswordHash}. */
public record PasswordSchemes() implements PasswordHashing {
  private static final String BARE = "CRYPT";

  @Override
  public List<String> schemes() {
    return PasswordHash.schemes();
  }

  @Override
  public long memoryOfMaking(String scheme) {
    return PasswordHash.memoryOfMaking(scheme);
  }

  @Override
  public long memoryOfVerifying(String hash) throws Failure {
    HashCost cost = PasswordHash.parse(hash, BARE).cost();
    if (!cost.isKnown()) {
      throw new Failure(
          Outcome.DATA_ERROR,
          "How much work this hash asks for cannot be told, so it is not verified; expected one"
              + " such as {SHA512-CRYPT}$6$…");
    }
    if (!cost.isModest()) {
      throw new Failure(
          Outcome.DATA_ERROR,
          "The hash asks for more than pw gives to one password: 64 MiB, and about 5 seconds");
    }
    return cost.memory();
  }

  @Override
  public String make(String scheme, String user, String password, int rounds) throws Failure {
    return PasswordHash.make(scheme, user, password, rounds);
  }

  @Override
  public boolean verify(String hash, String user, String password) throws Failure {
    return PasswordHash.parse(hash, BARE).verify(user, password);
  }
}
