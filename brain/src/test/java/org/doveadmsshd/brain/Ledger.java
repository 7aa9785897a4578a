package org.doveadmsshd.brain;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What simulated servers know of users when all is over. Safe for several threads. */
final class Ledger {
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();

  private volatile Exception fault;

  /** Of one user. */
  static final class Account {
    /** How often he was listed to the brain. */
    final AtomicInteger listed = new AtomicInteger();

    /** How often the brain has sent a request for him, to whatever server. */
    final AtomicInteger sent = new AtomicInteger();

    /** How often it had when it was killed. */
    volatile int sentBefore;

    /** How often a server has carried a request for him out, to its end. */
    final AtomicInteger carriedOut = new AtomicInteger();
  }

  private boolean isKilled; // guarded by this

  /** The brain sends a request. Returns false when it cannot, as it has been killed. */
  synchronized boolean sends(String user) {
    if (!isKilled) {
      of(user).sent.incrementAndGet();
    }
    return !isKilled;
  }

  /** From now on no brain sends anything. */
  synchronized void kill() {
    isKilled = true;
    accounts.values().forEach(account -> account.sentBefore = account.sent.get());
  }

  /** There is another brain. */
  synchronized void revive() {
    isKilled = false;
    accounts.values().forEach(account -> account.listed.set(0));
  }

  synchronized boolean isKilled() {
    return isKilled;
  }

  Account of(String user) {
    return accounts.computeIfAbsent(user, any -> new Account());
  }

  /** A server fails by a fault of the simulation. */
  void fault(Exception e) {
    fault = e;
  }

  /** Null when there was none. */
  Exception fault() {
    return fault;
  }

  Map<String, Account> all() {
    return accounts;
  }
}
