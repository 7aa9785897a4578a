package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HEADER, SUBJECT, address, BODY and TEXT keys on real mails. */
class TextSearchTest {
  private static boolean matches(String key, String text, String mail) throws Failure {
    return matches(key, text, mail.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean matches(String key, String text, byte[] mail) throws Failure {
    FakeMail fake = new FakeMail();
    fake.content = mail;
    Query query = QueryParser.parse(List.of(key, text), Instant.EPOCH, () -> ZoneOffset.UTC);
    return Plan.of(query, "INBOX").matches(new Candidate(1).take(fake));
  }

  private static String part(String type, String encoding, String body) {
    return "Subject: s\nContent-Type: %s\nContent-Transfer-Encoding: %s\n\n%s"
        .formatted(type, encoding, body);
  }

  @ParameterizedTest
  @CsvSource({
    "grüße, true",
    "GRÜßE, true",
    "grusse, false",
    "ße aus K, true",
    "aus  Köln, false",
    "a, true",
    "'', true"
  })
  void subjectsAreDecodedFoldedAndCompressed(String needle, boolean expected) throws Failure {
    String mail = "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= aus\n   K\u00f6ln\n\n";
    assertThat(matches("subject", needle, mail)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'e\r\n', true",
    "'e\n', false",
    "'e\r\nX', true",
    "'y\r\n\r\n', true",
    "'y\r\n\r\nBÖD', true",
    "'\r\n\r\n\r\n', false",
    "'y\r\nb', false",
    "'next\n', true",
    "'next\r\n', false"
  })
  void headerAndBodyAreOneTextWhoseFieldsEndWithCrlf(String needle, boolean expected)
      throws Failure {
    assertThat(matches("text", needle, "Subject: one\nX: y\n\nböd\nnext\n")).isEqualTo(expected);
  }

  @Test
  void aFieldThatTheMailBreaksOffInHasNoLineEnd() throws Failure {
    assertThat(matches("text", "x\r\n", "A: x\n")).isTrue();
    assertThat(matches("text", "\n", "A: x")).isFalse();
    assertThat(matches("text", ": x", "A: x")).isTrue();
  }

  @Test
  void eachPartIsATextOfItsOwn() throws Failure {
    String parts =
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nX: 1\n\none\n--b\nX: 2\n\ntwo\n--b--\n";
    assertThat(matches("text", "1\r\n\r\none", parts)).isTrue();
    assertThat(matches("text", "X: 2\r\n\r\nTwo", parts)).isTrue();
    assertThat(matches("text", "b\r\n\r\nX", parts)).isFalse();
    assertThat(matches("text", "one\nX", parts)).isFalse();
    assertThat(matches("text", "oneX: 2\r\n", parts)).isFalse();
  }

  @Test
  void adjacentEncodedWordsAreJoined() throws Failure {
    String mail = "Subject: =?utf-8?B?R3LDvA==?= =?utf-8?B?w59l?=\n\n";
    assertThat(matches("subject", "Grüße", mail)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice",
        "ALICE@example.org",
        "\"Alice Example\" <alice",
        "bob@",
        "Bob <",
        "team:"
      })
  void addressesMatchByNameAddressAndForm(String needle) throws Failure {
    String mail = "To: \"Alice Example\"   <alice@example.org>,\n team: Bob <bob@example.com>;\n\n";
    assertThat(matches("to", needle, mail)).isTrue();
    assertThat(matches("from", needle, mail)).isFalse();
  }

  @Test
  void bodiesAreDecoded() throws Failure {
    String qp =
        part("text/plain; charset=iso-8859-1", "quoted-printable", "caf=E9 soft=\nbreak \n");
    assertThat(matches("body", "café", qp)).isTrue();
    assertThat(matches("body", "CAFÉ SOFTBREAK", qp)).isTrue();
    assertThat(matches("body", "break ", qp)).isFalse();
    Charset utf16 = StandardCharsets.UTF_16;
    String b64 =
        part(
            "text/plain; charset=utf-16",
            "base64",
            Base64.getMimeEncoder().encodeToString("sixteen bits".getBytes(utf16)));
    assertThat(matches("body", "sixteen", b64)).isTrue();
    assertThat(matches("body", "x", part("text/plain", "x-unknown", "x"))).isFalse();
    assertThat(matches("body", "x", part("application/pdf", "7bit", "x"))).isFalse();
    assertThat(matches("body", "foo", part("text/plain; charset=klingon", "7bit", "foo"))).isTrue();
  }

  @Test
  void partHeadersAreTextAndNotBody() throws Failure {
    String mail =
        "Subject: outer\nContent-Type: multipart/mixed; boundary=AA\n\npreamble\n--AA\n"
            + "Content-Type: message/rfc822\n\nSubject: inner\n\ninner body\n--AA\n"
            + "Content-Description: shown\n\nlast part\n--AA--\nepilogue\n";
    assertThat(matches("body", "inner body", mail)).isTrue();
    assertThat(matches("body", "last part", mail)).isTrue();
    for (String outside : List.of("outer", "Subject: inner", "preamble", "epilogue", "shown")) {
      assertThat(matches("body", outside, mail)).as(outside).isFalse();
    }
    assertThat(matches("text", "subject: INNER", mail)).isTrue();
    assertThat(matches("text", "shown", mail)).isTrue();
  }

  @Test
  void aMatchIsFoundWhereverBuffersAndSlicesEnd() throws Failure {
    for (int before = 65_500; before < 65_560; before++) {
      String mail = "Subject: s\n\n" + "x".repeat(before) + "needle" + "y".repeat(10);
      assertThat(matches("body", "NEEDLE", mail)).as("%d", before).isTrue();
      assertThat(matches("body", "needles", mail)).isFalse();
    }
  }

  @Test
  void aBoundaryIsFoundWhereverBuffersEnd() throws Failure {
    for (int before = 65_380; before < 65_540; before++) {
      String mail =
          "Content-Type: multipart/mixed; boundary=bound\n\n--bound\n\n"
              + "x".repeat(before)
              + "\n--bound\nContent-Type: image/png\n\nneedle\n--bound--\n";
      assertThat(matches("body", "needle", mail)).as("%d", before).isFalse();
    }
  }

  @Test
  void searchingAgreesWithAPlainSearchOfTheSameText() throws Failure {
    Random random = new Random(7);
    String alphabet = "aAbBüÜéßж \n";
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      random
          .ints(random.nextInt(60), 0, alphabet.length())
          .forEach(c -> text.append(alphabet.charAt(c)));
      int from = text.length() == 0 ? 0 : random.nextInt(text.length());
      String needle = text.substring(from, Math.min(text.length(), from + 1 + random.nextInt(4)));
      String encoded =
          part(
              "text/plain; charset=utf-8",
              "base64",
              Base64.getMimeEncoder()
                  .encodeToString(text.toString().getBytes(StandardCharsets.UTF_8)));
      assertThat(matches("body", needle, encoded)).as("%s in %s", needle, text).isTrue();
      assertThat(matches("body", "a" + needle + "Q", encoded)).isFalse();
    }
  }

  @Test
  void aMailMadeToHurtIsSearchedAllTheSame() throws Failure {
    StringBuilder nested = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      nested
          .append("Content-Type: multipart/mixed; boundary=b")
          .append(i)
          .append("\n\n--b")
          .append(i)
          .append('\n');
    }
    assertThat(matches("text", "nothing", nested.toString())).isFalse();
    String longHeader = "Subject: " + "x".repeat(10_000_000) + "\nTo: me@example.org\n\nbody\n";
    assertThat(matches("to", "me@", longHeader)).isTrue();
    assertThat(matches("body", "body", longHeader)).isTrue();
    String parts =
        "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n".repeat(20_000) + "--b--\n";
    assertThat(matches("body", "nothing", parts)).isFalse();
    assertThat(matches("text", "x", new byte[0])).isFalse();
  }
}
