package org.doveadmsshd.worker.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;

/** When a thread that works for several users takes its rights. */
class SharedThreadTest {
  private final List<String> events = new ArrayList<>();
  private final Isolation isolation = new SharedThread(user -> events.add("rights"));

  private void work(Isolation where, String name) {
    try {
      where.run(new MailUser(name, Map.of()), () -> events.add(name));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void eachThreadTakesItsRightsOnceBeforeItsFirstWork() throws Exception {
    work(isolation, "jane");
    work(isolation, "jim");
    Thread next =
        new Thread(
            () -> {
              work(isolation, "joe");
              work(isolation, "jane");
            });
    next.start();
    next.join();
    assertThat(events).containsExactly("rights", "jane", "jim", "rights", "joe", "jane");
  }

  @Test
  void whoCannotHaveTheRightsDoesNoWorkAndTriesAgain() {
    Isolation refused =
        new SharedThread(
            user -> {
              events.add("refused");
              throw Failure.temporary("no", null);
            });
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> refused.run(new MailUser("jane", Map.of()), () -> events.add("x")))
          .isInstanceOf(Failure.class);
    }
    assertThat(events).containsExactly("refused", "refused");
  }
}
