package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A letter in a file name keeps its meaning, also if that is unknown. */
class KeywordLettersTest {
  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void fourMails() throws Exception {
    tree = new MaildirTree(home);
    mail("1.a:2,a");
    mail("2.b:2,Sac");
    mail("3.c:2,");
  }

  private void mail(String file) throws IOException {
    tree.mail("cur/" + file, "Subject: x\n\nx\n");
  }

  private void keywords(String content) throws IOException {
    Files.writeString(tree.root.resolve("dovecot-keywords"), content);
  }

  private String keywords() throws IOException {
    return Files.readString(tree.root.resolve("dovecot-keywords"));
  }

  @Test
  void whetherAMailHasAFlagIsKnownWithoutTheNamesOfKeywords() throws Exception {
    Files.createDirectory(tree.root.resolve("dovecot-keywords")); // cannot be read as a file
    try (Mailbox mailbox = tree.inbox()) {
      Mail second = mailbox.mails(true).get(1);
      assertThatThrownBy(second::flags).isInstanceOf(Failure.class);
      assertThat(second.has(Flag.SEEN)).isTrue();
      assertThat(second.has(Flag.ANSWERED)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$A",
        "0$A",
        "0 ",
        " $A",
        "-0 $A",
        "+0 $A",
        "0x $A",
        "0000000000 $A",
        "26 $A",
        "0 $\0A"
      })
  void aLineThatIsNoneLeavesItsLetterUnnamed(String line) throws Exception {
    keywords(line + "\n2 $C\r\n");
    assertThat(all())
        .isEqualTo(Map.of(1L, List.of("unknown-0"), 2L, List.of("unknown-0", "$C"), 3L, List.of()));
  }

  private Map<Long, List<String>> all() throws Failure {
    Map<Long, List<String>> all = new LinkedHashMap<>();
    try (Mailbox mailbox = tree.inbox()) {
      for (Mail mail : mailbox.mails(true)) {
        all.put(mail.uid(), mail.flags().keywords());
      }
    }
    return all;
  }

  private void add(long uid, String... added) throws Failure {
    try (Mailbox mailbox = tree.inbox()) {
      Map<Mail, Flags> changes = new LinkedHashMap<>();
      for (Mail mail : mailbox.mails(true)) {
        if (mail.uid() == uid) {
          changes.put(mail, mail.flags().plus(new Flags(0, List.of(added))));
        }
      }
      mailbox.setFlags(changes);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(tree.root.resolve("cur"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aLetterWithoutANameIsNeverGivenToAnotherKeyword() throws Exception {
    add(3, "$Phishing");
    assertThat(all())
        .isEqualTo(
            Map.of(
                1L, List.of("unknown-0"),
                2L, List.of("unknown-0", "unknown-2"),
                3L, List.of("$Phishing")));
    assertThat(files()).containsExactly("1.a:2,a", "2.b:2,Sac", "3.c:2,b");
    assertThat(keywords()).isEqualTo("0 unknown-0\n1 $Phishing\n2 unknown-2\n");
  }

  @Test
  void aMailWithSuchALetterKeepsIt() throws Exception {
    add(1, "$Phishing");
    assertThat(files()).containsExactly("1.a:2,ab", "2.b:2,Sac", "3.c:2,");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0 $Work\n2 $Home\n",
        "2 $Home\n0 $Old\n0 $Work\n",
        "0 $Work\r\n2 $Home\r\n",
        "0 Junk\n2 junk\n",
        "0 Junk\n1 \n2 $Home\nnonsense\n99 $Far\n-1 x\n"
      })
  void whateverTheFileSaysAKeywordMoreTakesNoneAway(String content) throws Exception {
    keywords(content);
    Map<Long, List<String>> before = all();
    for (long uid = 1; uid <= 3; uid++) {
      add(uid, "$Added");
    }
    Map<Long, List<String>> after = all();
    for (long uid = 1; uid <= 3; uid++) {
      assertThat(after.get(uid)).containsAll(before.get(uid)).contains("$Added");
      assertThat(after.get(uid)).hasSize(before.get(uid).size() + 1);
      assertThat(after.get(uid)).noneMatch(name -> name.endsWith("\r"));
    }
    assertThat(files()).containsExactly("1.a:2,ab", "2.b:2,Sabc", "3.c:2,b");
  }

  @Test
  void aCopyHasItsKeywordsWithAndWithoutNames() throws Exception {
    keywords("1 $Work\n");
    Files.move(tree.root.resolve("cur/2.b:2,Sac"), tree.root.resolve("cur/2.b:2,ab"));
    tree.mailbox(".Archive");
    try (MailStore store = tree.open();
        Mailbox inbox = store.find("INBOX").orElseThrow();
        Mailbox archive = store.find("Archive").orElseThrow();
        Delivery delivery = archive.deliver()) {
      delivery.copy(inbox.mails(true).get(1));
      delivery.commit();
      assertThat(archive.mails(false).get(0).flags().keywords())
          .containsExactlyInAnyOrder("$Work", "unknown-0");
    }
  }

  @Test
  void aMailThatComesWithSuchALetterAndANewKeywordHasBoth() throws Exception {
    tree.mailbox(".Other");
    tree.mail(".Other/cur/9.z:2,c", "Subject: x\n\nx\n");
    Files.writeString(tree.root.resolve(".Other/dovecot-keywords"), "2 $New\n");
    try (MailStore store = tree.open();
        Mailbox inbox = store.find("INBOX").orElseThrow();
        Mailbox other = store.find("Other").orElseThrow();
        Delivery delivery = other.deliver()) {
      delivery.save(
          new ByteArrayInputStream("Subject: y\n\ny\n".getBytes(StandardCharsets.UTF_8)),
          new Delivery.About(
              new Flags(0, List.of("$Late")),
              OptionalLong.empty(),
              Optional.empty(),
              OptionalLong.empty()));
      delivery.copy(inbox.mails(true).get(0));
      delivery.commit();
      assertThat(other.mails(true).stream().map(KeywordLettersTest::keywords))
          .containsExactlyInAnyOrder(List.of("$New"), List.of("$Late"), List.of("unknown-0"));
    }
  }

  private static List<String> keywords(Mail mail) {
    try {
      return mail.flags().keywords();
    } catch (Failure e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void allLettersInUseLeaveRoomForNoFurtherKeyword() throws Exception {
    mail("4.d:2,abcdefghijklmnopqrstuvwxyz");
    assertThatThrownBy(() -> add(3, "$New")).hasMessageContaining("26 keywords");
    assertThat(tree.root.resolve("dovecot-keywords")).doesNotExist();
    assertThat(files()).contains("3.c:2,");
  }

  @Test
  void aKeywordOfMoreThanFiftyCharactersIsRefusedAndOneThatIsThereKept() throws Exception {
    String tooLong = "k".repeat(51);
    assertThatThrownBy(() -> add(3, tooLong))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(65))
        .hasMessageContaining("50 characters");
    add(3, "k".repeat(50));
    keywords("0 " + tooLong + "\n");
    tree.mailbox(".Other");
    try (MailStore store = tree.open();
        Mailbox inbox = store.find("INBOX").orElseThrow();
        Mailbox other = store.find("Other").orElseThrow();
        Delivery delivery = other.deliver()) {
      delivery.copy(inbox.mails(true).get(0));
      delivery.commit();
      assertThat(other.mails(true).get(0).flags().keywords()).containsExactly(tooLong);
    }
  }
}
