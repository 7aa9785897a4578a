package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;

/** What is remembered of backends, and what must not be. */
class CachedTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final List<String> asked = new ArrayList<>();
  private boolean down;

  private final PasswordStore store =
      attempt -> {
        answer(attempt.user());
        return attempt.user().startsWith("no")
            ? Optional.empty()
            : Optional.of(new PasswordStore.Stored("{PLAIN}" + asked.size(), Map.of()));
      };

  private void answer(String user) throws Failure {
    asked.add(user);
    if (down) {
      throw Failure.temporary("down", null);
    }
  }

  private final class Users implements Userdb {
    @Override
    public Optional<MailUser> find(String name) throws Failure {
      answer(name);
      return name.startsWith("no")
          ? Optional.empty()
          : Optional.of(
              new MailUser(name.toLowerCase(Locale.ROOT), Map.of("uid", "" + asked.size())));
    }

    @Override
    public boolean canList() {
      return true;
    }

    @Override
    public void forEach(Visitor visitor) throws Failure, IOException {
      answer("list");
      visitor.visit("jane");
    }
  }

  private static LoginAttempt attempt(String user, String password, String address) {
    return new LoginAttempt(user, password, address);
  }

  @Test
  void anAnswerIsRememberedWhateverThePasswordIs() throws Exception {
    PasswordStore cached = new Cached(10, LONG, LONG).store(store);
    String first = cached.find(attempt("jane", "right", "::1")).orElseThrow().password();
    assertThat(cached.find(attempt("jane", "wrong", "::1")).orElseThrow().password())
        .isEqualTo(first);
    assertThat(cached.find(attempt("JANE", "", "::1"))).isPresent();
    assertThat(asked).containsExactly("jane");
  }

  @Test
  void clientsOfOtherAddressesMayHaveOtherAnswers() throws Exception {
    PasswordStore cached = new Cached(10, LONG, LONG).store(store);
    cached.find(attempt("jane", "x", "::1"));
    cached.find(attempt("jane", "x", "::2"));
    cached.find(attempt("jane", "x", ""));
    cached.find(attempt("jane", "x", "::2"));
    assertThat(asked).hasSize(3);
  }

  @Test
  void unknownUsersAreRememberedAsLongAsThatIsSaid() throws Exception {
    Userdb users = new Cached(10, LONG, LONG).userdb(new Users());
    assertThat(users.find("nobody")).isEmpty();
    assertThat(users.find("nobody")).isEmpty();
    assertThat(asked).containsExactly("nobody");
    users = new Cached(10, LONG, Duration.ZERO).userdb(new Users());
    asked.clear();
    for (int i = 0; i < 3; i++) {
      assertThat(users.find("nobody")).isEmpty();
      assertThat(users.find("jane").orElseThrow().name()).isEqualTo("jane");
    }
    assertThat(asked).containsExactly("nobody", "jane", "nobody", "nobody");
  }

  @Test
  void nothingIsRememberedWithoutTime() throws Exception {
    Userdb users = new Cached(10, Duration.ZERO, Duration.ZERO).userdb(new Users());
    users.find("jane");
    users.find("jane");
    assertThat(asked).hasSize(2);
  }

  @Test
  void aFailureIsNeverRemembered() throws Exception {
    Cached cached = new Cached(10, LONG, LONG);
    Userdb users = cached.userdb(new Users());
    PasswordStore passwords = cached.store(store);
    down = true;
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> users.find("jane")).hasMessage("down");
      assertThatThrownBy(() -> passwords.find(attempt("jane", "x", "")))
          .isInstanceOf(Failure.class);
    }
    down = false;
    assertThat(users.find("jane")).isPresent();
    assertThat(passwords.find(attempt("jane", "x", ""))).isPresent();
    down = true;
    assertThat(users.find("jane")).as("goes on while it is down").isPresent();
    assertThat(passwords.find(attempt("jane", "x", ""))).isPresent();
  }

  @Test
  void noMoreIsRememberedThanThereIsRoomFor() throws Exception {
    Userdb users = new Cached(2, LONG, LONG).userdb(new Users());
    for (int i = 0; i < 100; i++) {
      users.find("user" + i);
    }
    asked.clear();
    for (int i = 0; i < 100; i++) {
      users.find("user" + i);
    }
    assertThat(asked).hasSizeGreaterThanOrEqualTo(98);
  }

  @Test
  void listsAreNotRemembered() throws Exception {
    Userdb users = new Cached(10, LONG, LONG).userdb(new Users());
    List<String> names = new ArrayList<>();
    assertThat(users.canList()).isTrue();
    users.forEach(names::add);
    users.forEach(names::add);
    assertThat(names).containsExactly("jane", "jane");
    assertThat(asked).containsExactly("list", "list");
  }
}
