package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.server.Daemon;
import org.doveadmsshd.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Terms on lanes of a whole server. */
@Timeout(120)
class TermsTest {
  private static final String USER = "user0001@example.com";

  @TempDir Path directory;

  /** Asks for the user with these terms on one lane; says how each request ended. */
  private static List<Outcome> outcomes(TestSite site, long... terms) throws Exception {
    ByteArrayOutputStream asked = new ByteArrayOutputStream();
    asked.write(
        Recording.frame(new Message.Hello(Limits.VERSION, "test", Optional.empty(), List.of())));
    for (int i = 0; i < terms.length; i++) {
      asked.write(Recording.frame(search(i + 1, terms[i])));
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Message each : answers(site, asked.toByteArray())) {
      if (each instanceof Message.Hello) {
        assertThat(((Message.Hello) each).extensions()).contains(Extension.TERMS);
      } else if (each instanceof Message.Done) {
        outcomes.add(((Message.Done) each).outcome());
      }
    }
    return outcomes;
  }

  private static Message search(int id, long term) {
    return new Message.Run(id, USER, "search", List.of("all"), 0, 0, false, OptionalLong.of(term));
  }

  private static List<Message> answers(TestSite site, byte[] asked) throws IOException {
    List<String> words = new ArrayList<>(site.ssh("admin", "-s"));
    words.add("doveadm");
    Process client = new ProcessBuilder(words).start();
    try (OutputStream in = client.getOutputStream()) {
      in.write(asked);
    }
    return Recording.messages(client.getInputStream().readAllBytes());
  }

  @Test
  void whatOneLaneHasSeenAnotherOneKnowsAndSoDoesTheServerAfterARestart() throws Exception {
    try (TestSite site = new TestSite(directory, 3, "terms_directory = terms\n")) {
      assertThat(outcomes(site, 7, 6, 8))
          .containsExactly(Outcome.OK, Outcome.TEMPORARY_FAILURE, Outcome.OK);
      assertThat(outcomes(site, 7, 8)).containsExactly(Outcome.TEMPORARY_FAILURE, Outcome.OK);
      assertThat(site.doveadm("reload").code()).isZero();
      assertThat(outcomes(site, 7, 8)).containsExactly(Outcome.TEMPORARY_FAILURE, Outcome.OK);
      assertThat(site.doveadm("search -u " + USER + " all").code()).as("without a term").isZero();
      site.daemon.stop(Duration.ofSeconds(1));
      Settings read = Settings.read(directory.resolve("sshd.conf"), CommandCatalog.scopeWords());
      Daemon next = new Daemon(read, Clock.systemUTC(), "test");
      next.start();
      try {
        site.isServedAt(next.port());
        assertThat(outcomes(site, 7, 8)).containsExactly(Outcome.TEMPORARY_FAILURE, Outcome.OK);
      } finally {
        next.stop(Duration.ofSeconds(1));
      }
    }
  }
}
