package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.Mailbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What force-resync saves of a damaged UID list: what is beyond doubt, and nothing else. */
class DamagedUidListTest {
  private static final String HEAD = "3 V7 N2 G0123456789abcdef0123456789abcdef\n";

  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void fiveMails() throws Exception {
    tree = new MaildirTree(home);
    for (String name : List.of("a", "b", "c", "d", "e")) {
      tree.mail("cur/" + name + ":2,S", "Subject: x\n\nx\n");
    }
  }

  /** Puts the list in order, and says which UID each mail has. */
  private Map<String, Long> mended(String list) throws Exception {
    Files.writeString(tree.root.resolve("dovecot-uidlist"), list);
    try (Mailbox mailbox = tree.inbox()) {
      mailbox.resync();
    }
    Map<String, Long> uids = new TreeMap<>();
    try (Mailbox mailbox = tree.inbox()) {
      for (Mail mail : mailbox.mails(true)) {
        uids.put(mail.storageId(), mail.uid());
      }
    }
    return uids;
  }

  private static String lines(String... lines) {
    return HEAD + String.join("\n", lines) + "\n";
  }

  private long validity() throws Exception {
    try (Mailbox mailbox = tree.inbox()) {
      return mailbox.identifiers().uidValidity();
    }
  }

  @Test
  void mailsOfGoodLinesKeepTheirUidsAndWhatIsNotedBesideThem() throws Exception {
    String list = lines("3 :a", "garbage", "10 P77 Gother :c", "11 :d", "12 :e");
    assertThat(mended(list)).isEqualTo(Map.of("a", 3L, "b", 14L, "c", 10L, "d", 11L, "e", 12L));
    assertThat(tree.uidList()).contains("\n10 P77 Gother :c\n");
    assertThat(validity()).isEqualTo(7);
    assertThat(tree.warnings)
        .singleElement()
        .asString()
        .contains("Mailbox INBOX", "(line 3:", "4 of its 5 mails keep their UIDs");
  }

  @Test
  void ofLinesThatAreNotInOrderNoneCounts() throws Exception {
    assertThat(mended(lines("1 :a", "2 :b", "9 :c", "4 :d", "10 :e")))
        .isEqualTo(Map.of("a", 1L, "b", 2L, "c", 11L, "d", 12L, "e", 10L));
  }

  @Test
  void aUidThatTwoLinesHaveIsNobodys() throws Exception {
    assertThat(mended(lines("1 :a", "2 :b", "2 :c", "4 :d", "5 :e")))
        .isEqualTo(Map.of("a", 1L, "b", 6L, "c", 7L, "d", 4L, "e", 5L));
  }

  @Test
  void aMailThatTwoLinesHaveInADamagedListGetsANewUid() throws Exception {
    assertThat(mended(lines("1 :a", "2 :b", "3 :a", "x", "4 :d", "5 :e")))
        .containsEntry("a", 7L)
        .containsEntry("b", 2L);
  }

  @Test
  void noUidIsGivenAnewThatMayHaveStoodInALineThatCannotBeRead() throws Exception {
    assertThat(mended(lines("1 :a", "2 :b", "x", "y", "z")))
        .isEqualTo(Map.of("a", 1L, "b", 2L, "c", 6L, "d", 7L, "e", 8L));
    String rubbish = "\0".repeat(40_000);
    assertThat(mended(HEAD + "1 :a\n" + rubbish + "\n2 :b\n").get("c"))
        .isGreaterThan(rubbish.length() / 20);
    assertThat(mended(HEAD + "1 :a\n2 :b\nx\n" + rubbish).get("c"))
        .isGreaterThan(rubbish.length() / 20);
  }

  @Test
  void aLineTooLongIsPassedOverWholeWhateverItsEndLooksLike() throws Exception {
    String line = "3 :" + "x".repeat(100_000) + "\0" + "\n";
    Map<String, Long> uids = mended(HEAD + "1 :a\n" + line + "7 :b\n");
    assertThat(uids).containsEntry("a", 1L).containsEntry("b", 7L);
  }

  @Test
  void halfALineAtTheEndHasHadAUid() throws Exception {
    try (Mailbox mailbox = tree.inbox()) {
      Files.writeString(tree.root.resolve("dovecot-uidlist"), HEAD + "1 :a\n2 :b\n3 :");
      assertThat(mailbox.mails(true).get(2).uid()).isEqualTo(4);
    }
  }

  @Test
  void aDamagedGuidCostsNoMailItsUid() throws Exception {
    assertThat(mended("3 V7 N2 Gxyz\n1 :a\n2 :b\n3 :c\n4 :d\n5 :e\n"))
        .isEqualTo(Map.of("a", 1L, "b", 2L, "c", 3L, "d", 4L, "e", 5L));
    assertThat(validity()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3 V N9 Gx\n1 :a\n",
        "3 V7 Nx\n1 :a\n",
        "garbage\n9 :a\n",
        "3 V7 N4294967290\nx\n"
      })
  void whereNobodyCanKnowWhichUidsThereWereUidvalidityChanges(String list) throws Exception {
    assertThat(mended(list)).isEqualTo(Map.of("a", 1L, "b", 2L, "c", 3L, "d", 4L, "e", 5L));
    assertThat(validity()).isNotEqualTo(7);
    assertThat(tree.warnings).singleElement().asString().contains("its 5 mails get new UIDs");
  }

  @Test
  void aListWhoseUidsAreUsedUpIsRebuiltWhenItIsAskedFor() throws Exception {
    String list = "3 V7 N4294967295 G0123456789abcdef0123456789abcdef\n1 :a\n";
    Files.writeString(tree.root.resolve("dovecot-uidlist"), list);
    try (Mailbox mailbox = tree.inbox()) {
      assertThatThrownBy(() -> mailbox.mails(true)).hasMessageContaining("doveadm force-resync");
    }
    assertThat(tree.uidList()).isEqualTo(list);
    assertThat(mended(list)).isEqualTo(Map.of("a", 1L, "b", 2L, "c", 3L, "d", 4L, "e", 5L));
    assertThat(validity()).isNotEqualTo(7);
  }
}
