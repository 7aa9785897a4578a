package org.doveadmsshd.settings.site;

import java.io.IOException;
import java.util.Optional;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;

/** A userdb whose answers are noted. */
record WatchedUserdb(Userdb userdb, BackendHealth health) implements Userdb {
  @Override
  public Optional<MailUser> find(String name) throws Failure {
    return health.note(() -> userdb.find(name));
  }

  @Override
  public boolean canList() {
    return userdb.canList();
  }

  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    Failure[] ofVisitor = new Failure[1];
    try {
      userdb.forEach(
          name -> {
            try {
              visitor.visit(name);
            } catch (Failure e) {
              ofVisitor[0] = e;
              throw e;
            }
          });
      health.answered();
    } catch (Failure e) {
      if (e != ofVisitor[0]) {
        health.failed(e);
      }
      throw e;
    }
  }
}
