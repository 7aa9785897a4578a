package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The interactive shell of a client that has a terminal. */
@Timeout(60)
class ShellCommandTest {
  private static final String CONTROL_C = "\u0003";
  private static final String CONTROL_D = "\u0004";

  private MemorySite site = new MemorySite();
  private Caller caller = new Caller(site);

  private void restart(Consumer<MemorySite.Plan> changes) throws Exception {
    stop();
    site = new MemorySite(changes);
    caller = new Caller(site);
  }

  @AfterEach
  void stop() throws Exception {
    caller.close();
    site.close();
  }

  private static Caller.Call shell(Caller.LoggedIn master) throws Exception {
    return master.shell("xterm", 80, 25).awaits("> ");
  }

  @Test
  void linesAreCarriedOutAndTheLastOnesCodeIsThatOfTheShell() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say("user j*\r");
      shell.awaits("jane\r\njoe\r\n");
      shell.say("doveadm search -u nobody all\r");
      shell.awaits("nobody): Error");
      shell.say(CONTROL_D);
      assertThat(shell.end().code()).isEqualTo(67);
    }
  }

  @Test
  void thePromptSaysWhoseMailTheNextCommandTouches() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say("use jane\r");
      shell.awaits("jane> ");
      shell.say("fetch uid all\r");
      shell.awaits("uid: 2");
      shell.say("use -A\r");
      shell.awaits("all users> ");
      shell.say("exit\r");
      assertThat(shell.end().code()).isZero();
    }
  }

  @Test
  void whoeverChoosesNobodyIsToldHowToDoThatForAllLines() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say("search all\r");
      shell.awaits("search: say for whom, with one of -u");
      shell.awaits("doveadm: Info: use <user or mask>, or use -A, chooses for whom");
      shell.say("exit\r");
      assertThat(shell.end().code()).isEqualTo(64);
    }
  }

  @Test
  void controlCStopsTheRunAndTheShellGoesOn() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say("search -u jane all\r");
      site.work.awaitBegun();
      shell.say("typed ahead" + CONTROL_C);
      shell.awaits("Stopped");
      shell.say("user mary\r");
      shell.awaits("mary\r\n");
      shell.say("exit 3\r");
      assertThat(shell.end().code()).isEqualTo(3);
    }
  }

  @Test
  void everyCommandIsAccountedForAndAllowedByItself() throws Exception {
    try (Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      Caller.Call shell = shell(helper);
      shell.say("search -u jane all\r");
      shell.awaits("01 2\r\n");
      shell.say("search -u mary all\r");
      shell.say(CONTROL_D);
      assertThat(shell.end().code()).isEqualTo(77);
    }
    assertThat(site.audit.of("command")).hasSize(2);
  }

  @Test
  void whoShowsAnIdleShellAndKickEndsIt() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      assertThat(admin.run("doveadm who").out()).contains("shell");
      admin.run("doveadm kick admin");
      assertThat(shell.end().out()).contains("Ended by an administrator (kick)\r\n");
      assertThat(admin.run("doveadm who").out()).doesNotContain("shell");
    }
  }

  @Test
  void kickEndsAShellWhoseCommandIsUnderWay() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say("search -u jane all\r");
      site.work.awaitBegun();
      admin.run("doveadm kick admin");
      assertThat(shell.end().out()).contains("(kick)");
    }
  }

  @Test
  void aStopEndsIdleShellsAtOnceAndWaitsForCommands() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call idle = shell(admin);
      Caller.Call busy = shell(admin);
      busy.say("search -u jane all\r");
      site.work.awaitBegun();
      Thread stop = new Thread(() -> site.sessions.drain(Caller.LONG));
      stop.start();
      assertThat(idle.end().out()).contains("The server is stopping\r\n");
      assertThat(busy.channel().isOpen()).isTrue();
      site.work.release("jane");
      assertThat(busy.end().out()).contains("The server is stopping\r\n");
      stop.join();
    }
  }

  @Test
  void nothingIsLeftOfAClientThatVanishes() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin();
        Caller.LoggedIn other = caller.admin()) {
      shell(admin);
      shell(admin).say("search -u jane all\r");
      site.work.awaitBegun();
      admin.session().close(true);
      Await.until("no shell is left", () -> !other.run("doveadm who").out().contains("shell"));
      Await.until("no run is left", () -> other.run("doveadm who").out().lines().count() == 2);
    }
  }

  @Test
  void anIdleShellIsWarnedAndClosed() throws Exception {
    restart(plan -> plan.shellIdleTimeout = Duration.ofMillis(400));
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = admin.shell("xterm", 80, 25);
      assertThat(shell.end().out())
          .contains("unless a key is pressed")
          .contains("shell_idle_timeout");
    }
  }

  @Test
  void anyTerminalHasAShell() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      for (String type : List.of("dumb", "vt100", "-A/etc", "\u00e4\u0000", "screen-256color")) {
        for (int size : List.of(0, 1, 40, 10_000)) {
          Caller.Call shell = admin.shell(type, size, size);
          shell.say("user jane\rexit\r");
          assertThat(shell.end()).as("%s of %d", type, size).satisfies(this::hasShownJane);
        }
      }
    }
  }

  private void hasShownJane(Caller.Ended ended) {
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("/homes/jane");
  }

  @Test
  void aDumbTerminalGetsPlainLines() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = admin.shell("dumb", 80, 25).awaits("admin> ");
      shell.say("user mxy\u007f\u007f\bjane\r");
      shell.awaits("/Maildir\r\nadmin> ");
      shell.say("half" + CONTROL_C);
      shell.awaits("^C\r\nadmin> ");
      shell.say(CONTROL_D);
      assertThat(shell.end().out()).doesNotContain("\u001b");
    }
  }

  @Test
  void aKeyForOneCommandOpensNoShell() throws Exception {
    site.authorize("admin", "command=\"doveadm user jane\"", MemorySite.STRANGER);
    try (Caller.LoggedIn only = caller.login("admin", MemorySite.STRANGER)) {
      assertThat(only.shell("xterm", 80, 25).end().out()).contains("/homes/jane");
    }
  }

  @Test
  void linesAreThereAgainAfterTheNextLogin(@TempDir Path state) throws Exception {
    restart(plan -> plan.shellHistory = Optional.of(state.resolve("history")));
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say("user jane\rexit\r");
      shell.end();
      Caller.Call next = shell(admin);
      next.say("\u001b[A\u001b[A");
      next.awaits("jane");
    }
    assertThat(state.resolve("history/admin")).hasContent("user jane\nexit\n");
  }
}
