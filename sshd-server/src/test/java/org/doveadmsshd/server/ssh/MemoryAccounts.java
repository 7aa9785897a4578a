package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;

/** Passwords of masters, and names of mail users, in memory. Safe for several threads. */
public final class MemoryAccounts implements Passdb, Userdb {
  /** Passwords by master. */
  public final Map<String, String> passwords = new ConcurrentHashMap<>();

  /** Mail users, in the order in which they are listed. */
  public final List<String> users = new CopyOnWriteArrayList<>(List.of("jane", "joe", "mary"));

  /** What has been asked about passwords. */
  public final List<LoginAttempt> attempts = new CopyOnWriteArrayList<>();

  /** A permit for each time that the users have been listed to their end. */
  public final Semaphore listed = new Semaphore(0);

  private volatile Passdb verifier = this::compare;

  /** Has passwords verified by something else from now on. */
  public void verifyBy(Passdb other) {
    verifier = other;
  }

  /** As these passwords say. */
  public Answer compare(LoginAttempt attempt) {
    String right = passwords.get(attempt.user());
    if (right == null) {
      return Answer.UNKNOWN_USER;
    }
    return right.equals(attempt.password()) ? new Answer(Verdict.RIGHT, Map.of()) : Answer.WRONG;
  }

  @Override
  public Answer verify(LoginAttempt attempt) throws Failure {
    attempts.add(attempt);
    return verifier.verify(attempt);
  }

  @Override
  public Optional<PasswordStore.Stored> find(LoginAttempt who) {
    return Optional.ofNullable(passwords.get(who.user()))
        .map(password -> new PasswordStore.Stored("{PLAIN}" + password, Map.of()));
  }

  @Override
  public Optional<MailUser> find(String name) {
    return users.contains(name)
        ? Optional.of(new MailUser(name, Map.of("home", "/homes/" + name)))
        : Optional.empty();
  }

  @Override
  public boolean canList() {
    return true;
  }

  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    for (String user : users) {
      visitor.visit(user);
    }
    listed.release();
  }
}
