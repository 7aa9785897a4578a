package org.doveadmsshd.accounts;

import java.util.List;
import java.util.function.Predicate;

/**
 * Which mailboxes a rule is about.
 *
 * @param masks as configured, at least one
 * @param matcher says of a name, as the mail store spells it, whether one of them matches: how they
 *     do is the mail store's business
 */
public record MailboxMasks(List<String> masks, Predicate<String> matcher) {
  public MailboxMasks {
    masks = List.copyOf(masks);
  }
}
