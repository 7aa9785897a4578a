package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the audit log says after commands through the stock client and through lanes. */
class AuditTest {
  @TempDir static Path directory;
  private static TestSite site;
  private static Path log;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 3, "audit_log = audit.log\n");
    log = directory.resolve("audit.log");
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private static List<String> linesOf(String... words) throws Exception {
    return Files.readAllLines(log).stream()
        .filter(line -> List.of(words).stream().allMatch(line::contains))
        .toList();
  }

  private TestSite.Result verify(Path... files) throws Exception {
    List<String> words = TestSite.java("org.doveadmsshd.server.Main");
    words.addAll(List.of("audit", "verify"));
    for (Path file : files) {
      words.add(file.toString());
    }
    return site.exec(new byte[0], words.toArray(String[]::new));
  }

  @Test
  void everyLoginCommandAndUserIsALineOfAnUnbrokenChain() throws Exception {
    assertThat(site.doveadm("flags add -A '\\Flagged' mailbox INBOX all").code()).isZero();
    String login = "\"event\":\"login\",\"master\":\"admin\",\"method\":\"publickey SHA256:";
    assertThat(linesOf(login, "\"address\":\"127.0.0.1\"")).isNotEmpty();
    assertThat(linesOf("\"event\":\"user\"", "flags add", "\"\\\\Flagged\"")).hasSize(3);
    assertThat(linesOf("\"event\":\"command\"", "\"arguments\":[\"flags\",\"add\",\"-A\""))
        .hasSize(1);
    assertThat(site.as("admin@example.org", "expunge -A mailbox Trash all").code()).isEqualTo(77);
    assertThat(linesOf("\"event\":\"command\"", "admin@example.org", "\"exit\":77")).hasSize(1);
    assertThat(site.doveadm("auth test admin topsecret").code()).isNotZero();
    assertThat(site.doveadmSsh("search", "-A", "mailbox", "INBOX", "all").code()).isZero();
    assertThat(linesOf("\"event\":\"user\"", "\"command\":\"search\"")).hasSize(3);
    assertThat(Files.readString(log)).doesNotContain("topsecret");
    TestSite.Result whole = verify(log);
    assertThat(whole.out()).as(whole.error()).contains("unbroken");
    assertThat(whole.code()).isZero();
    Path changed = directory.resolve("changed.log");
    Files.writeString(changed, Files.readString(log).replaceFirst("Flagged", "Deleted"));
    TestSite.Result broken = verify(changed);
    assertThat(broken.code()).isEqualTo(65);
    assertThat(broken.out()).contains("was changed, or lines are missing");
    assertThat(verify(directory.resolve("nosuch")).code()).isEqualTo(64);
    assertThat(verify().code()).isEqualTo(64);
  }

  @Test
  void anotherFileCountsFromTheNextReloadOn() throws Exception {
    Path configuration = directory.resolve("sshd.conf");
    String before = Files.readString(configuration);
    Path other = directory.resolve("other.log");
    Files.writeString(configuration, before.replaceAll("audit_log = .*", "audit_log = " + other));
    assertThat(site.doveadm("reload").code()).isZero();
    long lines = Files.readAllLines(log).size();
    assertThat(site.doveadm("who").code()).isZero();
    assertThat(Files.readString(other)).contains("\"who\"");
    assertThat(Files.readAllLines(log)).hasSize((int) lines);
    Files.writeString(configuration, before.replaceAll("audit_log = .*", "audit_log = /proc/x"));
    assertThat(site.doveadm("reload").code()).isEqualTo(78);
    Files.writeString(configuration, before);
    assertThat(site.doveadm("reload").code()).isZero();
    assertThat(verify(log).code()).isZero();
    assertThat(verify(other).code()).isZero();
  }
}
