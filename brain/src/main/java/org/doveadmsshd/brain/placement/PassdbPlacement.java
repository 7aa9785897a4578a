package org.doveadmsshd.brain.placement;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserName;

/**
 * Users are where passdbs send them, by the fields with which Dovecot's proxies are told so: {@code
 * host} or {@code hostip}, {@code port}, {@code destuser}. The first passdb that knows a user
 * counts. Passwords are not looked at.
 */
public final class PassdbPlacement implements Placement {
  private final List<PasswordStore> passdbs;
  private final ServerNames servers;

  /**
   * @param passdbs in the order in which they are asked
   */
  public PassdbPlacement(List<PasswordStore> passdbs, ServerNames servers) {
    this.passdbs = List.copyOf(passdbs);
    this.servers = servers;
  }

  @Override
  public Place of(String user) throws Failure {
    for (PasswordStore passdb : passdbs) {
      Optional<PasswordStore.Stored> found = passdb.find(new LoginAttempt(user, "", ""));
      if (found.isPresent()) {
        return place(user, found.get().fields());
      }
    }
    return Place.at(List.of(), user, "no passdb knows the user");
  }

  @Override
  public String driver() {
    return "passdb";
  }

  private Place place(String user, Map<String, String> fields) throws Failure {
    String host = fields.getOrDefault("hostip", fields.getOrDefault("host", ""));
    if (host.isEmpty()) {
      throw new Failure(
          Outcome.DATA_ERROR,
          "The passdb knows the user, but names no host for him"
              + " (of a Dovecot director, its socket director-userdb does)");
    }
    String there = fields.getOrDefault("destuser", user);
    if (!UserName.isPossible(there)) {
      throw new Failure(
          Outcome.DATA_ERROR, "The passdb has a bad destuser: " + UserName.explanation(there));
    }
    String name = servers.of(host, fields.getOrDefault("port", ""));
    return new Place(List.of(name), there, OptionalLong.empty(), "passdb host " + host);
  }
}
