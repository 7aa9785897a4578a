package org.doveadmsshd.server.ssh;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.doveadmsshd.auth.EarlyDrop;
import org.doveadmsshd.auth.Networks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps strangers from taking everything: bounds connections, above all those that have not logged
 * in, in all and from each network. From some number on newcomers are refused at random ({@link
 * EarlyDrop}). What one network has beyond the number from which on its own newcomers are refused
 * does not count against others, so that no single one can have others refused.
 */
final class ConnectionLimiter implements SessionListener {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimiter.class);

  /** As OpenSSH says it. */
  private static final String TOO_MANY_STRANGERS = "Exceeded MaxStartups";

  private static final String TOO_MANY = "Too many connections";
  private static final Duration LOG_EVERY = Duration.ofSeconds(10);

  private final int all;
  private final EarlyDrop beforeLogin;
  private final EarlyDrop beforeLoginPerNetwork;
  private final RandomGenerator random;

  // guarded by this
  private final Set<SocketAddress> open = new HashSet<>();
  private final Map<SocketAddress, String> strangers = new HashMap<>();
  private final Map<String, Integer> strangersFrom = new HashMap<>();
  private long refusals;
  private long allRefusals;
  private long lastLogged;

  ConnectionLimiter(
      int all, EarlyDrop beforeLogin, EarlyDrop beforeLoginPerNetwork, RandomGenerator random) {
    this.all = all;
    this.beforeLogin = beforeLogin;
    this.beforeLoginPerNetwork = beforeLoginPerNetwork;
    this.random = random;
  }

  /**
   * Lets a new connection stay, which counts from now on, or says in a line why it may not.
   *
   * @return nothing when it may stay
   */
  synchronized Optional<String> admit(SocketAddress remote) {
    String network = network(remote);
    boolean full = open.size() >= all;
    if (full || isDropped(network)) {
      logRefusal(remote);
      return Optional.of(full ? TOO_MANY : TOO_MANY_STRANGERS);
    }
    open.add(remote);
    strangers.put(remote, network);
    strangersFrom.merge(network, 1, Integer::sum);
    return Optional.empty();
  }

  private boolean isDropped(String network) {
    int most = beforeLoginPerNetwork.start();
    int counted = strangersFrom.values().stream().mapToInt(there -> Math.min(there, most)).sum();
    return strangers.size() >= beforeLogin.full()
        || beforeLogin.drops(counted, random)
        || beforeLoginPerNetwork.drops(strangersFrom.getOrDefault(network, 0), random);
  }

  /** One line for many: a flood shall not fill the log as well. */
  private void logRefusal(SocketAddress remote) {
    refusals++;
    allRefusals++;
    long now = System.nanoTime();
    if (lastLogged == 0 || now - lastLogged >= LOG_EVERY.toNanos()) {
      LOG.info("Connections refused, too many: {}, the last from {}", refusals, remote);
      lastLogged = now;
      refusals = 0;
    }
  }

  /**
   * How many connections there are.
   *
   * @param strangers those among them without a login
   * @param refused how many were too many, since the start
   */
  record Counts(int open, int strangers, long refused) {}

  synchronized Counts counts() {
    return new Counts(open.size(), strangers.size(), allRefusals);
  }

  private static String network(SocketAddress address) {
    return address instanceof InetSocketAddress
        ? Networks.of(((InetSocketAddress) address).getAddress().getHostAddress())
        : address.toString();
  }

  @Override
  public void sessionEvent(Session session, Event event) {
    if (event == Event.Authenticated) {
      isKnown(session.getIoSession().getRemoteAddress());
      LOG.info("{} logged in from {}", session.getUsername(), session.getRemoteAddress());
    }
  }

  @Override
  public void sessionClosed(Session session) {
    forget(session.getIoSession().getRemoteAddress());
  }

  /** A user has logged in there. */
  private synchronized void isKnown(SocketAddress remote) {
    String network = strangers.remove(remote);
    if (network != null) {
      strangersFrom.computeIfPresent(network, (from, many) -> many > 1 ? many - 1 : null);
    }
  }

  /** A connection is over. */
  synchronized void forget(SocketAddress remote) {
    open.remove(remote);
    isKnown(remote);
  }
}
