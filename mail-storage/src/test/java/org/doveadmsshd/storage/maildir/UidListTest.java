package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UidListTest {
  private static final String HEADER = "3 V1700000000 N3 G0123456789abcdef0123456789abcdef\n";

  private static UidList parse(String text) throws UidList.DamagedException {
    return UidList.parse(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void readsWhatDovecotWrites() throws Exception {
    UidList list =
        parse(HEADER + "1 S10 W12 :a.b,S=10\n4 G1795452858.M649862P3048.vm,S=640 :c:d\n7 :x y\n");
    assertThat(list.validity()).isEqualTo(1_700_000_000L);
    assertThat(list.guid()).isEqualTo("0123456789abcdef0123456789abcdef");
    assertThat(list.entry("a.b,S=10").field('W')).isEqualTo("12");
    assertThat(list.entry("c").field('G')).isEqualTo("1795452858.M649862P3048.vm,S=640");
    assertThat(list.entry("x y").uid()).isEqualTo(7);
    assertThat(list.entry("nobody")).isNull();
  }

  @Test
  void theNextUidIsNeverBelowOneThatIsTaken() throws Exception {
    assertThat(parse(HEADER).next()).isEqualTo(3);
    assertThat(parse(HEADER + "9 :a\n").next()).isEqualTo(10);
  }

  @Test
  void anUnfinishedLastLineIsIgnoredAndNothingMayBeAppendedToIt() throws Exception {
    UidList list = parse(HEADER + "1 :a\n2 :b");
    assertThat(list.isComplete()).isFalse();
    assertThat(list.entry("b")).isNull();
    assertThat(list.rewritten("")).isEqualTo(HEADER + "1 :a\n");
  }

  @Test
  void versionOneOfCourierIsUnderstoodAndRewrittenAsVersionThree() throws Exception {
    UidList list = parse("1 1234 5\n1 a\n2 b\n");
    assertThat(list.entry("b").uid()).isEqualTo(2);
    assertThat(list.rewritten("f".repeat(32)))
        .isEqualTo("3 V1234 N5 G" + "f".repeat(32) + "\n1 :a\n2 :b\n");
  }

  @Test
  void newMailsGetTheNextUids() throws Exception {
    assertThat(
            parse(HEADER + "5 :a\n")
                .linesFor(
                    List.of(new UidList.NewEntry(0, "", "x"), new UidList.NewEntry(0, "", "y"))))
        .isEqualTo("6 :x\n7 :y\n");
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
        HEADER + "x :a\n"
      })
  void whatIsDamagedIsRefusedRatherThanGuessedAt(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(UidList.DamagedException.class);
  }
}
