package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.UserMask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands about a server as a whole. */
class ServerCommandsTest {
  private final Stage stage = new Stage();
  private final Server server = new Server();
  private final Users users = new Users();
  private Masters masters = Masters.NONE;
  private Scope scope = Scope.UNLIMITED;

  private Outcome run(String... line) {
    stage.rows.clear();
    stage.failures.clear();
    try {
      Task.OfServer task = (Task.OfServer) Stage.prepare(List.of(line), stage.doubts);
      Master master = new Master("root", scope, Login.NONE);
      task.run(
          new ServerContext(
              master,
              masters,
              users,
              "maildir:~/Maildir",
              server,
              () -> new ByteArrayInputStream("sesame\n".getBytes(StandardCharsets.UTF_8)),
              stage));
    } catch (Failure e) {
      stage.failures.add(0, e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return stage.failures.isEmpty() ? Outcome.OK : stage.failures.get(0).outcome();
  }

  private static Scope only(String mask) {
    return new Scope(List.of(new UserMask(mask)), Set.of());
  }

  @Test
  void usersAreListedByMaskWithinTheScope() {
    assertThat(run("user", "*")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).containsExactly("jane", "joe", "rita");
    assertThat(run("user", "j???", "rita*")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).containsExactly("jane", "rita");
    scope = only("j*");
    run("user", "*");
    assertThat(stage.column(0)).containsExactly("jane", "joe");
  }

  @Test
  void whatIsKnownOfAUserIsShownAndOthersAreStillAsked() {
    assertThat(run("user", "JANE")).isEqualTo(Outcome.OK);
    assertThat(stage.rows)
        .containsExactly(
            List.of("JANE", "user", "jane"),
            List.of("JANE", "home", "/home/jane"),
            List.of("JANE", "mail", "maildir:~/Maildir"));
    assertThat(run("user", "-f", "home", "nobody", "joe")).isEqualTo(Outcome.NO_USER);
    assertThat(stage.rows).containsExactly(List.of("joe", "/home/joe"));
    scope = only("jane");
    assertThat(run("user", "joe")).isEqualTo(Outcome.NO_PERMISSION);
    String refused = stage.error();
    assertThat(run("user", "nobody")).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(stage.error().replace("nobody", "joe")).isEqualTo(refused);
    assertThat(stage.rows).isEmpty();
  }

  @Test
  void whoShowsWhatTheScopeCovers() {
    assertThat(run("who")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).containsExactly("1", "2", "3");
    assertThat(stage.rows.get(0))
        .containsExactly("1", "run", "root", "::1", "7", "3", "1", "expunge -A", "12");
    scope = only("jane");
    run("who");
    assertThat(stage.column(2)).containsExactly("root", "jane");
  }

  @Test
  void kickEndsWhatWhoShowsAndNotItself() {
    assertThat(run("kick", "3")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of("3", "lane", "other"));
    assertThat(run("kick", "j*")).isEqualTo(Outcome.OK);
    assertThat(server.kicked).containsExactly("3", "2");
    assertThat(run("kick", "nobody")).isEqualTo(Outcome.NOT_FOUND);
    server.entries.add(entry("9", "root", "kick *"));
    scope = only("jane");
    assertThat(run("kick", "*")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).containsExactly("1", "2");
    assertThat(run("kick", "3")).isEqualTo(Outcome.NOT_FOUND);
  }

  @Test
  void aRunIsSlowedDownByItsIdWithinTheScope() {
    assertThat(run("slow", "1", "20")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of("1", "root", "expunge -A"));
    assertThat(run("slow", "3", "0")).isEqualTo(Outcome.OK);
    assertThat(run("slow", "3", "0.5/s")).isEqualTo(Outcome.OK);
    assertThat(run("slow", "r*", "20")).isEqualTo(Outcome.NOT_FOUND);
    scope = only("jane");
    assertThat(run("slow", "3", "20")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(server.done).containsExactly("slow 1 20/s", "slow 3 no limit", "slow 3 30/min");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"slow", "slow 1", "slow 1 -1", "slow 1 1e3", "slow 1 1000001", "slow 1 2 3"})
  void howSlowARunIsToBeIsARate(String line) {
    assertThat(run(line.split(" "))).isEqualTo(Outcome.USAGE);
    assertThat(server.done).isEmpty();
  }

  @Test
  void theServerIsForThoseWhoMaySeeEveryUser() {
    assertThat(run("reload")).isEqualTo(Outcome.OK);
    assertThat(run("config")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of("port = 22"));
    assertThat(run("stop")).isEqualTo(Outcome.OK);
    assertThat(server.done).containsExactly("reload", "settings", "stop");
    scope = only("j*");
    for (String line :
        List.of("reload", "stop", "config", "auth lookup x", "auth test x y", "auth login x y")) {
      assertThat(run(line.split(" "))).as(line).isEqualTo(Outcome.NO_PERMISSION);
      assertThat(stage.rows).isEmpty();
    }
    assertThat(server.done).hasSize(3);
  }

  @Test
  void wrongPasswordsAndUnknownMastersAreSaidSo() {
    assertThat(run("auth", "test", "x", "sesame")).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(stage.column(0)).contains("passdb: x auth failed");
    assertThat(run("auth", "login", "x")).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(stage.error()).doesNotContain("sesame");
    assertThat(run("auth", "lookup", "x", "y")).isEqualTo(Outcome.NO_USER);
    assertThat(stage.failures).hasSize(2);
  }

  @Test
  void aUserdbThatFailsForOneUserIsToldAndOthersAreShown() {
    users.fails = true;
    assertThat(run("user", "-f", "home", "jane", "joe", "rita"))
        .isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.column(0)).containsExactly("jane", "rita");
    assertThat(stage.failures).hasSize(1);
    assertThat(run("user", "*")).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.column(0)).containsExactly("jane");
  }

  @Test
  void aListOfUsersCanBeCancelled() {
    stage.patience = 2;
    assertThat(run("user", "*")).isEqualTo(Outcome.CANCELLED);
    assertThat(stage.column(0)).containsExactly("jane", "joe");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "user -f home jane | jane=/home/jane",
        "user -f mail jane joe | jane=maildir:~/Maildir joe=maildir:~/Maildir",
        "user -f nothing jane | ''",
        "user -f user jane | ''",
        "user -f user JANE | JANE=jane",
        "user --field=home joe joe | joe=/home/joe joe=/home/joe",
      })
  void oneFieldOfUsersIsPrintedWhereThereIsOne(String line, String printed) {
    assertThat(run(line.split(" "))).isEqualTo(Outcome.OK);
    List<String> rows = stage.rows.stream().map(row -> String.join("=", row)).toList();
    assertThat(String.join(" ", rows)).isEqualTo(printed);
  }

  /** A mask among names makes masks of all. */
  @Test
  void namesBesideAMaskAreMasksToo() {
    assertThat(run("user", "jane", "r*", "nobody")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of("jane"), List.of("rita"));
    assertThat(run("user", "x*")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "auth test admin right | 0",
        "auth test admin sesame | 77",
        "auth test admin | 77", // "sesame" stands in the input
        "auth test opener | 0",
        "auth test nobody right | 77",
        "auth login admin right | 0",
        "auth login admin wrong | 77",
        "auth login opener | 0",
        "auth test broken right | 75",
        "auth login broken right | 75",
      })
  void aPasswordIsRightOrNotOrCannotBeTold(String line, int code) {
    masters = new Two();
    assertThat(run(line.split(" ")).exitCode()).isEqualTo(code);
    String user = line.split(" ")[2];
    if (code == 75) {
      assertThat(stage.rows).isEmpty();
      return;
    }
    String verdict = "passdb: " + user + " auth " + (code == 0 ? "succeeded" : "failed");
    assertThat(stage.column(0)).startsWith(verdict, "extra fields:", "  user=" + user);
    boolean shows = line.startsWith("auth login") && code == 0;
    assertThat(stage.column(0)).hasSize(shows ? 5 : 3);
    if (shows) {
      assertThat(stage.column(0)).endsWith("scope:", "  " + Scope.UNLIMITED.text().get(0));
    }
    assertThat(stage.rows.toString()).doesNotContain("right", "sesame", "wrong");
  }

  @Test
  void whatIsKnownOfMastersIsShownAndUnknownOnesFail() {
    masters = new Two();
    String all = String.join("; ", Scope.UNLIMITED.text());
    assertThat(run("auth", "lookup", "admin", "nobody", "opener")).isEqualTo(Outcome.NO_USER);
    assertThat(stage.column(0))
        .containsExactly(
            "passdb: admin",
            "  user      : admin",
            "  scope     : " + all,
            "passdb: opener",
            "  user      : opener",
            "  scope     : " + all);
    assertThat(stage.failures).hasSize(1);
    assertThat(run("auth", "lookup", "-f", "scope", "admin")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).containsExactly(all);
    assertThat(run("auth", "lookup", "-f", "user", "admin")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).containsExactly("admin");
    assertThat(run("auth", "lookup", "-f", "password", "admin")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).isEmpty();
  }

  @Test
  void aPasswordIsReadOnlyWhereTheLineHasNone() throws Failure {
    List<String> doubts = new ArrayList<>();
    assertThat(Stage.prepare(List.of("auth", "test", "x"), doubts).input()).contains("-");
    assertThat(Stage.prepare(List.of("auth", "login", "x"), doubts).input()).contains("-");
    assertThat(Stage.prepare(List.of("auth", "test", "x", "y"), doubts).input()).isEmpty();
    assertThat(Stage.prepare(List.of("auth", "lookup", "x"), doubts).input()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"kick 1", "kick root", "kick r*", "kick -f ?oot", "kick --force 1"})
  void oneRunIsEndedByItsIdOrItsMaster(String line) {
    assertThat(run(line.split(" "))).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of("1", "run", "root"));
    assertThat(server.kicked).containsExactly("1");
  }

  @Test
  void theStatusIsATableAndWellUnlessAPartHasFailed() {
    assertThat(run("status")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of("server", "ok", "up"));
    server.parts =
        List.of(
            PartStatus.warningUnless(false, "configuration", "changed"),
            PartStatus.failedUnless(true, "userdb sql", "answers"));
    assertThat(run("status")).isEqualTo(Outcome.OK);
    server.parts =
        List.of(
            PartStatus.failedUnless(false, "userdb sql", "down"),
            PartStatus.failedUnless(false, "supervisor", "away"),
            PartStatus.ok("memory", "much"));
    assertThat(run("status")).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.rows).hasSize(3).contains(List.of("supervisor", "failed", "away"));
    assertThat(stage.error()).isEqualTo("Not well: userdb sql, supervisor");
  }

  @Test
  void theStatusIsForWhoMaySeeEveryUser() {
    scope = only("j*");
    assertThat(run("status")).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(stage.rows).isEmpty();
    scope = Scope.UNLIMITED;
    assertThat(run("status", "x")).isEqualTo(Outcome.USAGE);
  }

  private static ServerContext.Activity.ActiveSession entry(
      String id, String master, String doing) {
    String kind = doing.isEmpty() ? "lane" : "run";
    OptionalLong users = doing.isEmpty() ? OptionalLong.empty() : OptionalLong.of(12);
    return new ServerContext.Activity.ActiveSession(id, kind, master, "::1", 7, 3, 1, doing, users);
  }

  /** A server that notes what it is told. */
  private static final class Server implements ServerContext.Activity {
    final List<ActiveSession> entries =
        new ArrayList<>(
            List.of(
                entry("1", "root", "expunge -A"), entry("2", "jane", ""), entry("3", "other", "")));
    final List<String> kicked = new ArrayList<>();
    final List<String> done = new ArrayList<>();
    List<PartStatus> parts = List.of(PartStatus.ok("server", "up"));

    @Override
    public List<ActiveSession> activeSessions() {
      return entries;
    }

    @Override
    public List<ActiveSession> kick(Predicate<ActiveSession> which) {
      List<ActiveSession> ended = entries.stream().filter(which).toList();
      ended.forEach(each -> kicked.add(each.id()));
      return ended;
    }

    @Override
    public List<ActiveSession> slow(Predicate<ActiveSession> which, Rate rate) {
      List<ActiveSession> slowed = entries.stream().filter(which).toList();
      slowed.forEach(each -> done.add("slow " + each.id() + " " + rate.text()));
      return slowed;
    }

    @Override
    public List<PartStatus> status() {
      return parts;
    }

    @Override
    public List<String> settings() {
      done.add("settings");
      return List.of("port = 22");
    }

    @Override
    public void reload() {
      done.add("reload");
    }

    @Override
    public void stop() {
      done.add("stop");
    }
  }

  /** {@code admin} with the password {@code right}, {@code opener} with {@code sesame}. */
  private static final class Two implements Masters {
    private static final Map<String, String> PASSWORDS =
        Map.of("admin", "right", "opener", "sesame");

    @Override
    public Optional<Master> find(String name, Login login) {
      return Optional.of(new Master(name, Scope.UNLIMITED, login))
          .filter(master -> PASSWORDS.containsKey(name));
    }

    @Override
    public Optional<Master> find(String name, Login login, String mailUser) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Master> authenticate(LoginAttempt attempt) throws Failure {
      if (attempt.user().equals("broken")) {
        throw Failure.temporary("the database is down", null);
      }
      return find(attempt.user()).filter(m -> attempt.password().equals(PASSWORDS.get(m.name())));
    }

    @Override
    public Set<String> names() {
      return PASSWORDS.keySet();
    }

    @Override
    public Optional<String> field(String name, String field) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<SaslServer> authentication(
        String mechanism, String address, Optional<String> external) {
      throw new UnsupportedOperationException();
    }
  }

  /** Three users. */
  private static final class Users implements Userdb {
    boolean fails;

    @Override
    public Optional<MailUser> find(String name) throws Failure {
      if (fails && name.equals("joe")) {
        throw Failure.temporary("the database is down", null);
      }
      Map<String, String> fields = new LinkedHashMap<>();
      String lower = name.toLowerCase(Locale.ROOT);
      fields.put("home", "/home/" + lower);
      return List.of("jane", "joe", "rita").contains(lower)
          ? Optional.of(new MailUser(lower, fields))
          : Optional.empty();
    }

    @Override
    public boolean canList() {
      return true;
    }

    @Override
    public void forEach(Visitor visitor) throws Failure, IOException {
      for (String name : List.of("jane", "joe", "rita")) {
        if (fails && name.equals("joe")) {
          throw Failure.temporary("the database is down", null);
        }
        visitor.visit(name);
      }
    }
  }
}
