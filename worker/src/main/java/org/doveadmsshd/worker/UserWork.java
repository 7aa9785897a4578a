package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Message;

/** Carries out commands for users, in this process or elsewhere. Safe for several threads. */
public interface UserWork {
  /**
   * One command for one user.
   *
   * @param master who wants it, with the rules of his scope that are in force
   * @param commands what is going to be done; his scope must cover each of them for the user
   * @param request as it was asked for
   * @param task the command, prepared
   * @param input what it reads, if it does
   */
  record Order(
      Master master,
      List<String> commands,
      Message.Run request,
      Task.OfUser task,
      RequestControl control,
      UserContext.Input input) {
    public Order {
      commands = List.copyOf(commands);
    }
  }

  /**
   * Carries it out on the caller's thread, or waits until that has been done.
   *
   * @throws Failure that ends the command for this user
   * @throws IOException when the output cannot be delivered any more; the work has stopped then
   */
  void run(Order order, RequestOutput output) throws Failure, IOException;
}
