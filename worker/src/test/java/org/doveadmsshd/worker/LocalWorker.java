package org.doveadmsshd.worker;

import java.time.Duration;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.isolation.Isolation;

/** Workers for tests, which open mail below the users' homes in this process. */
final class LocalWorker {
  private LocalWorker() {}

  static Worker of(
      Userdb users, Masters masters, QuotaRules quota, ServerContext.Activity activity) {
    return of(users, masters, quota, activity, UserMail.at("maildir:~/Maildir"));
  }

  static Worker of(
      Userdb users,
      Masters masters,
      QuotaRules quota,
      ServerContext.Activity activity,
      UserMail mail) {
    InProcessWork.MailDefaults defaults =
        new InProcessWork.MailDefaults(
            mail, Duration.ofSeconds(5), quota, CompressionRules.NONE, false);
    return new Worker(
        users,
        new InProcessWork(name -> users, defaults, MemoryTurns.unlimited(), Isolation.NONE),
        (master, input, output) ->
            new ServerContext(master, masters, users, mail.location(), activity, input, output),
        Audit.NONE);
  }
}
