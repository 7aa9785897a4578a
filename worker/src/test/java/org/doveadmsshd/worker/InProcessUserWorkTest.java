package org.doveadmsshd.worker;

import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.MemoryBudget;

/** The promises kept by work in this process. */
class InProcessUserWorkTest extends UserWorkContract {
  @Override
  UserWork open(Userdb users, InProcessWork here, MemoryBudget.Share memory) {
    return here;
  }
}
