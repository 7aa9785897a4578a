package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.apache.sshd.client.channel.ChannelExec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands whose client has asked for a terminal. */
@Timeout(60)
class TerminalTest extends CalledServer {
  private static final char CONTROL_C = 3;

  private static Consumer<ChannelExec> terminal(String type, int columns) {
    return channel -> {
      channel.setUsePty(true);
      channel.setPtyType(type);
      channel.setPtyColumns(columns);
      channel.setPtyLines(25);
    };
  }

  private static Consumer<ChannelExec> terminal() {
    return terminal("xterm", 80);
  }

  @Test
  void linesEndInCarriageReturnAndLineFeedOnBothStreams() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Ended user = admin.begin("doveadm user '*'", terminal()).end();
      assertThat(user.out()).isEqualTo("jane\r\njoe\r\nmary\r\n");
      Caller.Ended wrong = admin.begin("doveadm nosuch", terminal()).end();
      assertThat(wrong.code()).isEqualTo(64);
      assertThat(wrong.error()).endsWith("\r\n").doesNotContain("\r\r");
    }
  }

  @Test
  void everyLineFeedIsConvertedHoweverItIsWritten() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PtyOutput out = new PtyOutput(bytes)) {
      out.write('\n');
      out.write("a\nb\n\nc".getBytes());
      out.write("xx\nyy".getBytes(), 1, 3);
      out.write(new byte[0]);
    }
    assertThat(bytes).hasToString("\r\na\r\nb\r\n\r\ncx\r\ny");
  }

  @Test
  void controlCStopsTheRun() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call search = admin.begin("doveadm search -u jane all", terminal());
      site.work.awaitBegun();
      search.say("typed " + CONTROL_C + " ahead");
      Caller.Ended ended = search.end();
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.error()).contains("Stopped");
      assertThat(ended.out()).isEmpty();
    }
  }

  @Test
  void whateverElseIsTypedMeansNothing() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call search = admin.begin("doveadm search -u jane all", terminal());
      site.work.awaitBegun();
      search.say("q\n\u0004\u001a\u001c".repeat(2_000));
      assertThat(admin.run("doveadm user joe").code()).as("sent after that").isZero();
      site.work.release("jane");
      assertThat(search.end().code()).isZero();
    }
  }

  @Test
  void withoutATerminalControlCIsAByteOfTheInput() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call save = admin.begin("doveadm save -u mary");
      save.say("Subject: odd\n\na" + CONTROL_C + "b\n");
      assertThat(save.withoutInput().end().code()).isZero();
    }
    assertThat(site.work.mail("mary").mails("INBOX").get(0).text()).contains("a\u0003b");
  }

  @Test
  void namesAreNotTyped() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Ended search = admin.begin("doveadm search -F - all", terminal()).end();
      assertThat(search.out()).isEmpty();
      assertThat(site.work.begunBesides()).isEmpty();
    }
  }

  @Test
  void aMailTellsATerminalNothing() throws Exception {
    site.mail("mary", "odd", "a\u001b[2Jb\u0007\u009bc\n");
    String line = "doveadm fetch -u mary body all";
    try (Caller.LoggedIn admin = caller.admin()) {
      assertThat(admin.run(line).out()).contains("a\u001b[2Jb\u0007");
      assertThat(admin.begin(line, terminal()).end().out())
          .contains("a\uFFFD[2Jb\uFFFD\uFFFDc")
          .doesNotContain("\u001b", "\u0007", "\u009b");
    }
  }

  @Test
  void progressIsForAPersonWhoWatchesATerminal() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call dumb = admin.begin("doveadm search -A all", terminal("dumb", 80));
      Caller.Call sizeless = admin.begin("doveadm search -A all", terminal("xterm", 0));
      Caller.Call none = admin.begin("doveadm search -A all");
      Caller.Call watched = admin.begin("doveadm search -A all", terminal());
      watched.error().await("\rsearch: ");
      watched.error().await("2 users");
      site.work.release("jane");
      assertThat(watched.end().code()).isZero();
      for (Caller.Call each : new Caller.Call[] {dumb, sizeless, none}) {
        assertThat(each.end().error()).contains("search: 3 users").doesNotContain("\rsearch");
      }
    }
  }

  @Test
  void theNameOfATerminalIsNotLong() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      String line = "doveadm user '*'";
      assertThat(admin.begin(line, terminal("x".repeat(255), 80)).end().out()).contains("\r\n");
      assertThat(admin.begin(line, terminal("x".repeat(256), 80)).end().out())
          .as("it is refused, and the command is carried out")
          .isEqualTo("jane\njoe\nmary\n");
    }
  }
}
