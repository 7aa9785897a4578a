package org.doveadmsshd.storage.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections and structure of a nested mail, as Debian's Dovecot 2.3.19 gives them. */
class BodySectionTest {
  private static final String MAIL =
      """
      Subject: nested
      Content-Type: multipart/mixed; boundary=AA

      --AA
      Content-Type: multipart/mixed; boundary=AAB

      --AAB

      inner text
      --AAB
      Content-Type: message/rfc822

      From: inner@example.org
      Subject: inner subject

      inner body
      --AAB--
      --AA
      Content-Type: application/octet-stream; name="a b.bin"
      Content-Transfer-Encoding: base64

      AAEC
      --AA--
      """;

  private static MimeTree.Node tree() throws IOException {
    byte[] bytes = MAIL.getBytes(StandardCharsets.ISO_8859_1);
    MimeTree tree = new MimeTree();
    byte[] buffer = java.util.Arrays.copyOf(bytes, MimeScanner.BUFFER);
    new MimeScanner(buffer, bytes.length, null, tree).scan();
    return tree.root();
  }

  private static String read(String section, boolean decoded) throws IOException {
    byte[] bytes = MAIL.getBytes(StandardCharsets.ISO_8859_1);
    try (InputStream in =
        BodySection.parse(section)
            .orElseThrow()
            .<IOException>read(tree(), () -> new ByteArrayInputStream(bytes), decoded)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).replace("\r\n", "/");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "1.1 # inner text",
        "1.2 # From: inner@example.org/Subject: inner subject//inner body",
        "1.2.header # From: inner@example.org/Subject: inner subject//",
        "1.2.text # inner body",
        "1.2.1 # inner body",
        "1.2.mime # Content-Type: message/rfc822//",
        "2 # AAEC",
        "1.2.header.fields(subject) # Subject: inner subject//",
        "header.fields.not(content-type) # Subject: nested//",
        "3 # ''",
        "1.3 # ''",
      })
  void sectionsAreWhatImapCallsThem(String section, String expected) throws IOException {
    assertThat(read(section, false)).isEqualTo(expected);
  }

  @Test
  void binaryUndoesTheTransferEncoding() throws IOException {
    assertThat(read("2", true)).isEqualTo("\0\1\2");
  }

  @Test
  void theStructureIsToldWithSizesInCrlf() throws IOException {
    assertThat(BodyStructure.of(tree(), false))
        .isEqualTo(
            "((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 10 0)"
                + "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 61 (NIL \"inner subject\""
                + " ((NIL NIL \"inner\" \"example.org\")) ((NIL NIL \"inner\" \"example.org\"))"
                + " ((NIL NIL \"inner\" \"example.org\")) NIL NIL NIL NIL NIL)"
                + " (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 10 0) 3)"
                + " \"mixed\")(\"application\" \"octet-stream\" (\"name\" \"a b.bin\") NIL NIL"
                + " \"base64\" 4) \"mixed\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "mime", "1.", "1.x", "header.fields", "header.fields()", "x"})
  void whatIsNoSectionIsRefused(String name) {
    assertThat(BodySection.parse(name)).isEmpty();
  }
}
