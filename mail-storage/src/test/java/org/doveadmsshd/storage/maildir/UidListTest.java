package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.doveadmsshd.posix.Directory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UidListTest {
  private static final String GUID = "0123456789abcdef0123456789abcdef";
  private static final String HEADER = "3 V1700000000 N3 G" + GUID + "\n";

  @TempDir Path mailbox;
  private MailTable table;

  @BeforeEach
  void makeTable() {
    table = new MailTable(Room.ANY);
  }

  /** Reads a list for the mails of some names. */
  private UidList parse(String text, String... names) throws Exception {
    for (String name : names) {
      table.add(name, false);
    }
    write(text);
    try (Directory directory = Directory.open(mailbox)) {
      return new UidListFile(directory, "INBOX").read(table);
    }
  }

  private void write(String text) throws IOException {
    Files.writeString(mailbox.resolve(UidList.FILE), text, StandardCharsets.ISO_8859_1);
  }

  private String content() throws IOException {
    return Files.readString(mailbox.resolve(UidList.FILE), StandardCharsets.ISO_8859_1);
  }

  private String noted(String base, char letter) {
    return UidList.field(table.notes(table.find(base)), letter);
  }

  @Test
  void readsWhatDovecotWrites() throws Exception {
    UidList list =
        parse(
            HEADER + "1 S10 W12 :a.b,S=10\n4 G1795452858.M649862P3048.vm,S=640 :c:d\n7 :x y\n",
            "a.b,S=10:2,S",
            "c",
            "x y",
            "nobody");
    assertThat(list.validity()).isEqualTo(1_700_000_000L);
    assertThat(list.guid()).isEqualTo(GUID);
    assertThat(noted("a.b,S=10", 'W')).isEqualTo("12");
    assertThat(noted("c", 'G')).isEqualTo("1795452858.M649862P3048.vm,S=640");
    assertThat(table.uid(table.find("x y"))).isEqualTo(7);
    assertThat(table.uid(table.find("nobody"))).isZero();
    assertThat(list.strangers()).isZero();
  }

  @Test
  void theNextUidIsNeverBelowOneThatIsTaken() throws Exception {
    assertThat(parse(HEADER).next()).isEqualTo(3);
    assertThat(parse(HEADER + "9 :a\n").next()).isEqualTo(10);
  }

  @Test
  void anUnfinishedLastLineIsIgnoredAndNothingIsAppendedToIt() throws Exception {
    UidList list = parse(HEADER + "1 :a\n2 :b", "a", "b");
    assertThat(list.complete()).isFalse();
    assertThat(table.uid(table.find("b"))).isZero();
    try (Directory directory = Directory.open(mailbox)) {
      new UidListFile(directory, "INBOX").addMissing(list, table, directory);
    }
    assertThat(content()).isEqualTo(HEADER + "1 :a\n3 :b\n");
  }

  @Test
  void versionOneOfCourierIsUnderstoodAndRewrittenAsVersionThree() throws Exception {
    UidList list = parse("1 1234 5\n1 a\n2 b\n", "b", "c");
    assertThat(table.uid(table.find("b"))).isEqualTo(2);
    try (Directory directory = Directory.open(mailbox)) {
      list = new UidListFile(directory, "INBOX").addMissing(list, table, directory);
    }
    assertThat(content())
        .isEqualTo("3 V1234 N5 G" + list.guid() + "\n1 :a\n2 :b\n5 :c\n")
        .doesNotContain("null");
  }

  @Test
  void newMailsGetTheNextUidsInTheOrderOfTheirTimes() throws Exception {
    UidList list =
        parse(HEADER + "5 :a\n", "a", "200.x:2,S", "200.M12P.h", "200.M5P.h", "30.b", "200.M12O");
    try (Directory directory = Directory.open(mailbox)) {
      list = new UidListFile(directory, "INBOX").addMissing(list, table, directory);
    }
    assertThat(content())
        .isEqualTo(HEADER + "5 :a\n6 :30.b\n7 :200.x\n8 :200.M5P.h\n9 :200.M12O\n10 :200.M12P.h\n");
    assertThat(list.next()).isEqualTo(11);
    assertThat(table.uid(table.find("200.M5P.h"))).isEqualTo(8);
  }

  @Test
  void linesOfMailsThatAreGoneAreTakenOut() throws Exception {
    UidList list = parse(HEADER + "1 :a\n2 S5 :b\n3 :c\n", "b");
    assertThat(list.strangers()).isEqualTo(2);
    try (Directory directory = Directory.open(mailbox)) {
      new UidListFile(directory, "INBOX").retain(list, table);
    }
    assertThat(content()).isEqualTo(HEADER.replace("N3", "N4") + "2 S5 :b\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage\n",
        "3 V1 N1",
        "3 N5 G0123456789abcdef0123456789abcdef\n",
        "3 V99999999999 N1\n",
        "3 V1 N1 Gnothex\n",
        HEADER + "2 :a\n1 :b\n",
        HEADER + "1 :a\n1 :b\n",
        HEADER + "0 :a\n",
        HEADER + "4294967295 :a\n",
        HEADER + "1 a\n",
        HEADER + "1 :a/b\n",
        HEADER + "1 ::2,S\n",
        HEADER + "x :a\n"
      })
  void whatIsDamagedIsRefusedRatherThanGuessedAt(String text) throws Exception {
    assertThatThrownBy(() -> read(text.getBytes(StandardCharsets.ISO_8859_1), 100))
        .isInstanceOf(UidList.DamagedException.class);
  }

  @Test
  void aLineOfAnyLengthDoesNotFillMemory() {
    String line = "1 S" + "5".repeat(UidListReader.LONGEST) + " :a\n";
    assertThatThrownBy(() -> read((HEADER + line).getBytes(StandardCharsets.ISO_8859_1), 8192))
        .isInstanceOf(UidList.DamagedException.class)
        .hasMessageContaining("line 2: it is too long");
  }

  /** What a list says: UID and fields by base. */
  private static Map<String, String> read(byte[] list, int most) throws Exception {
    Map<String, String> mails = new HashMap<>();
    UidListReader reader = new UidListReader(inPieces(list, most));
    while (reader.nextMail()) {
      String base = text(reader.line(), reader.baseAt(), reader.baseLength());
      String fields = text(reader.line(), reader.fieldsAt(), reader.fieldsLength());
      mails.put(base, reader.uid() + " " + fields);
    }
    return mails;
  }

  private static String text(byte[] array, int from, int length) {
    return new String(array, from, length, StandardCharsets.ISO_8859_1);
  }

  /** Gives at most this many bytes at once. */
  private static InputStream inPieces(byte[] bytes, int most) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int from, int length) {
        return super.read(target, from, Math.min(length, most));
      }
    };
  }

  /** Compares with what a reader does that takes the lines apart as texts. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void howTheFileIsCutIntoPiecesDoesNotMatter(long seed) throws Exception {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(HEADER);
    Map<String, String> expected = new HashMap<>();
    long uid = 0;
    for (int i = random.nextInt(3000); i > 0; i--) {
      uid += 1 + random.nextInt(1000);
      String base = randomText(random, 1 + random.nextInt(200));
      String fields = random.nextInt(4) == 0 ? "S" + randomText(random, 20) + " Wx" : "";
      String flags = random.nextInt(3) == 0 ? ":2,S/ :" : "";
      text.append(uid).append(fields.isEmpty() ? "" : " " + fields);
      text.append(" :").append(base).append(flags).append(random.nextInt(9) == 0 ? "\n\n" : "\n");
      expected.put(base, uid + " " + fields);
    }
    byte[] list = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    assertThat(read(list, 1 + random.nextInt(50_000))).isEqualTo(expected);
  }

  private static String randomText(Random random, int length) {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      char c = (char) random.nextInt(256);
      text.append(c == '\n' || c == '/' || c == ':' || c == ' ' ? 'x' : c);
    }
    return text.toString();
  }

  /** Compares with a map. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aTableFindsWhatAMapFinds(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, String> files = new HashMap<>();
    List<String> bases = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      boolean known = !bases.isEmpty() && random.nextInt(10) == 0;
      String base =
          known
              ? bases.get(random.nextInt(bases.size()))
              : randomText(random, 1 + random.nextInt(random.nextInt(10) == 0 ? 250 : 60));
      String file = base + (random.nextBoolean() ? ":2,S" : "");
      boolean isNew = random.nextBoolean();
      table.add(file, isNew);
      if (files.put(base, isNew + file) == null) {
        bases.add(base);
      }
    }
    assertThat(table.size()).isEqualTo(files.size());
    long uid = 0;
    for (String base : bases) {
      int mail = table.find(base);
      assertThat(table.isNew(mail) + table.file(mail)).isEqualTo(files.get(base));
      assertThat(table.base(mail)).isEqualTo(base);
      byte[] fields = ("F" + base).getBytes(StandardCharsets.ISO_8859_1);
      uid += 100_000 + random.nextInt(10);
      table.number(mail, uid, fields, 0, uid % 3 == 0 ? 0 : fields.length);
    }
    int[] order = table.byUid();
    for (int i = 0; i < order.length; i++) {
      assertThat(table.base(order[i])).isEqualTo(bases.get(i));
      boolean bare = table.uid(order[i]) % 3 == 0;
      assertThat(table.notes(order[i])).isEqualTo(bare ? "" : "F" + bases.get(i));
    }
    assertThat(table.find(randomText(random, 251))).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mailsWithoutUidAreSortedAsTextsAre(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> bases = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      String base =
          random.nextInt(50)
              + (random.nextInt(3) == 0 ? ".M" + random.nextInt(90) : ".x")
              + "y"
              + i;
      table.add(base + ":2,", false);
      bases.add(base);
    }
    bases.sort(MaildirName.UID_ORDER);
    List<String> sorted = new ArrayList<>();
    for (int mail : table.unnumbered()) {
      sorted.add(table.base(mail));
    }
    assertThat(sorted).isEqualTo(bases);
  }

  /** Counts what is asked for. */
  @Test
  void aMailTakesLessThan120BytesAtAnyMoment() throws Exception {
    long[] taken = {0};
    table = new MailTable(bytes -> taken[0] += bytes);
    int mails = 100_000;
    StringBuilder list = new StringBuilder(HEADER);
    for (int i = 0; i < mails; i++) {
      String base = (1_700_000_000 + i) + ".M123456P12345.mail.example.org,S=4321,W=4400";
      table.add(base + ":2,S", false);
      list.append(i + 1).append(" :").append(base).append('\n');
    }
    parse(list.toString());
    table.byUid();
    assertThat(taken[0] / mails).isBetween(60L, 120L);
  }
}
