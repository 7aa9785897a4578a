package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.doveadmsshd.base.Outcome;

/** What simulated servers know of users when all is over. Safe for several threads. */
final class Ledger {
  private final boolean eachServer;
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();

  private volatile Exception fault;

  // guarded by this
  private boolean isKilled;
  private int brain;
  private final List<Sending> sendings = new ArrayList<>();
  private Supplier<Ends.Standing> standing = () -> new Ends.Standing(0, 0, 0);

  /** Of one user. */
  static final class Account {
    /** How often he was listed to the brain, by which server. */
    final Map<String, Integer> listed = new ConcurrentHashMap<>();

    /** How often a brain has sent a request for him, to whatever server. */
    final AtomicInteger sent = new AtomicInteger();

    /** How often it had when it was killed. */
    volatile int sentBefore;

    /** How often a server has carried a request for him out, to its end. */
    final AtomicInteger carriedOut = new AtomicInteger();

    /** What servers have said, as the brain hears it. */
    final Set<Outcome> answered = ConcurrentHashMap.newKeySet();

    int listings() {
      return listed.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /**
   * A request that this brain has sent.
   *
   * @param nanos when, by {@link System#nanoTime}
   * @param standing how users had ended until then
   */
  record Sending(String key, String server, long nanos, Ends.Standing standing) {}

  /**
   * @param eachServer whether whoever is on two servers is two users
   */
  Ledger(boolean eachServer) {
    this.eachServer = eachServer;
  }

  /** What tells a user from others. */
  String key(String user, String server) {
    return eachServer ? user + " " + server : user;
  }

  /** A brain begins. */
  synchronized void begin(Supplier<Ends.Standing> howUsersEnd) {
    brain++;
    standing = howUsersEnd;
    sendings.clear();
    isKilled = false;
    accounts.values().forEach(account -> account.listed.clear());
  }

  /** The brain that works now, counted from 1. */
  synchronized int brain() {
    return brain;
  }

  /** A brain sends a request. Returns false when it cannot, as it has been killed. */
  synchronized boolean sends(int sender, String user, String server) {
    boolean sends = !isKilled && sender == brain;
    if (sends) {
      of(user, server).sent.incrementAndGet();
      String key = key(user, server);
      sendings.add(new Sending(key, server, System.nanoTime(), standing.get()));
    }
    return sends;
  }

  synchronized List<Sending> sendings() {
    return List.copyOf(sendings);
  }

  /** From now on no brain sends anything. */
  synchronized void kill() {
    isKilled = true;
    accounts.values().forEach(account -> account.sentBefore = account.sent.get());
  }

  synchronized boolean isKilled() {
    return isKilled;
  }

  Account of(String user, String server) {
    return ofKey(key(user, server));
  }

  Account ofKey(String key) {
    return accounts.computeIfAbsent(key, any -> new Account());
  }

  /** A server, or the simulation, finds a fault. */
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
