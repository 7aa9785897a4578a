package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Oddity;
import org.junit.jupiter.api.Test;

/** What {@code check-mail} says of what a store finds odd. */
class CheckMailTest {
  private final Stage stage = CatalogLines.stage();

  private void odd(Oddity.Kind kind, String detail, Oddity.Mend mend) {
    stage.store.addOddity(new Oddity(kind, "Old Box", ".Old Box/cur/1.a", detail, mend));
  }

  @Test
  void nothingOddIsNoRowAndWell() {
    assertThat(stage.run("check-mail")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).isEmpty();
    assertThat(stage.counts).containsEntry("odd", 0L);
  }

  @Test
  void eachOddityIsARowWithTheCommandThatMendsItAndMakesTheEndADataError() {
    odd(Oddity.Kind.LINK, "", new Oddity.Mend.System("rm '/x/.Old Box/cur/1.a'"));
    odd(Oddity.Kind.DAMAGED, "line 2", new Oddity.Mend.Doveadm("force-resync", "'Old Box'"));
    assertThat(stage.run("check-mail")).isEqualTo(Outcome.DATA_ERROR);
    assertThat(stage.rows)
        .containsExactly(
            List.of("Old Box", ".Old Box/cur/1.a", "symbolic link", "rm '/x/.Old Box/cur/1.a'"),
            List.of(
                "Old Box",
                ".Old Box/cur/1.a",
                "damaged list: line 2",
                "doveadm force-resync -u jane 'Old Box'"));
    assertThat(stage.error()).isEqualTo("2 things are odd");
  }

  @Test
  void itTakesNoArguments() {
    assertThat(stage.run("check-mail", "INBOX")).isEqualTo(Outcome.USAGE);
  }
}
