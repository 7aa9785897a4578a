package org.doveadmsshd.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.doveadmsshd.command.CommandCatalog;
import org.junit.jupiter.api.Test;

class StatementsTest {
  @Test
  void noneHasTheNameOfACommand() {
    assertThat(Statements.section().manuals())
        .allSatisfy(manual -> assertThat(CommandCatalog.find(manual.name())).isEmpty());
  }

  @Test
  void eachHasOneWordAndIsFoundByIt() {
    assertThat(Statements.all())
        .allSatisfy(
            statement -> {
              assertThat(statement.manual().name()).doesNotContain(" ");
              assertThat(Statements.find(statement.manual().name())).contains(statement);
            });
  }

  @Test
  void linesOfTheirHelpFitATerminal() {
    assertThat(Statements.section().manuals())
        .allSatisfy(
            manual ->
                assertThat(manual.description().lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100)));
  }
}
