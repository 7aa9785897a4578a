package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that do not read, or do not send, hold up no other client. */
@Timeout(180)
class StubbornClientsTest {
  private static final String USER = "user0001@example.com";
  private static final String FETCH = "doveadm fetch -u " + USER + " text mailbox Big all";
  private static final long BIG = 24L * 1024 * 1024;

  @TempDir Path directory;

  @Test
  void whatAClientWithAWindowOfTwoGigabytesDoesNotReadIsNotKeptForIt() throws Exception {
    try (TestSite site = new TestSite(directory, 4);
        StubbornClient client = new StubbornClient(site)) {
      long size = putBigMail(site);
      Process other = new ProcessBuilder(words(site, FETCH)).start();
      StubbornClient.Running stuck = client.runWithoutReading(FETCH);
      assertThat(other.getInputStream().readAllBytes()).hasSizeGreaterThan((int) size);
      assertThat(site.doveadm("who").out()).contains("fetch -u " + USER); // as long as it likes
      client.goOnReading();
      assertThat(stuck.code()).isZero();
    }
  }

  @Test
  void aClientThatTakesNothingForLongerThanWriteTimeoutIsGivenUp() throws Exception {
    try (TestSite site = new TestSite(directory, 4, "write_timeout = 1s\n");
        StubbornClient client = new StubbornClient(site)) {
      putBigMail(site);
      client.runWithoutReading(FETCH);
      awaitNobodyBut(site, "fetch");
    }
  }

  @Test
  void runsThatWaitForInputKeepNobodyFromWorkingAndKickEndsThemWithALineAndACode()
      throws Exception {
    List<StubbornClient> clients = new ArrayList<>();
    List<StubbornClient.Running> waiting = new ArrayList<>();
    try (TestSite site = new TestSite(directory, 4)) {
      for (int i = 0; i < 5; i++) {
        clients.add(new StubbornClient(site));
        for (int j = 0; j < 15; j++) {
          waiting.add(clients.get(i).run("doveadm save -u " + USER));
        }
      }
      TestSite.Result search = site.doveadm("search -u " + USER + " all");
      assertThat(search.code()).as(search.error()).isZero();
      while (site.doveadm("who").out().lines().filter(line -> line.contains("save")).count() < 75) {
        Thread.onSpinWait(); // until all have begun
      }
      assertThat(site.doveadm("kick admin").code()).isZero();
      for (StubbornClient.Running each : waiting) {
        assertThat(each.code()).isEqualTo(75);
        assertThat(each.said()).contains("kick");
      }
      assertThat(site.doveadm("who").out()).doesNotContain("save");
    } finally {
      for (StubbornClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void kickEndsARunWhoseClientDoesNotRead() throws Exception {
    try (TestSite site = new TestSite(directory, 4);
        StubbornClient client = new StubbornClient(site)) {
      putBigMail(site);
      client.runWithoutReading(FETCH);
      while (!site.doveadm("who").out().contains("fetch")) {
        Thread.onSpinWait(); // until it has begun
      }
      assertThat(site.doveadm("kick admin").code()).isZero();
      awaitNobodyBut(site, "fetch");
    }
  }

  @Test
  void aCommandThatGetsNoInputGivesUpAfterInputTimeout() throws Exception {
    try (TestSite site = new TestSite(directory, 4, "input_timeout = 1s\n");
        StubbornClient client = new StubbornClient(site)) {
      StubbornClient.Running save = client.run("doveadm save -u " + USER);
      assertThat(save.code()).isEqualTo(75);
      assertThat(save.said()).contains("input_timeout");
    }
  }

  @Test
  void aClientThatDoesNotReadAnswersMayNotAskForMoreOfThem() throws Exception {
    try (TestSite site = new TestSite(directory, 4);
        StubbornClient client = new StubbornClient(site)) {
      client.runWithoutReading("doveadm search -u " + USER + " all");
      assertThat(client.asks(300_000)).isFalse();
      assertThat(site.doveadm("search -u " + USER + " all").code()).isZero();
    }
  }

  @Test
  void aStrangerWhoDoesNotReadAnswersMayNotAskForMoreOfThem() throws Exception {
    try (TestSite site = new TestSite(directory, 4);
        StubbornClient client = StubbornClient.stranger(site)) {
      assertThat(client.asksBeforeLogin(300_000)).isFalse();
      assertThat(site.doveadm("search -u " + USER + " all").code()).isZero();
    }
  }

  @Test
  void aClientMaySendNothingBeforeSomebodyReads() throws Exception {
    try (TestSite site = new TestSite(directory, 4, "input_timeout = 1s\n");
        StubbornClient client = new StubbornClient(site)) {
      StubbornClient.Running reads = client.run("doveadm save -u " + USER);
      StubbornClient.Running none = client.run("doveadm search -u " + USER + " all");
      assertThat(none.code()).isZero();
      assertThat(none.channel().getRemoteWindow().getSize()).isZero();
      assertThat(reads.code()).isEqualTo(75);
      assertThat(reads.channel().getRemoteWindow().getSize()).isPositive();
    }
  }

  @Test
  void whoeverStopsTheServerHasThoseWhoWaitForInputTold() throws Exception {
    try (TestSite site = new TestSite(directory, 4);
        StubbornClient client = new StubbornClient(site)) {
      StubbornClient.Running save = client.run("doveadm save -u " + USER);
      while (!site.doveadm("who").out().contains("save")) {
        Thread.onSpinWait(); // until it has begun
      }
      site.daemon.stop(java.time.Duration.ofMillis(10));
      assertThat(save.code()).isEqualTo(75);
      assertThat(save.said()).contains("stopping");
    }
  }

  private static void awaitNobodyBut(TestSite site, String gone) throws Exception {
    while (site.doveadm("who").out().contains(gone)) {
      Thread.onSpinWait(); // the test's own time limit ends this
    }
  }

  private static List<String> words(TestSite site, String line) {
    List<String> words = site.ssh("admin");
    words.add(line);
    return words;
  }

  /** More than the system's buffers for a connection take. Returns its size. */
  private static long putBigMail(TestSite site) throws Exception {
    assertThat(site.doveadm("mailbox create -u " + USER + " Big").code()).isZero();
    Path mail = site.maildir(USER).resolve(".Big/new/1.big.host");
    byte[] line = "0123456789012345678901234567890123456789012345678901234567890\n".getBytes();
    try (OutputStream out = Files.newOutputStream(mail)) {
      out.write("Subject: big\n\n".getBytes());
      byte[] lines = new byte[line.length * 1024];
      for (int i = 0; i < lines.length; i++) {
        lines[i] = line[i % line.length];
      }
      for (long size = 0; size < BIG; size += lines.length) {
        out.write(lines);
      }
    }
    return Files.size(mail);
  }
}
