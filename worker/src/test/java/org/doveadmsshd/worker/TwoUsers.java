package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;

/** A userdb that lists two users, and knows everybody. */
final class TwoUsers implements Userdb {
  @Override
  public Optional<MailUser> find(String name) {
    return Optional.of(new MailUser(name, Map.of()));
  }

  @Override
  public boolean canList() {
    return true;
  }

  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    for (String name : List.of("jane", "joe")) {
      visitor.visit(name);
    }
  }
}
