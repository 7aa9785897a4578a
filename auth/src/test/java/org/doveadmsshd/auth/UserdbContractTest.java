package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every userdb and passdb promises; those that need no server are asked. */
class UserdbContractTest {
  private static final List<String> NAMES_OF_NOBODY =
      List.of(
          "", "nobody", "jan", "jane ", "jane:x", "jane\n", "../jane", "\0", "*", "j".repeat(300));

  @TempDir Path directory;

  /** Where jane and joe are users. */
  private enum Kind {
    PASSWD_FILE {
      @Override
      Userdb userdb(Path directory) throws IOException {
        return file(directory, "users", "Jane:{PLAIN}sesame:::::\njoe:{PLAIN}other:::::\n");
      }
    },
    STATIC {
      @Override
      Userdb userdb(Path directory) throws IOException {
        for (String name : List.of("jane", "joe")) {
          Files.createDirectories(directory.resolve("home").resolve(name));
        }
        return new StaticUserdb(Map.of("home", directory + "/home/%u"), false);
      }
    },
    CHAIN {
      @Override
      Userdb userdb(Path directory) throws IOException {
        return new UserdbChain(
            List.of(
                new UserdbChain.Link(
                    file(directory, "first", "jane:{PLAIN}sesame:::::\n"), LinkRules.USUAL),
                new UserdbChain.Link(
                    file(directory, "second", "joe:{PLAIN}other:::::\njane:x:::::\n"),
                    LinkRules.USUAL)),
            new MemoryBudget(1 << 20).all());
      }
    };

    abstract Userdb userdb(Path directory) throws IOException;

    static PasswdFile file(Path directory, String name, String text) throws IOException {
      Path file = Files.writeString(directory.resolve(name), text);
      return new PasswdFile(file.toString(), "%u");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void usersAreFoundInAnyCaseAndSpelledInOneWay(Kind kind) throws Exception {
    Userdb userdb = kind.userdb(directory);
    for (String name : List.of("jane", "JANE", "Jane")) {
      assertThat(userdb.find(name).map(MailUser::name)).contains("jane");
    }
    assertThat(userdb.find("joe").map(MailUser::name)).contains("joe");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsNoUserIsNotFoundWhateverItIsCalled(Kind kind) throws Exception {
    Userdb userdb = kind.userdb(directory);
    for (String name : NAMES_OF_NOBODY) {
      assertThat(userdb.find(name)).as(name).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whoCanListNamesEachUserOnceAsItFindsHimAndWhoCannotSaysSo(Kind kind) throws Exception {
    Userdb userdb = kind.userdb(directory);
    List<String> names = new ArrayList<>();
    if (!userdb.canList()) {
      assertThatThrownBy(() -> userdb.forEach(names::add))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("cannot list");
      assertThat(names).isEmpty();
      return;
    }
    userdb.forEach(names::add);
    assertThat(names).containsExactlyInAnyOrder("jane", "joe");
    for (String name : names) {
      assertThat(UserName.isPossible(name)).isTrue();
      assertThat(userdb.find(name).map(MailUser::name)).contains(name);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatTheVisitorThrowsEndsTheListing(Kind kind) throws Exception {
    Userdb userdb = kind.userdb(directory);
    if (userdb.canList()) {
      List<String> names = new ArrayList<>();
      IOException gone = new IOException("nobody listens");
      assertThatThrownBy(
              () ->
                  userdb.forEach(
                      name -> {
                        names.add(name);
                        throw gone;
                      }))
          .isSameAs(gone);
      assertThat(names).hasSize(1);
    }
  }

  @Test
  void aPassdbKnowsRightWrongAndUnknown() throws Exception {
    PasswdFile file = (PasswdFile) Kind.PASSWD_FILE.userdb(directory);
    Hashing hashing = new Hashing(new MemoryBudget(1L << 28).all());
    Passdb passdb = new HashedPassdb(file, "PLAIN", hashing);
    Passdb chain = new PassdbChain(List.of(new PassdbChain.Link(passdb, LinkRules.USUAL, false)));
    for (Passdb each : List.of(passdb, chain)) {
      assertThat(each.verify(attempt("JANE", "sesame")).isRight()).isTrue();
      assertThat(each.verify(attempt("jane", "other"))).isEqualTo(Passdb.Answer.WRONG);
      assertThat(each.verify(attempt("jane", ""))).isEqualTo(Passdb.Answer.WRONG);
      assertThat(each.verify(attempt("jane", "{PLAIN}sesame"))).isEqualTo(Passdb.Answer.WRONG);
      for (String name : NAMES_OF_NOBODY) {
        assertThat(each.verify(attempt(name, "sesame")).isRight()).as(name).isFalse();
      }
      assertThat(each.bearer("token")).isEmpty();
    }
  }

  private static LoginAttempt attempt(String user, String password) {
    return new LoginAttempt(user, password, "192.0.2.1");
  }
}
