package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.worker.term.TermTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code doveadm-sshd terms}, for a server whose users are jane and joe. */
class TermsCommandTest {
  @TempDir Path directory;
  private SiteFiles site;
  private Path terms;

  @BeforeEach
  void keep() throws Exception {
    site = SiteFiles.in(directory);
    terms = directory.resolve("terms");
    site.configure("terms_directory = " + terms + "\n");
    try (TermTable table = new TermTable(terms)) {
      for (String user : List.of("jane", "gone", "gone2")) {
        table.check(user, 7);
      }
    }
  }

  private Printed terms(String... words) throws Exception {
    return Printed.of(() -> TermsCommand.run(List.of(words), site.file()));
  }

  @Test
  void usersThatThereAreNoMoreAreForgotten() throws Exception {
    assertThat(terms("show").out()).startsWith(terms + ": 3 users, 1,");
    Printed cleaned = terms("clean", "--yes");
    assertThat(cleaned.code()).isZero();
    assertThat(cleaned.out())
        .startsWith(terms + ": 1 user, ")
        .contains("; before there were 3 users, ")
        .hasLineCount(1);
    try (TermTable table = new TermTable(terms)) {
      assertThatThrownBy(() -> table.check("jane", 6)).hasMessageContaining("stale");
      table.check("gone", 6);
    }
  }

  @Test
  void whoeverDoesNotSayThatNobodyWorksByAnOlderPlacementForgetsNobody() throws Exception {
    assertThatThrownBy(() -> terms("clean"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.USAGE))
        .hasMessageContaining("wait until no run of doveadm-ssh goes on that has begun before");
    assertThat(terms("show").out()).contains("3 users");
  }

  @Test
  void whereNoneAreKeptThatIsSaid() throws Exception {
    site.configure("terms_directory = " + directory.resolve("none") + "\n");
    assertThatThrownBy(() -> terms("show"))
        .hasMessage("No terms have been kept yet in " + directory.resolve("none"));
    assertThat(directory.resolve("none")).doesNotExist();
    site.configure("terms_directory =\n");
    assertThatThrownBy(() -> terms("show"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
        .hasMessageContaining("terms_directory is empty");
  }

  @Test
  void wordsThatMeanNothingAreAnsweredByTheUsage() throws Exception {
    Printed printed = terms("forget");
    assertThat(printed.code()).isEqualTo(64);
    assertThat(printed.error()).startsWith("usage: doveadm-sshd terms [-c <file>] show");
    assertThat(Files.list(terms)).hasSize(2);
  }
}
