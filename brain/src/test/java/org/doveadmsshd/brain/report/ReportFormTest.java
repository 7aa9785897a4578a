package org.doveadmsshd.brain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written of a report, and that what strangers have written does no harm in it. */
class ReportFormTest {
  static final ReportForm.About ABOUT =
      new ReportForm.About("doveadm-ssh 0.1", Instant.parse("2026-03-02T00:00:00Z"));

  static final String EVIL =
      "</script><script>alert(1)</script>&<!--\u2028\u202e\u001b[2J\u0000'\"";

  @TempDir private Path directory;
  private SampleJournal journal;

  @BeforeEach
  void begin() throws IOException {
    journal = new SampleJournal(directory.resolve("a.journal"));
  }

  private String written(ReportForm form) throws Failure, IOException {
    journal.close();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    form.write(List.of(journal.path()), ABOUT, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLineOfCsvIsForOneUser() throws Exception {
    journal
        .user("a,\"b\"", "one", 3, "temporary", "two\nlines", 1500, 2_500_000)
        .unasked("=HYPERLINK(1)", "not-begun", "")
        .user("x", "one", 0, "temporary", "-", 0, 1)
        .ok("x", "one", 0, 0, 1);
    assertThat(written(ReportForm.CSV))
        .isEqualTo(
            "user,server,lane,outcome,exit_code,text,counts,bytes,begun,seconds,attempts\r\n"
                + "\"a,\"\"b\"\"\",one,3,temporary,75,\"two\nlines\",expunged: 2,100,"
                + "2026-03-01T03:00:01.500Z,2.500000,1\r\n"
                + "'=HYPERLINK(1),,,not-begun,75,,,0,,,0\r\n"
                + "x,one,0,ok,0,,expunged: 2,100,2026-03-01T03:00:00Z,0.000001,1\r\n");
  }

  @Test
  void jsonHasEveryUserAsItIsAndTheNumbers() throws Exception {
    journal.user(EVIL, "one", 0, "temporary", "x", 0, 20_000).ok("b", "two", 1, 0, 1000);
    String json = written(ReportForm.JSON);
    assertThat(json)
        .startsWith("{\"report\":1,\"users\":[{\"user\":\"</script><script>alert(1)</script>&<!--")
        .contains("\\u2028\\u202E\\u001B[2J\\u0000'\\\"\",\"server\":\"one\",\"lane\":0,")
        .contains("\"total\":{\"users\":2,\"failed\":1,\"undone\":0,\"nowhere\":0,\"ends\":2,")
        .contains("\"line\":\"expunge -A mailbox 'Trash can'\"")
        .endsWith("}\n");
  }

  @Test
  void nothingInAPageEndsTheDataButItsEnd() throws Exception {
    journal.user(EVIL, EVIL, 0, "temporary", EVIL, 0, 1000).unasked(EVIL + "2", "unknown", EVIL);
    String page = written(ReportForm.PAGE);
    assertThat(page.split("<script", -1)).as("the data and the script").hasSize(3);
    assertThat(page.split("</script", -1)).hasSize(3);
    String data = page.substring(page.indexOf("{\"program"), page.indexOf("</script>"));
    assertThat(data.chars()).allMatch(c -> c >= ' ' && c < 0x7f && "<>&'".indexOf(c) < 0);
    assertThat(data).contains("\\u003C/script\\u003E").doesNotContain("\\u202E", "\\u001B");
  }

  @Test
  void noOtherScriptRunsInAPageAndNothingIsFetched() throws Exception {
    String page = written(ReportForm.PAGE);
    String style = between(page, "<style>", "</style>");
    String script = page.substring(page.lastIndexOf("<script>") + 8, page.lastIndexOf("</script>"));
    assertThat(between(page, "Content-Security-Policy\" content=\"", "\">"))
        .isEqualTo(
            "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none';"
                + " style-src '"
                + hash(style)
                + "'; script-src '"
                + hash(script)
                + "'");
    assertThat(page).doesNotContain("https://", "http://example", "{{", "innerHTML", " style=");
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin) + begin.length();
    return text.substring(from, text.indexOf(end, from));
  }

  private static String hash(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
    return "sha256-" + Base64.getEncoder().encodeToString(hash);
  }

  @ParameterizedTest
  @EnumSource(ReportForm.class)
  void theReportOfAJournalWithoutUsersIsWhole(ReportForm form) throws Exception {
    assertThat(written(form)).isNotEmpty();
  }

  @Test
  void aPageHoldsNoMoreUsersThanABrowserCanShow() throws Exception {
    for (int i = 0; i < 120_000; i++) {
      journal.ok("user" + i, "one", i % 4, i, 1000);
    }
    journal.close();
    AtomicLong size = new AtomicLong();
    ReportForm.PAGE.write(
        List.of(journal.path()),
        ABOUT,
        new OutputStream() {
          @Override
          public void write(int b) {
            size.incrementAndGet();
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            size.addAndGet(length);
          }
        });
    assertThat(size.get()).isBetween(2_000_000L, 6_000_000L);
  }
}
