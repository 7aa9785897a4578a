package org.doveadmsshd.supervision;

import java.util.Optional;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.NameService;

/** User and group of the system, as unsigned numbers. Never root's. */
public record Identity(int uid, int gid) {
  /** The numbers beyond this mean "no change" to the kernel, or do not fit. */
  private static final long MAX = 0xffff_fffeL;

  /**
   * Which users and groups of the system mail may belong to.
   *
   * @param lastUid 0 for no limit
   */
  public record ValidIds(long firstUid, long lastUid, long firstGid) {}

  /**
   * Reads what the userdb says: numbers, or names that the system knows.
   *
   * @throws Failure when it names none, or one that is out of bounds
   */
  public static Identity of(MailUser user, ValidIds bounds) throws Failure {
    long uid = number(user, "uid");
    long gid = number(user, "gid");
    boolean valid =
        uid >= Math.max(1, bounds.firstUid())
            && (bounds.lastUid() == 0 || uid <= bounds.lastUid())
            && gid >= Math.max(1, bounds.firstGid());
    if (!valid) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The userdb gives %s the uid %d and gid %d, which are out of bounds (first_valid_uid,"
                  .formatted(user.name(), uid, gid)
              + " last_valid_uid, first_valid_gid)");
    }
    return new Identity((int) uid, (int) gid);
  }

  private static long number(MailUser user, String field) throws Failure {
    String text = user.fields().getOrDefault(field, "");
    Optional<Long> number = Optional.empty();
    if (text.matches("[0-9]{1,10}")) {
      number = Optional.of(Long.parseLong(text)).filter(parsed -> parsed <= MAX);
    } else if (text.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
      number =
          field.equals("uid")
              ? NameService.find(text).map(NameService.PasswdEntry::uid)
              : NameService.findGroup(text);
    }
    return number.orElseThrow(
        () ->
            new Failure(
                Outcome.CONFIGURATION_ERROR,
                "The userdb names no "
                    + field
                    + " for "
                    + user.name()
                    + " that this system has; his mail can only be worked on as him with one"));
  }
}
