package org.doveadmsshd.setup;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.NameService;
import org.doveadmsshd.posix.NameService.PasswdEntry;
import org.doveadmsshd.setup.checked.Census;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.Doveconf;
import org.doveadmsshd.setup.written.NewFile;

/**
 * The user of the system that the server is to run as.
 *
 * @param name of it, or its number where it has none
 * @param owner nothing where the system does not know it
 * @param isProcess whether others own the mail, so that a supervisor starts worker processes
 * @param uids of whom mail is, as Dovecot names them
 */
record ServerUser(
    String name, Optional<NewFile.Owner> owner, boolean isProcess, List<String> uids) {
  /** Has no rights, and a supervisor beside it. */
  private static final String WITHOUT_RIGHTS = "doveadm";

  /**
   * Chooses it: who owns all mail, if that is one; else one without rights.
   *
   * @param census whose uids are known; where there is nobody, the configuration's are taken
   */
  static ServerUser of(Doveconf dovecot, Census census) throws Failure {
    Set<String> named = census.uids().isEmpty() ? named(dovecot.root()) : census.uids();
    Set<Long> numbers = new LinkedHashSet<>();
    List<PasswdEntry> entries = new ArrayList<>();
    for (String uid : named) {
      Optional<PasswdEntry> entry = Machine.user(uid);
      entry.ifPresent(entries::add);
      numbers.add(
          entry
              .map(PasswdEntry::uid)
              .orElse(uid.matches("[0-9]{1,10}") ? Long.parseLong(uid) : -1));
    }
    if (numbers.size() == 1 && !numbers.contains(0L)) {
      String uid = named.iterator().next();
      Optional<PasswdEntry> entry = entries.stream().findFirst();
      long number = numbers.iterator().next();
      long gid = gid(dovecot, census).orElse(entry.map(PasswdEntry::gid).orElse(number));
      return new ServerUser(
          entry.map(PasswdEntry::name).orElse(uid),
          number < 0 ? Optional.empty() : Optional.of(new NewFile.Owner(number, gid)),
          false,
          List.copyOf(named));
    }
    return new ServerUser(
        WITHOUT_RIGHTS,
        Machine.user(WITHOUT_RIGHTS).map(entry -> new NewFile.Owner(entry.uid(), entry.gid())),
        true,
        List.copyOf(named));
  }

  private static Optional<Long> gid(Doveconf dovecot, Census census) throws Failure {
    Optional<String> gid = census.gid().or(() -> dovecot.root().find("mail_gid"));
    if (gid.isPresent() && !gid.get().matches("[0-9]{1,10}")) {
      return NameService.findGroup(gid.get());
    }
    return gid.map(Long::parseLong);
  }

  /** What the configuration says of uids where no user does. */
  private static Set<String> named(Block root) {
    Set<String> uids = new LinkedHashSet<>();
    root.find("mail_uid").ifPresent(uids::add);
    for (Block userdb : root.all("userdb")) {
      String all =
          String.join(
              " ",
              userdb.text("args"),
              userdb.text("default_fields"),
              userdb.text("override_fields"));
      for (String word : all.split("\\s+")) {
        if (word.startsWith("uid=")) {
          uids.add(word.substring("uid=".length()));
        }
      }
      userdb.all("fields").forEach(fields -> fields.find("uid").ifPresent(uids::add));
    }
    return uids;
  }
}
