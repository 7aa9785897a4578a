package org.doveadmsshd.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.doveadmsshd.auth.MailUser;
import org.doveadmsshd.auth.Userdb;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.worker.isolation.Isolation;

/** Opens users' mail in this process. */
public final class InProcessWork implements UserWork {
  private final Userdb userdb;
  private final MailDefaults defaults;
  private final Isolation isolation;

  /**
   * What holds for users about whom the userdb says nothing else.
   *
   * @param mailLocation template of where mail lies
   * @param lockPatience how long to wait for a mailbox that another program has locked
   * @param quota how much they may store
   * @param cached whether what was found out about mailboxes is remembered beside them
   */
  public record MailDefaults(
      String mailLocation, Duration lockPatience, QuotaRules quota, boolean cached) {}

  /**
   * @param isolation with whose rights it is worked on
   */
  public InProcessWork(Userdb userdb, MailDefaults defaults, Isolation isolation) {
    this.userdb = userdb;
    this.defaults = defaults;
    this.isolation = isolation;
  }

  /** The user is looked up with the rights of the process, his mail touched with those he has. */
  @Override
  public void run(Order order, RequestOutput output) throws Failure, IOException {
    ScopedMails mails =
        new ScopedMails(
            order.master().scope(), order.commands(), userdb, defaults, order.control(), output);
    MailUser user = mails.user(order.request().user());
    isolation.run(
        user,
        () -> {
          try (MailStore store = mails.store(user)) {
            order.task().run(new UserContext(user.name(), store, mails, order.input(), output));
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
        });
  }
}
