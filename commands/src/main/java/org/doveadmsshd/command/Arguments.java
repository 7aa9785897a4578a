package org.doveadmsshd.command;

import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;

/** Arguments that more than one command takes. */
final class Arguments {
  static final Argument QUERY = Kind.QUERY.named("search query");

  /** A query of what goes away: a forgotten word must not empty a mailbox. */
  static final Argument NARROW_QUERY = Kind.NARROW_QUERY.named("search query");

  static final Argument MAILBOX = Kind.MAILBOX.named("mailbox");
  static final Argument NEW_MAILBOX = Kind.NEW_MAILBOX.named("mailbox");
  static final Argument MAILBOX_MASK = Kind.MAILBOX_MASK.named("mailbox mask");

  /** One mailbox or more. */
  static final Syntax MAILBOXES = Syntax.several(MAILBOX);

  private Arguments() {}
}
