package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The interactive shell of a client that has a terminal. */
@Timeout(60)
class ShellCommandTest {
  private static final String CONTROL_C = "\u0003";
  private static final String CONTROL_D = "\u0004";

  private final MemorySite site = new MemorySite();
  private final Caller caller = new Caller(site);

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
}
