package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.protocol.Limits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VersionReportTest {
  private final Typed typed = new Typed();

  @AfterEach
  void end() {
    typed.close();
  }

  private static Server server(String name, String software) {
    return new OneLane(name, List.of(), attempt -> {}) {
      @Override
      public Optional<String> software() throws Failure {
        if (software == null) {
          throw new Failure(Outcome.TEMPORARY_FAILURE, "Server " + name + ": gone");
        }
        return Optional.of(software);
      }
    };
  }

  @Test
  void theProgramTellsItsVersionThatOfTheProtocolAndOfJava() throws Exception {
    for (String word : List.of("version", "--version")) {
      typed.clear();
      assertThat(typed.run(List.of(OneLane.lane(attempt -> {})), "", word)).isZero();
      assertThat(typed.printed().lines())
          .startsWith("doveadm " + Version.NUMBER, "protocol " + Limits.VERSION)
          .anyMatch(line -> line.startsWith("Java " + Runtime.version().feature()))
          .anyMatch(line -> line.startsWith("Apache MINA SSHD "))
          .noneMatch(line -> line.startsWith("server "));
      assertThat(typed.said()).isEmpty();
    }
  }

  @Test
  void eachServerSaysWhatItIsAndOneThatDoesNotHoldsUpNoOther() throws Exception {
    List<Server> servers =
        List.of(server("a", "x 1\u001b[2J"), server("b", null), server("c", "x 2, protocol 1"));
    assertThat(typed.run(servers, "", "version")).isEqualTo(75);
    assertThat(typed.printed()).endsWith("server a: x 1\ufffd[2J\nserver c: x 2, protocol 1\n");
    assertThat(typed.said()).isEqualTo("doveadm: Error: Server b: gone\n");
  }

  @Test
  void theOptionAsksNoServer() throws Exception {
    assertThat(typed.run(List.of(server("b", null)), "", "--version")).isZero();
    assertThat(typed.printed()).doesNotContain("server ");
  }

  @Test
  void itTakesNoWords() throws Exception {
    assertThat(typed.run(List.of(), "", "version", "2")).isEqualTo(64);
    assertThat(typed.printed()).isEmpty();
  }
}
