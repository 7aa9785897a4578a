package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;

class LookupThreadsTest {
  /** A userdb in memory. */
  private interface Lookup {
    Optional<MailUser> find(String name) throws Failure;
  }

  private static Userdb userdb(Lookup lookup) {
    return new Userdb() {
      @Override
      public Optional<MailUser> find(String name) throws Failure {
        return lookup.find(name);
      }

      @Override
      public boolean canList() {
        return false;
      }

      @Override
      public void forEach(Visitor visitor) {
        throw new AssertionError("nobody lists");
      }
    };
  }

  @Test
  void usersAreLookedUpByThreadsThatWereThereBefore() throws Exception {
    List<Thread> asked = new ArrayList<>();
    try (LookupThreads threads = new LookupThreads()) {
      Set<Thread> before = Thread.getAllStackTraces().keySet();
      Userdb userdb =
          threads.through(
              userdb(
                  name -> {
                    asked.add(Thread.currentThread());
                    return Optional.of(new MailUser(name, Map.of()));
                  }));
      for (int i = 0; i < 20; i++) {
        assertThat(userdb.find("jane").orElseThrow().name()).isEqualTo("jane");
      }
      assertThat(before).containsAll(asked);
      assertThat(asked).doesNotContain(Thread.currentThread());
    }
  }

  @Test
  void failuresComeAsTheyAre() {
    Failure down = Failure.temporary("down", null);
    try (LookupThreads threads = new LookupThreads()) {
      Userdb failing =
          threads.through(
              userdb(
                  name -> {
                    throw down;
                  }));
      assertThatThrownBy(() -> failing.find("jane")).isSameAs(down);
    }
  }
}
