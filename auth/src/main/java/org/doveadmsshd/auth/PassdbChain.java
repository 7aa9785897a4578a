package org.doveadmsshd.auth;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.base.AddressPatterns;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserName;

/**
 * Several passdbs, asked in order. One that fails never lets a user in: if no other one does, the
 * whole fails.
 */
public final class PassdbChain implements Passdb {
  private final List<Link> links;

  /**
   * One of them.
   *
   * @param denies whether users that it knows are refused, whatever their password is
   */
  public record Link(Passdb passdb, LinkRules rules, boolean denies) {}

  public PassdbChain(List<Link> links) {
    this.links = List.copyOf(links);
  }

  @Override
  public Answer verify(LoginAttempt attempt) throws Failure {
    if (!UserName.isPossible(attempt.user())) {
      return Answer.UNKNOWN_USER;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    boolean success = false;
    boolean known = false;
    Failure failure = null;
    for (Link link : links) {
      if (link.rules().skip().applies(success)) {
        continue;
      }
      Consequence then;
      try {
        Answer answer = answer(link, attempt);
        known |= answer.verdict() != Verdict.UNKNOWN_USER;
        fields.putAll(answer.fields());
        then = consequence(link, answer);
      } catch (Failure e) {
        if (link.denies()) {
          throw e; // it cannot be said that the user is not refused
        }
        failure = failure == null ? e : failure;
        then = link.rules().onInternalFailure();
      }
      success = then.applied(success);
      if (then.ends()) {
        break;
      }
    }
    if (success) {
      return new Answer(Verdict.RIGHT, fields);
    }
    if (failure != null) {
      throw failure;
    }
    return known ? Answer.WRONG : Answer.UNKNOWN_USER;
  }

  private static Answer answer(Link link, LoginAttempt attempt) throws Failure {
    Answer answer = link.passdb().verify(attempt);
    return isAllowedFrom(attempt.address(), answer.fields()) ? answer : Answer.WRONG;
  }

  /**
   * The entry of the first passdb that knows the user; nothing when one that denies knows the user.
   * Rules about further answers are not applied.
   */
  @Override
  public Optional<PasswordStore.Stored> find(LoginAttempt attempt) throws Failure {
    if (!UserName.isPossible(attempt.user()) || isDenied(attempt.user(), attempt.address())) {
      return Optional.empty();
    }
    for (Link link : links) {
      Optional<PasswordStore.Stored> found =
          link.denies() ? Optional.empty() : link.passdb().find(attempt);
      if (found.isPresent()) {
        return isAllowedFrom(attempt.address(), found.get().fields()) ? found : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * The owner of a token, by the first passdb that knows it, unless one that denies knows the
   * owner.
   */
  @Override
  public Optional<String> bearer(String token) throws Failure {
    Failure failure = null;
    for (Link link : links) {
      try {
        Optional<String> owner = link.passdb().bearer(token);
        if (owner.isPresent()) {
          return isDenied(owner.get(), "") ? Optional.empty() : owner;
        }
      } catch (Failure e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return Optional.empty();
  }

  private boolean isDenied(String user, String address) throws Failure {
    LoginAttempt anything = new LoginAttempt(user, "whatever it is", address);
    for (Link link : links) {
      if (link.denies() && link.passdb().verify(anything).verdict() != Verdict.UNKNOWN_USER) {
        return true;
      }
    }
    return false;
  }

  /** The field {@code allow_nets} tells where somebody may come from, as with Dovecot. */
  private static boolean isAllowedFrom(String address, Map<String, String> fields) throws Failure {
    String nets = fields.get("allow_nets");
    try {
      return nets == null || AddressPatterns.parse(nets).matches(address);
    } catch (IllegalArgumentException e) {
      throw Failure.temporary("The passdb has malformed allow_nets: " + e.getMessage(), e);
    }
  }

  private static Consequence consequence(Link link, Answer answer) {
    if (link.denies()) {
      boolean unknown = answer.verdict() == Verdict.UNKNOWN_USER;
      return unknown ? Consequence.CONTINUE : Consequence.RETURN_FAIL;
    }
    return answer.isRight() ? link.rules().onSuccess() : link.rules().onFailure();
  }
}
