package org.doveadmsshd.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log that is written to as the configuration changes. */
class ConfiguredAuditTest {
  /** Takes nothing, as a full disk. */
  private static final Path FULL = Path.of("/dev/full");

  @TempDir Path directory;
  private final ConfiguredAudit audit = new ConfiguredAudit(Clock.systemUTC());

  @AfterEach
  void close() throws IOException {
    audit.close();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private void configure(String name) throws Failure {
    audit.configure(Optional.of(file(name)), true);
  }

  private void note(String who) throws Failure {
    audit.note(AuditEvent.login(who, Login.NONE, Outcome.OK));
  }

  private List<String> noted(String name) throws IOException {
    return Files.readAllLines(file(name)).stream()
        .map(line -> line.replaceAll(".*\"master\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  @Test
  void withoutALogNothingIsWrittenAndEverythingMayBeDone() throws Exception {
    note("admin");
    audit.check();
    audit.configure(Optional.empty(), true);
    note("admin");
    audit.check();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whatIsNotedStandsInTheLogThatIsConfigured() throws Exception {
    configure("one");
    note("a");
    configure("two");
    note("b");
    note("c");
    assertThat(noted("one")).containsExactly("a");
    assertThat(noted("two")).containsExactly("b", "c");
    assertThat(AuditChain.verify(List.of(file("two"))))
        .isEqualTo(new AuditChain.Report(2, List.of(), false));
  }

  @Test
  void theSameFileThatWasPutAsideIsMadeAnewAndTheChainGoesOn() throws Exception {
    configure("log");
    note("a");
    Files.move(file("log"), file("log.1"));
    note("b");
    configure("log");
    note("c");
    assertThat(noted("log.1")).containsExactly("a", "b");
    assertThat(noted("log")).containsExactly("c");
    assertThat(AuditChain.verify(List.of(file("log.1"), file("log"))))
        .isEqualTo(new AuditChain.Report(3, List.of(), false));
  }

  @Test
  void aLogThatIsTakenOutOfTheConfigurationIsWrittenToNoMore() throws Exception {
    configure("log");
    note("a");
    audit.configure(Optional.empty(), true);
    note("b");
    assertThat(noted("log")).containsExactly("a");
  }

  @Test
  void aLogThatCannotBeWrittenLeavesTheOneThereIsInForce() throws Exception {
    configure("log");
    assertThatThrownBy(() -> configure("no/such/directory/log"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
        .hasMessageContaining("cannot be written");
    note("a");
    assertThat(noted("log")).containsExactly("a");
    audit.check();
  }

  @Test
  void theSameFileThatCannotBeOpenedAnewGoesOnAsItWas() throws Exception {
    configure("log");
    note("a");
    Files.move(file("log"), file("log.1"));
    Files.createDirectory(file("log"));
    assertThatThrownBy(() -> configure("log"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR));
    note("b");
    assertThat(noted("log.1")).containsExactly("a", "b");
  }

  @Test
  void whetherItIsRequiredMayChangeToo() throws Exception {
    audit.configure(Optional.of(FULL), false);
    note("a");
    audit.check();
    audit.configure(Optional.of(FULL), true);
    assertThatThrownBy(() -> note("b")).isInstanceOf(Failure.class);
    assertThatThrownBy(audit::check).isInstanceOf(Failure.class);
    audit.configure(Optional.of(FULL), false);
    note("c");
    audit.check();
  }

  @Test
  void aLogThatWasFullMayBeReplacedByOneThatIsNot() throws Exception {
    audit.configure(Optional.of(FULL), true);
    assertThatThrownBy(() -> note("a")).isInstanceOf(Failure.class);
    configure("log");
    audit.check();
    note("b");
    assertThat(noted("log")).containsExactly("b");
  }

  @Test
  void itMayBeClosedAgainAndAgain() throws Exception {
    audit.close();
    configure("log");
    audit.close();
    audit.close();
  }
}
