package org.doveadmsshd.brain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page as Chromium shows it. Skipped where there is none. */
@Timeout(300)
class PageInBrowserTest {
  private static final Pattern ROW = Pattern.compile("role=\"row\" aria-rowindex=");

  @TempDir private Path directory;
  private Browser browser;
  private SampleJournal journal;

  @BeforeEach
  void begin() throws IOException {
    Optional<Browser> found = Browser.find(directory);
    assumeTrue(found.isPresent(), "Chromium is not installed (chromium-headless-shell)");
    browser = found.orElseThrow();
    journal = new SampleJournal(directory.resolve("a.journal"));
  }

  private Path page() throws Failure, IOException {
    journal.close();
    Path page = directory.resolve("run.html");
    try (OutputStream out = Files.newOutputStream(page)) {
      ReportForm.PAGE.write(List.of(journal.path()), ReportFormTest.ABOUT, out);
    }
    return page;
  }

  /** Text of the first element that is begun so. */
  private static String text(String document, String begin) {
    Matcher matcher = Pattern.compile(begin + "[^>]*>(.*?)</", Pattern.DOTALL).matcher(document);
    assertThat(matcher.find()).as(begin).isTrue();
    return matcher.group(1).replaceAll("<[^>]*>", "");
  }

  private static String section(String document, String id) {
    int from = document.indexOf("<section id=\"" + id + "\"");
    return document.substring(from, document.indexOf("</section>", from));
  }

  /** 400 users on two servers, of which one has a bad disk. */
  private void failingRun() {
    for (int i = 0; i < 400; i++) {
      String server = i % 2 == 0 ? "mail1" : "mail2";
      if (i % 20 == 1) {
        String said = "Mailbox " + i + ": Input/output error";
        journal.user("u" + i, server, i % 4 / 2, "temporary", said, 10 * i, 4_000);
      } else {
        journal.ok("u" + i, server, i % 4 / 2, 10 * i, 1000 * (i + 1));
      }
    }
    journal.ended(5_000, 75);
  }

  @Test
  void whatFailedAndWhereStandsAtTheTop() throws Exception {
    failingRun();
    String document = browser.document(page(), "");
    assertThat(document).contains("data-shown=\"all\"");
    assertThat(text(document, "<title")).isEqualTo("20 failed: expunge – doveadm report");
    assertThat(text(document, "<h1")).isEqualTo("20 of 400 users failed");
    assertThat(text(document, "<p class=\"why\""))
        .isEqualTo("20 × temporary: Mailbox …: Input/output error – all on mail2.");
    assertThat(text(document, "<p class=\"line mono\""))
        .isEqualTo("doveadm expunge -A mailbox 'Trash can'");
    assertThat(text(document, "<p class=\"facts\""))
        .startsWith("by admin on ops · ")
        .endsWith(" · took 5.0 s · 2 servers · 4 lanes · placement any");
  }

  @Test
  void theNumbersAreThoseOfTheJournal() throws Exception {
    failingRun();
    String document = browser.document(page(), "");
    String tiles = section(document, "tiles").replaceAll("<[^>]*>", "|");
    assertThat(tiles)
        .contains(
            "|400||users|",
            "|20||failed|",
            "|80||users a second|",
            "|39.1 KiB||sent by workers|",
            "|800||expunged|");
    String servers =
        section(document, "servers").replaceAll("<[^>]*>+", "|").replaceAll("\\|+", "|");
    assertThat(servers)
        .contains("|mail2|200|20|40|", "|mail1|200|0|40|")
        .matches("(?s).*mail2.*mail1.*"); // the one that fails first
    String slowest =
        section(document, "slowest").replaceAll("<[^>]*>", "|").replaceAll("\\|+", "|");
    assertThat(slowest).contains("|u399|mail2|ok|400 ms|100 B|u398|mail1|ok|399 ms|");
    assertThat(section(document, "durations")).contains("slowest</span>400 ms");
    assertThat(section(document, "speed")).contains("bad-area");
    assertThat(section(document, "lanes")).contains("<canvas").doesNotContain("hidden");
    assertThat(section(document, "runs")).contains("doveadm-ssh 0.1", ">75<");
  }

  @Test
  void aRunInWhichAllWentWellSaysSo() throws Exception {
    journal.ok("joe", "mail1", 0, 0, 5_000).ok("jim", "mail1", 0, 6, 5_000).ended(11, 0);
    String document = browser.document(page(), "");
    assertThat(text(document, "<h1")).isEqualTo("All 2 users are done");
    assertThat(section(document, "failures")).contains("hidden");
  }

  @Test
  void aRunThatWasStoppedOrKilledSaysSo() throws Exception {
    journal.ok("joe", "mail1", 0, 0, 5_000).unasked("jim", "not-begun", "Cancelled");
    String document = browser.document(page(), "");
    assertThat(text(document, "<h1")).isEqualTo("1 of 2 users are done");
    assertThat(text(document, "<p class=\"why\""))
        .isEqualTo("1 user not begun, or stopped. The run has not ended, or its journal was cut.");
  }

  @Test
  void namesOfUsersAndWordsOfServersAreText() throws Exception {
    String evil = ReportFormTest.EVIL;
    journal.user(evil, evil, 0, "temporary", "said " + evil, 0, 1_000);
    String document = browser.document(page(), "");
    assertThat(text(document, "<h1")).isEqualTo("1 of 1 user failed");
    assertThat(document).contains("said &lt;/script&gt;&lt;script&gt;alert(1)");
    assertThat(document.chars()).noneMatch(c -> c == 0x202e || c == 0x1b || c == 0x2028 || c == 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                            | 100,000 users",
        "#search=user77777             | 1 of 100,000 users",
        "#search=USER7777&server=mail1 | 6 of 100,000 users",
        "#outcome=temporary            | 100 of 100,000 users",
        "#search=nobody                | 0 of 100,000 users",
      })
  void aHundredThousandUsersAreSearchedAndFewAreInTheDocument(String fragment, String found)
      throws Exception {
    for (int i = 0; i < 100_000; i++) {
      String outcome = i % 1000 == 500 ? "temporary" : "ok";
      journal.user("user" + i, "mail" + i % 2, i % 4 / 2, outcome, "", i, 1000);
    }
    String document = browser.document(page(), fragment);
    assertThat(text(document, "<output id=\"found\"")).isEqualTo(found);
    assertThat(ROW.matcher(document).results().count()).isLessThan(60);
    if (fragment.contains("77777")) {
      assertThat(ROW.matcher(document).results().count()).isEqualTo(1);
      assertThat(section(document, "users")).contains(">user77777<");
    }
  }

  @ParameterizedTest
  @CsvSource({"false, 246 247 249, 200 30 51", "true, 14 18 25, 255 107 125"})
  void itIsLightOrDarkAsTheSystemIs(boolean dark, String back, String alarm) throws Exception {
    failingRun();
    BufferedImage picture = browser.picture(page(), dark, 1200, 900);
    assertThat(picture.getWidth()).isEqualTo(1200);
    assertThat(colour(picture.getRGB(2, 500))).isEqualTo(back);
    int alarms = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        alarms += colour(picture.getRGB(x, y)).equals(alarm) ? 1 : 0;
      }
    }
    assertThat(alarms).as("what failed is seen at once").isGreaterThan(1000);
  }

  private static String colour(int rgb) {
    Color colour = new Color(rgb);
    return colour.getRed() + " " + colour.getGreen() + " " + colour.getBlue();
  }
}
