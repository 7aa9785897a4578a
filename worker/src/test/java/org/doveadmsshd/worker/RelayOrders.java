package org.doveadmsshd.worker;

import java.util.List;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;

/** Orders for tests of what passes them on. */
public final class RelayOrders {
  private RelayOrders() {}

  public static UserWork.Order order(
      Master master,
      Message.Run run,
      RequestControl control,
      UserContext.Input input,
      MessageSink sink) {
    RequestOutput output =
        new RequestOutput(run.requestId(), List.of(new Column("uid")), false, control, sink);
    return new UserWork.Order(master, List.of(run.command()), run, null, control, input, output);
  }
}
