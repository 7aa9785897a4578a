package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.Mailbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the name of a file says of its mail, as Debian's Dovecot 2.3.19 reads and writes it. */
class FileNamesTest {
  private static final String MAIL = "Subject: x\n\nx\n";
  private static final int VIRTUAL = 17;

  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = new MaildirTree(home);
  }

  private Mail only(Mailbox mailbox) throws Failure {
    List<? extends Mail> mails = mailbox.mails(true);
    assertThat(mails).hasSize(1);
    return mails.get(0);
  }

  private String file() throws IOException {
    try (Stream<Path> files = Files.list(tree.root.resolve("cur"))) {
      return files.map(file -> file.getFileName().toString()).findAny().orElseThrow();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.a | '' | 1.a:2,R",
        "1.a:2, | '' | 1.a:2,R",
        "1.a:2,S | \\Seen | 1.a:2,RS",
        "1.a:2,TSFD | \\Flagged \\Deleted \\Seen \\Draft | 1.a:2,DFRST",
        "1.a:2,ST,extra | \\Deleted \\Seen | 1.a:2,RST,extra",
        "1.a:1,S | '' | 1.a:2,R",
        "1.a:2S | '' | 1.a:2,R",
        "1.a:2 | '' | 1.a:2,R",
        "1.a:2,X | '' | 1.a:2,RX",
        "1.a:2,s | unknown-18 | 1.a:2,Rs",
        "1.a:2,SS | \\Seen | 1.a:2,RS",
        "1.a:2,S:2,F | \\Flagged | 1.a:2,S:2,FR",
        "1.a:2,,S | '' | 1.a:2,R,S",
        "1.a:x:2,S | \\Seen | 1.a:x:2,RS",
        "1.a:2,aZ9S | \\Seen unknown-0 | 1.a:2,RSZ9a",
        "1.a:2,SF, | \\Flagged \\Seen | 1.a:2,FRS,",
        "1.a:2,S,T,U | \\Seen | 1.a:2,RS,T,U",
      })
  void lettersBehindTheLastColonAreFlagsAndWhatIsNoFlagStays(
      String name, String flags, String answered) throws Exception {
    tree.mail("cur/" + name, MAIL);
    Flags recent = Flags.of(List.of(Flag.RECENT), List.of());
    try (Mailbox inbox = tree.inbox()) {
      Mail mail = only(inbox);
      assertThat(mail.guid()).isEqualTo("1.a");
      Flags before = mail.flags();
      assertThat(before.minus(recent)).hasToString(flags);
      inbox.setFlags(Map.of(mail, before.plus(Flags.of(List.of(Flag.ANSWERED), List.of()))));
      List<Character> letters = letters(answered);
      assertThat(letters(file())).containsExactlyInAnyOrderElementsOf(letters);
      assertThat(file()).startsWith(answered.substring(0, answered.indexOf(":2,") + 3));
      assertThat(file().replaceFirst("[^,]*,[^,]*", ""))
          .isEqualTo(answered.replaceFirst("[^,]*,[^,]*", ""));
      assertThat(mail.flags().has(Flag.ANSWERED)).isTrue();
      inbox.setFlags(Map.of(mail, before));
      assertThat(mail.flags()).isEqualTo(before);
    }
  }

  /** Dovecot has the upper-case letters that are no flags in an order of its own. */
  private static List<Character> letters(String name) {
    List<Character> letters = new ArrayList<>();
    for (char c : name.toCharArray()) {
      letters.add(c);
    }
    return letters;
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.a", "1.a:2,", "1.a:1,S", "1.a:2,X"})
  void aMailThatHasNoFlagsKeepsItsNameWhereNoneAreSet(String name) throws Exception {
    tree.mail("cur/" + name, MAIL);
    try (Mailbox inbox = tree.inbox()) {
      Mail mail = only(inbox);
      Flags none = mail.flags();
      inbox.setFlags(Map.of(mail, Flags.NONE));
      assertThat(mail.flags()).isEqualTo(none);
    }
    assertThat(file()).isEqualTo(name.equals("1.a:1,S") ? "1.a:2," : name);
  }

  @ParameterizedTest
  @CsvSource({
    "'1.a,S=14,W=17', 14, 17",
    "'1.a,W=99', 14, 99",
    "'1.a,S=x', 14, 17",
    "'1.a,S=', 14, 17",
    "'1.a,S=14x', 14, 17",
    "'1.a,W=17,S=14', 14, 17",
    "'1.a,X=5,S=14', 14, 17",
    "'1.aS=99', 14, 17",
    "'1.a,S=99999999999999999999', 14, 17",
    "'1.a,S=15,W=16', 15, 16",
    "'1.a,S=14,S=15', 14, 17",
    "'1.a,,S=14', 14, 17",
    "'1.a,S', 14, 17",
    "'1.a,', 14, 17",
  })
  void sizesThatStandInTheNameAreBelieved(String name, long physical, long virtual)
      throws Exception {
    tree.mail("cur/" + name + ":2,S=77", MAIL);
    try (Mailbox inbox = tree.inbox()) {
      Mail mail = only(inbox);
      assertThat(mail.physicalSize()).isEqualTo(physical);
      assertThat(mail.virtualSize()).isEqualTo(virtual);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".hidden", ":2,S", "line\nbreak", "line\rbreak", ".:2,S"})
  void whatIsNoNameOfAMailIsPassedOver(String name) throws Exception {
    tree.mail("cur/" + name, MAIL);
    tree.mail("cur/1.a:2,", MAIL);
    try (Mailbox inbox = tree.inbox()) {
      assertThat(only(inbox).guid()).isEqualTo("1.a");
      assertThat(inbox.count()).isEqualTo(1);
    }
  }

  @Test
  void theSizeOfAMailWithOtherLineEndsIsThatWithCrlf() throws Exception {
    tree.mail("cur/1.a:2,", MAIL.replace("\n", "\r\n"));
    try (Mailbox inbox = tree.inbox()) {
      assertThat(only(inbox).physicalSize()).isEqualTo(VIRTUAL);
      assertThat(only(inbox).virtualSize()).isEqualTo(VIRTUAL);
    }
  }

  @Test
  void newNamesAreDifferentAndInOrderAndSayTimeProcessAndHost() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      names.add(NewFileName.next());
    }
    assertThat(names).doesNotHaveDuplicates().isSortedAccordingTo(MaildirName.UID_ORDER);
    assertThat(names)
        .allMatch(
            name ->
                name.matches("[0-9]{10}\\.M[0-9]{1,6}P" + ProcessHandle.current().pid() + "\\..+"));
    assertThat(names).noneMatch(name -> name.contains("/") || name.contains(":"));
    long seconds = Long.parseLong(names.get(0).substring(0, 10));
    assertThat(seconds).isCloseTo(System.currentTimeMillis() / 1000, within(600L));
  }

  private static org.assertj.core.data.Offset<Long> within(long seconds) {
    return org.assertj.core.data.Offset.offset(seconds);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2",
    "9, 10",
    "1.M5, 1.M10",
    "1.x, 1.M1",
    "1.M1Pa, 1.M1Pb",
    "1.M1, 1.M1P",
    "a, b",
    "x, 1",
    "1.x.M9, 1.M1",
    "1.a, 1.b",
    "99999999999999999999, 99999999999999999999x",
  })
  void mailsGetTheirUidsByTimeThenMicrosecondsThenName(String first, String second)
      throws Exception {
    assertThat(MaildirName.UID_ORDER.compare(first, second)).isNegative();
    assertThat(MaildirName.UID_ORDER.compare(second, first)).isPositive();
    assertThat(MaildirName.UID_ORDER.compare(first, first)).isZero();
    MailTable table = new MailTable(Room.ANY);
    table.add(second, false);
    table.add(first, false);
    assertThat(table.base(table.unnumbered()[0]).getBytes(StandardCharsets.ISO_8859_1))
        .isEqualTo(first.getBytes(StandardCharsets.ISO_8859_1));
  }
}
