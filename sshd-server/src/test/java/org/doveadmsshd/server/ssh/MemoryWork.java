package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.testing.MemoryMailStore;
import org.doveadmsshd.worker.UserWork;

/**
 * Carries out commands on mail in memory, within the scope of the master. The work for a user can
 * be held up, until it is let go on or told to stop. Safe for several threads, but one user's mail
 * is for one at a time.
 */
public final class MemoryWork implements UserWork {
  private static final long LONG_SECONDS = 30;
  private static final long TICK_MILLIS = 5;

  private final Userdb users;
  private final Map<String, MemoryMailStore> stores = new ConcurrentHashMap<>();
  private final Set<String> held = ConcurrentHashMap.newKeySet();
  private final LinkedBlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private volatile RuntimeException fault;

  public MemoryWork(Userdb users) {
    this.users = users;
  }

  /** The mail of a user; there is an empty INBOX to begin with. */
  public MemoryMailStore mail(String user) {
    return stores.computeIfAbsent(user, name -> new MemoryMailStore());
  }

  /** Has work for a user wait, from its beginning on. */
  public void hold(String user) {
    held.add(user);
  }

  /** Lets it go on. */
  public void release(String user) {
    held.remove(user);
  }

  /** Waits until work for some user begins, which nobody has waited for before. */
  public String awaitBegun() throws InterruptedException {
    String user = begun.poll(LONG_SECONDS, TimeUnit.SECONDS);
    if (user == null) {
      throw new AssertionError("no work begins");
    }
    return user;
  }

  /** Users for whom work has begun, and whom nobody has waited for. */
  public List<String> begunBesides() {
    return List.copyOf(begun);
  }

  /** Makes all work fail by a fault of the program. */
  public void breakBy(RuntimeException thrown) {
    fault = thrown;
  }

  @Override
  public int together() {
    return 1;
  }

  @Override
  public void run(List<Order> orders, Listener listener) throws IOException {
    for (Order order : orders) {
      listener.begun(order);
      listener.ended(order, failureOf(order));
    }
  }

  private Failure failureOf(Order order) throws IOException {
    String user = order.request().user();
    try {
      check(order, user);
      begun.add(user);
      if (fault != null) {
        throw fault;
      }
      while (held.contains(user)) {
        order.control().check();
        Thread.sleep(TICK_MILLIS);
      }
      order.control().check();
      MemoryMailStore mail = mail(user);
      order.task().run(new UserContext(user, mail, new Nobody(), order.input(), order.output()));
      return null;
    } catch (Failure e) {
      return e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Failure(Outcome.CANCELLED, "Interrupted");
    }
  }

  /** As {@code ScopedMails} does it. */
  private void check(Order order, String user) throws Failure {
    for (String command : order.commands()) {
      order.master().scope().checkUser(user, command);
    }
    if (users.find(user).isEmpty()) {
      throw new Failure(Outcome.NO_USER, "User doesn't exist: " + user);
    }
  }

  /** No mail but the user's own can be reached. */
  private static final class Nobody implements UserContext.Others {
    @Override
    public MailStore open(String user) throws Failure {
      throw new Failure(Outcome.NO_USER, "User doesn't exist: " + user);
    }

    @Override
    public MailStore open(String user, String location) throws Failure {
      return open(user);
    }
  }
}
