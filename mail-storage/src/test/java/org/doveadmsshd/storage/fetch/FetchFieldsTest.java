package org.doveadmsshd.storage.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.storage.mime.MessageSection;
import org.doveadmsshd.storage.mime.SentDate;
import org.doveadmsshd.storage.search.Candidate;
import org.doveadmsshd.storage.search.FakeMail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FetchFieldsTest {
  @Test
  void anUnknownFieldIsRefusedWithTheCommandThatListsThem() {
    assertThatThrownBy(() -> FetchFields.parse("uid nosuch"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75))
        .hasMessageContaining("nosuch")
        .hasMessageContaining("(doveadm help fetch fields lists them)");
  }

  static List<Term> fields() {
    return FetchFields.glossary().terms();
  }

  @ParameterizedTest
  @MethodSource("fields")
  void theExampleOfAFieldIsOneWithWhatItMayBe(Term field) throws Failure {
    int equals = field.example().indexOf('=');
    String name = field.example().substring(0, equals);
    assertThat(FetchFields.parse(name)).hasSize(1);
    assertThat(FetchFields.glossary().find(name)).contains(field);
    assertThat(field.meaning()).isNotEmpty();
    assertThat(FetchFields.glossary().table()).contains("  " + field.name() + " ");
    assertThat(FetchFields.glossary().summary()).contains(field.name());
  }

  @Test
  void aSlipInAFieldIsAnsweredWithTheField() {
    assertThatThrownBy(() -> FetchFields.parse("uid size.virtal"))
        .hasMessageStartingWith("Unknown fetch field: size.virtal (did you mean size.virtual?)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hdr.", "hdr.subject.other", "hdr.sub:ject", "hdr. x"})
  void aHeaderFieldNeedsTheNameOfAHeader(String name) {
    assertThatThrownBy(() -> FetchFields.parse(name)).isInstanceOf(Failure.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"A: b\n\n>body\n\nx", "A: b\r\n\r\n>body", "\n>no header", "A: b\n>"})
  void headerAndBodyAreDividedAtTheFirstEmptyLine(String marked) throws Exception {
    int at = marked.indexOf('>');
    byte[] mail = marked.replace(">", "").getBytes(StandardCharsets.US_ASCII);
    for (int piece = 1; piece < mail.length + 1; piece++) {
      assertThat(read(MessageSection.header(new ByteArrayInputStream(mail)), piece))
          .isEqualTo(marked.substring(0, at));
      assertThat(read(MessageSection.body(new ByteArrayInputStream(mail)), piece))
          .isEqualTo(marked.substring(at + 1));
    }
  }

  @Test
  void theTextOfAMailIsReadAsItIsWantedHoweverLongTheMail() throws Exception {
    FakeMail mail = FakeMail.endless("Subject: a\n\n", "and so on\n");
    try (Candidate candidate = new Candidate(1)) {
      candidate.take(mail);
      FetchField.Source source = new FetchField.Source("jane@example.org", null, candidate);
      FetchField field = FetchFields.parse("text.utf8").get(0);
      try (InputStream text = field.reader().read(source).stream()) {
        assertThat(new String(text.readNBytes(40), StandardCharsets.UTF_8))
            .startsWith("Subject: a\n\nand so on\nand");
        text.skipNBytes(1_000_000);
      }
    }
  }

  private static String read(java.io.InputStream in, int piece) throws java.io.IOException {
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[piece];
    int got;
    while ((got = in.read(buffer)) > 0) {
      text.append(new String(buffer, 0, got, StandardCharsets.US_ASCII));
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "'Mon, 1 Jun 2026 10:00:00 +0000', 1780308000, 0",
    "'1 Jun 2026 10:00 +0230', 1780299000, 9000",
    "'Mon, 01 Jun 99 10:00:00 EST', 928249200, -18000",
    "'Mon, 1 Jun 2026 10:00:00 GMT (comment)', 1780308000, 0",
    "'Fri, 1 Jan 1960 00:00:00 +0000', -315619200, 0",
  })
  void readsDatesOldAndNew(String value, long seconds, int offset) {
    assertThat(SentDate.parse(value)).contains(new SentDate(seconds, offset));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "yesterday", "Mon, 32 Jun 2026 10:00:00 +0000", "1 Foo 2026 1:1:1 +0"})
  void whatIsNoDateIsNone(String value) {
    assertThat(SentDate.parse(value)).isEmpty();
  }
}
