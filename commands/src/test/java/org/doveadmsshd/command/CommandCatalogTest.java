package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandCatalogTest {
  @Test
  void everyCommandExplainsItself() {
    for (Command command : CommandCatalog.all()) {
      assertThat(CommandCatalog.find(command.name())).containsSame(command);
      assertThat(command.manual().summary()).as(command.name()).isNotBlank();
      assertThat(command.manual().description()).as(command.name()).isNotBlank();
    }
  }

  @Test
  void theLongestCommandNameWins() {
    assertThat(CommandCatalog.findAtStart(List.of("mailbox", "status", "x")))
        .get()
        .extracting(Command::name)
        .isEqualTo("mailbox status");
    assertThat(CommandCatalog.findAtStart(List.of("mailbox"))).isEmpty();
  }
}
