package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands that need neither user nor server. */
@Timeout(60)
class LocalRunTest {
  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    assertThat(typed.held()).as("memory is given back").isZero();
    typed.close();
  }

  @Test
  void rowsArePrintedInTheirOrder() throws Exception {
    assertThat(typed.run(List.of(), "", "mailbox", "mutf7", "ä", "b")).isZero();
    assertThat(typed.printed()).isEqualTo("&AOQ-\nb\n");
    assertThat(typed.said()).isEmpty();
  }

  @Test
  void theFormatMayBeChosen() throws Exception {
    assertThat(typed.run(List.of(), "", "-f", "ndjson", "mailbox", "mutf7", "ä")).isZero();
    assertThat(typed.printed()).isEqualTo("{\"name\":\"&AOQ-\"}\n");
  }

  @Test
  void titlesMayBeLeftOut() throws Exception {
    assertThat(typed.run(List.of(), "", "-f", "tab", "mailbox", "mutf7", "a")).isZero();
    assertThat(typed.printed()).isEqualTo("name\na\n");
    typed.clear();
    assertThat(typed.run(List.of(), "", "-h", "-f", "tab", "mailbox", "mutf7", "a")).isZero();
    assertThat(typed.printed()).isEqualTo("a\n");
  }

  @Test
  void whatWasDoneBeforeAFailureIsPrinted() throws Exception {
    assertThat(typed.run(List.of(), "", "mailbox", "mutf7", "-7", "&AOQ-", "&AOQ", "b"))
        .isEqualTo(65);
    assertThat(typed.printed()).isEqualTo("ä\n");
    assertThat(typed.said()).isEqualTo("doveadm: Error: Mailbox name not valid mUTF-7: &AOQ\n");
  }

  @Test
  void aPasswordMayComeFromStandardInput() throws Exception {
    assertThat(typed.run(List.of(), "sesame\n", "pw", "-s", "PLAIN")).isZero();
    assertThat(typed.printed()).isEqualTo("{PLAIN}sesame\n");
  }
}
