package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.junit.jupiter.api.Test;

/** Commands about a server as a whole. */
class ServerCommandsTest {
  private final Stage stage = new Stage();
  private final Server server = new Server();
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
              Masters.NONE,
              new Users(),
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
        .containsExactly("1", "run", "root", "::1", "7", "3", "1", "expunge -A");
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

  private static ServerContext.Activity.ActiveSession entry(
      String id, String master, String doing) {
    String kind = doing.isEmpty() ? "lane" : "run";
    return new ServerContext.Activity.ActiveSession(id, kind, master, "::1", 7, 3, 1, doing);
  }

  /** A server that notes what it is told. */
  private static final class Server implements ServerContext.Activity {
    final List<ActiveSession> entries =
        new ArrayList<>(
            List.of(
                entry("1", "root", "expunge -A"), entry("2", "jane", ""), entry("3", "other", "")));
    final List<String> kicked = new ArrayList<>();
    final List<String> done = new ArrayList<>();

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

  /** Three users. */
  private static final class Users implements Userdb {
    @Override
    public Optional<MailUser> find(String name) {
      Map<String, String> fields = new LinkedHashMap<>();
      String lower = name.toLowerCase(java.util.Locale.ROOT);
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
        visitor.visit(name);
      }
    }
  }
}
