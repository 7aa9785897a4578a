package org.doveadmsshd.auth.system;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.posix.NameService;

/** The system's own users. Those with a low uid belong to services and are no mail users. */
public final class SystemUserdb implements Userdb {
  private final long firstUid;
  private final long lastUid;

  /**
   * @param lastUid 0 for no limit
   */
  public SystemUserdb(long firstUid, long lastUid) {
    this.firstUid = firstUid;
    this.lastUid = lastUid == 0 ? Long.MAX_VALUE : lastUid;
  }

  private boolean isMailUser(NameService.PasswdEntry entry) {
    return entry.uid() >= firstUid && entry.uid() <= lastUid && entry.uid() != 0;
  }

  @Override
  public Optional<MailUser> find(String name) throws Failure {
    if (!UserName.isPossible(name) || name.indexOf(':') >= 0 || name.indexOf('/') >= 0) {
      return Optional.empty(); // a NUL would end the name too soon
    }
    return NameService.find(name).filter(this::isMailUser).map(SystemUserdb::user);
  }

  private static MailUser user(NameService.PasswdEntry entry) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("system_groups_user", entry.name());
    fields.put("uid", Long.toString(entry.uid()));
    fields.put("gid", Long.toString(entry.gid()));
    fields.put("home", entry.home());
    return new MailUser(entry.name(), fields);
  }

  @Override
  public boolean canList() {
    return true;
  }

  /** Names are gathered first: the system's list must not be held open while mail is worked on. */
  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    Set<String> names = new LinkedHashSet<>();
    NameService.forEach(
        entry -> {
          if (isMailUser(entry)) {
            names.add(entry.name());
          }
        });
    for (String name : names) {
      visitor.visit(name);
    }
  }
}
