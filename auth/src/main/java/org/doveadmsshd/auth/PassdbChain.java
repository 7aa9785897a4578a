package org.doveadmsshd.auth;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.protocol.Failure;

/**
 * Several passdbs, asked in order. One that fails never lets anybody in: if no other one does, the
 * whole fails.
 */
public final class PassdbChain implements Passdb {
  private final List<Link> links;

  /**
   * One of them.
   *
   * @param denies whether whoever it knows is refused, whatever his password is
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
        Answer answer = ifAllowedFrom(attempt.address(), link.passdb().verify(attempt));
        known |= answer.verdict() != Verdict.UNKNOWN_USER;
        fields.putAll(answer.fields());
        then = consequence(link, answer);
      } catch (Failure e) {
        if (link.denies()) {
          throw e; // nobody can say that he is not refused
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

  /** The field {@code allow_nets} tells where somebody may come from, as with Dovecot. */
  private static Answer ifAllowedFrom(String address, Answer answer) throws Failure {
    String nets = answer.fields().get("allow_nets");
    if (nets == null) {
      return answer;
    }
    try {
      return AddressPatterns.parse(nets).matches(address) ? answer : Answer.WRONG;
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
