package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bar of {@code doveadm-ssh} in a real terminal, whose size changes. */
@Timeout(180)
class ProgressAtTerminalTest {
  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Tmux.isThere(), "needs tmux");
    site = new TestSite(directory, 30);
  }

  @AfterAll
  static void stop() {
    if (site != null) {
      site.close();
    }
  }

  /** A run that takes minutes when nobody stops it. */
  private static Tmux slowRun(String... variables) throws Exception {
    List<String> words = new ArrayList<>(List.of("env"));
    words.addAll(List.of(variables));
    words.addAll(
        site.doveadmSshWords(
            "--max-rate", "10/min", "mailbox", "status", "-A", "messages", "Nowhere"));
    return new Tmux(directory, words);
  }

  private static List<String> bars(List<String> lines) {
    return lines.stream().filter(line -> line.startsWith("mailbox status: ")).toList();
  }

  /** Waits until there is one bar, and it is like that. */
  private static void awaitsBar(Tmux terminal, String form) throws Exception {
    terminal.awaits(
        "a bar: " + form,
        lines -> bars(lines).size() == 1 && bars(lines).get(0).stripTrailing().matches(form));
  }

  @Test
  void theBarStandsBelowWhatIsSaidAndGoesWithTheSizeOfTheTerminal() throws Exception {
    try (Tmux terminal = slowRun()) {
      awaitsBar(terminal, ".* of 30 users, [0-9]+ failed.*");
      assertThat(bars(terminal.screen())).hasSize(1).first().asString().contains("▕", "▏ ", " %");
      terminal.resize(34, 8);
      awaitsBar(terminal, ".* of 30 users");
    }
  }

  @Test
  void nothingIsLeftOfItWhenTheRunIsStopped() throws Exception {
    try (Tmux terminal = slowRun()) {
      awaitsBar(terminal, ".* of 30 users, [0-9]+ failed.*");
      terminal.press("C-c");
      terminal.awaitsEnd();
      assertThat(bars(terminal.all())).hasSize(1).first().asString().contains("not begun");
    }
  }

  @Test
  void failuresAreRedUnlessColoursAreNotWanted() throws Exception {
    try (Tmux terminal = slowRun()) {
      awaitsBar(terminal, ".* of 30 users, [0-9]+ failed.*");
      assertThat(terminal.styled()).contains("\u001b[31mmailbox status: ");
    }
    try (Tmux terminal = slowRun("NO_COLOR=1")) {
      awaitsBar(terminal, ".* of 30 users, [0-9]+ failed.*");
      assertThat(terminal.styled()).contains("mailbox status: ").doesNotContain("\u001b[31m");
    }
  }
}
