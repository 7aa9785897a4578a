package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.protocol.Message;

/** Carries out commands for users, in this process or elsewhere. Safe for several threads. */
public interface UserWork {
  /**
   * One command for one user.
   *
   * @param master the master who asks, with the rules of his scope that are in force
   * @param commands all that the request does; the scope must cover each of them for the user
   * @param request as it was asked for
   * @param task the command, prepared
   * @param input what it reads, if it does
   * @param output where it goes
   */
  record Order(
      Master master,
      List<String> commands,
      Message.Run request,
      Task.OfUser task,
      RequestControl control,
      UserContext.Input input,
      RequestOutput output) {
    public Order {
      commands = List.copyOf(commands);
    }

    /** For the log. */
    public String text() {
      return "%s for %s, asked for by %s"
          .formatted(request.command(), Printable.line(request.user(), 255), master.name());
    }
  }

  /** Hears when orders begin and end. One thread at a time. */
  interface Listener {
    /** Work on an order, or the wait for a place where it is worked on, begins. */
    void begun(Order order);

    /**
     * An order has ended.
     *
     * @param failure that ended it; null when the output says how it went
     * @throws IOException when that cannot be told any more
     */
    void ended(Order order, Failure failure) throws IOException;
  }

  /** The largest number of orders that is worth giving at once; at least 1. */
  int together();

  /**
   * Carries them out, one after another in their order, on the caller's thread, or waits until that
   * has been done. Each begins and ends once.
   *
   * @param orders with ids and controls of their own
   * @throws IOException when output cannot be delivered any more; the work has stopped then
   */
  void run(List<Order> orders, Listener listener) throws IOException;
}
