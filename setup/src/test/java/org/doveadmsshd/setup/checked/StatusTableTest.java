package org.doveadmsshd.setup.checked;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusTableTest {
  private static final String OURS = "mailbox\tmessages\tunseen\nINBOX\t3\t1\nSent\t2\t0\n";

  @Test
  void theOrderOfMailboxesAndFieldsDoesNotMatter() {
    StatusTable doveadm = StatusTable.parse("mailbox\tunseen\tmessages\nSent\t0\t2\nINBOX\t1\t3\n");
    assertThat(StatusTable.parse(OURS).differences(doveadm)).isEmpty();
    assertThat(doveadm.sum("messages")).isEqualTo(5);
  }

  @Test
  void whatDiffersIsNamed() {
    StatusTable doveadm =
        StatusTable.parse("mailbox\tmessages\tunseen\nINBOX\t4\t1\nTrash\t0\t0\n");
    assertThat(StatusTable.parse(OURS).differences(doveadm))
        .containsExactly(
            "INBOX: messages=3, doveadm 4",
            "Sent: unknown to doveadm",
            "Trash: known to doveadm only");
  }

  @Test
  void whatIsNoTableIsEmpty() {
    assertThat(StatusTable.parse("").mailboxes()).isEmpty();
    assertThat(StatusTable.parse("nonsense\na\tb\n").mailboxes()).isEmpty();
  }
}
