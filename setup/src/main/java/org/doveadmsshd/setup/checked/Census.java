package org.doveadmsshd.setup.checked;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;

/**
 * Who the mail users are, and to whom of the system their mail belongs.
 *
 * @param count how many are listed
 * @param users some of them, as the userdb knows them
 * @param failures why others could not be looked up; or why they could not be listed
 */
public record Census(long count, List<MailUser> users, List<String> failures) {
  /** So many are looked up: enough to see whether all mail belongs to one. */
  private static final int LOOKED_UP = 2_000;

  private static final int MOST_FAILURES = 3;

  /**
   * Lists users, and looks some of them up.
   *
   * @param named those to look up where there is no list
   */
  public static Census of(Userdb userdb, List<String> named) {
    List<String> names = new ArrayList<>(named);
    List<String> failures = new ArrayList<>();
    long[] count = {0};
    try {
      if (userdb.canList()) {
        userdb.forEach(
            name -> {
              count[0]++;
              if (names.size() < LOOKED_UP + named.size()) {
                names.add(name);
              }
            });
      } else {
        failures.add("this userdb cannot list its users");
      }
    } catch (Failure | IOException e) {
      failures.add(e.getMessage());
    }
    List<MailUser> users = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      try {
        Optional<MailUser> user = userdb.find(name);
        user.ifPresent(users::add);
        if (user.isEmpty() && failures.size() < MOST_FAILURES) {
          failures.add(name + ": listed, but not found");
        }
      } catch (Failure e) {
        if (failures.size() >= MOST_FAILURES) {
          break;
        }
        failures.add(name + ": " + e.getMessage());
      }
    }
    return new Census(count[0], List.copyOf(users), List.copyOf(failures));
  }

  /**
   * What the userdb calls the users of the system that mail belongs to; the first it names first.
   */
  public Set<String> uids() {
    Set<String> uids = new LinkedHashSet<>();
    users.forEach(user -> Optional.ofNullable(user.fields().get("uid")).ifPresent(uids::add));
    return uids;
  }

  /** The gid of the first user who has one. */
  public Optional<String> gid() {
    return users.stream()
        .map(MailUser::fields)
        .map((Map<String, String> fields) -> fields.get("gid"))
        .filter(gid -> gid != null)
        .findFirst();
  }

  /** Some users from all over the list. */
  public List<String> sample(int most) {
    int step = Math.max(1, users.size() / most);
    List<String> sample = new ArrayList<>();
    for (int i = 0; i < users.size() && sample.size() < most; i += step) {
      sample.add(users.get(i).name());
    }
    return sample;
  }
}
