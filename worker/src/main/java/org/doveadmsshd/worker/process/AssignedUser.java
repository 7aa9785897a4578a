package org.doveadmsshd.worker.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.auth.MailUser;
import org.doveadmsshd.auth.Userdb;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Fields;
import org.doveadmsshd.protocol.Outcome;

/** A userdb of one: whom the supervisor has looked up, by the name that was asked for. */
public final class AssignedUser implements Userdb {
  private static final String FIRST = "USER";

  private volatile String asked;
  private volatile MailUser user;

  /** The values of a line that assigns a user. */
  public static String[] line(String asked, int uid, int gid, MailUser user) {
    List<String> values = new ArrayList<>(List.of(FIRST, asked));
    values.add(Integer.toUnsignedString(uid));
    values.add(Integer.toUnsignedString(gid));
    values.add(user.name());
    user.fields().forEach((key, value) -> values.add(key + "=" + value));
    return values.toArray(String[]::new);
  }

  /** Reads what {@link #line} has written; whom it names is the user from now on. */
  void assign(List<String> line) {
    if (line.size() < 5 || !line.get(0).equals(FIRST)) {
      throw new IllegalArgumentException("a line that assigns no user");
    }
    user = new MailUser(line.get(4), Fields.named(line.subList(5, line.size())));
    asked = line.get(1);
  }

  MailUser user() {
    return user;
  }

  @Override
  public Optional<MailUser> find(String name) throws Failure {
    MailUser assigned = user;
    if (assigned == null || !name.equals(asked) && !name.equals(assigned.name())) {
      throw new Failure(
          Outcome.NO_PERMISSION,
          "The worker has the mail of one user only, not that of "
              + name
              + "; where mail goes from one to another, fetch it and save it");
    }
    return Optional.of(assigned);
  }

  @Override
  public boolean canList() {
    return false;
  }

  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    throw new Failure(Outcome.NO_PERMISSION, "A worker process knows no other users");
  }
}
