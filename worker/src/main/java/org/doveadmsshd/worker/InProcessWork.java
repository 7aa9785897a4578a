package org.doveadmsshd.worker;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.worker.isolation.Isolation;

/** Opens users' mail in this process. */
public final class InProcessWork implements UserWork {
  private final Function<String, Userdb> views;
  private final MailDefaults defaults;
  private final MemoryTurns memory;
  private final Isolation isolation;

  /**
   * Defaults for users without settings of their own in the userdb.
   *
   * @param mail what the mail of users consists of
   * @param lockPatience how long to wait for a mailbox that another program has locked
   * @param quota how much they may store
   * @param compression of mails that are saved, and how far any may inflate
   * @param cached whether a cache of each mailbox is kept beside it
   */
  public record MailDefaults(
      UserMail mail,
      Duration lockPatience,
      QuotaRules quota,
      CompressionRules compression,
      boolean cached) {}

  /** The part of the memory for what waits that open mailboxes may have together. */
  private static final double PART = 0.8;

  /** Hands out the memory for open mailboxes, of a share for all that waits. */
  public static MemoryTurns turns(MemoryBudget.Share memory, String advice) {
    return new MemoryTurns(memory.part(PART), advice);
  }

  /**
   * @param views by name of the user that a command is for: the users that the command may know
   * @param memory for the mailboxes that they open
   * @param isolation with whose rights it is worked on
   */
  public InProcessWork(
      Function<String, Userdb> views,
      MailDefaults defaults,
      MemoryTurns memory,
      Isolation isolation) {
    this.memory = memory;
    this.views = views;
    this.defaults = defaults;
    this.isolation = isolation;
  }

  @Override
  public int together() {
    return 1; // what one lane has taken is out of the others' reach
  }

  @Override
  public void run(List<Order> orders, Listener listener) throws IOException {
    for (Order order : orders) {
      listener.begun(order);
      Optional<Failure> failure =
          FaultBarrier.run(
              order::text,
              order.control(),
              order.output()::isBroken,
              () -> {
                order.control().check();
                run(order);
              });
      listener.ended(order, failure.orElse(null));
    }
  }

  /** The user is looked up with the rights of the process. His mail is touched with his rights. */
  private void run(Order order) throws Failure, IOException {
    try (MemoryTurns.Holder holder = memory.holder()) {
      run(order, holder);
    }
  }

  private void run(Order order, MemoryTurns.Holder holder) throws Failure, IOException {
    RequestOutput output = order.output();
    String name = order.request().user();
    ScopedMails mails =
        new ScopedMails(
            order.master().scope(),
            order.commands(),
            views.apply(name),
            defaults,
            holder,
            order.control(),
            output);
    MailUser user = mails.user(name);
    isolation.run(
        user,
        () -> {
          try (MailStore store = mails.store(user)) {
            order.task().run(new UserContext(user.name(), store, mails, order.input(), output));
          }
        });
  }
}
