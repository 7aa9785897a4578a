package org.doveadmsshd.supervision;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.TabLines;

/**
 * A userdb with one user, the one that the supervisor has looked up.
 *
 * @param asked the name that was asked for; it and the user's own are known here
 */
public record AssignedUser(String asked, MailUser user) implements Userdb {
  private static final String FIRST = "USER";
  private static final int FIXED = 6;

  /** Knows no user. */
  public static final AssignedUser NOBODY = new AssignedUser("", new MailUser("", Map.of()));

  /**
   * The values of a line that assigns the user.
   *
   * @param following how many lines after this one belong to the same assignment, one user each
   */
  public String[] line(int following, Identity taken) {
    List<String> values = new ArrayList<>(List.of(FIRST, Integer.toString(following), asked));
    values.add(Integer.toUnsignedString(taken.uid()));
    values.add(Integer.toUnsignedString(taken.gid()));
    values.add(user.name());
    user.fields().forEach((key, value) -> values.add(key + "=" + value));
    return values.toArray(String[]::new);
  }

  /** Reads a line that {@link #line} has written. */
  public record UserLine(int following, Identity identity, AssignedUser user) {
    /**
     * Reads the values of a line.
     *
     * @throws IllegalArgumentException when they are none
     */
    public static UserLine read(List<String> line) {
      if (line.size() < FIXED || !line.get(0).equals(FIRST)) {
        throw new IllegalArgumentException("a line that assigns no user");
      }
      MailUser user = new MailUser(line.get(5), TabLines.named(line.subList(FIXED, line.size())));
      return new UserLine(
          Integer.parseUnsignedInt(line.get(1)),
          new Identity(
              Integer.parseUnsignedInt(line.get(3)), Integer.parseUnsignedInt(line.get(4))),
          new AssignedUser(line.get(2), user));
    }
  }

  @Override
  public Optional<MailUser> find(String name) throws Failure {
    if (this == NOBODY || !name.equals(asked) && !name.equals(user.name())) {
      throw new Failure(
          Outcome.NO_PERMISSION,
          "The worker has the mail of one user only, not that of "
              + name
              + "; where mail goes from one to another, fetch it and save it");
    }
    return Optional.of(user);
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
