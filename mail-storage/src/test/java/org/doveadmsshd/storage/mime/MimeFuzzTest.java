package org.doveadmsshd.storage.mime;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** Whatever a mail is made of, reading it ends, and ends well. */
class MimeFuzzTest {
  private static final List<String> SECTIONS =
      List.of("1", "1.1", "2", "1.mime", "header", "text", "1.header", "header.fields(subject)");

  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] mail) throws IOException {
    MimeTree tree = new MimeTree();
    scan(mail, mail.length, tree);
    checkMarks(tree, mail.length);
    MimeTree inPieces = new MimeTree();
    scan(mail, mail.length / 2, inPieces);
    assertThat(BodyStructure.of(inPieces.root(), true))
        .isEqualTo(BodyStructure.of(tree.root(), true));
    BodyStructure.envelope(tree.root());
    Needle needle = new Needle("gr\u00fc\u00dfe");
    scan(mail, mail.length, new TextSearch(needle, true));
    scan(mail, mail.length, new PartSearch(needle, true));
    try (InputStream text = new ReadableText(new ByteArrayInputStream(mail))) {
      text.readAllBytes();
    }
    Preview preview = new Preview();
    scan(mail, mail.length, preview);
    assertThat(preview.text().codePointCount(0, preview.text().length())).isLessThanOrEqualTo(200);
    for (String section : SECTIONS) {
      BodySection part = BodySection.parse(section).orElseThrow();
      for (boolean decoded : new boolean[] {false, true}) {
        try (InputStream in =
            part.<IOException>read(tree.root(), () -> new ByteArrayInputStream(mail), decoded)) {
          in.readAllBytes();
        }
      }
    }
  }

  private static void checkMarks(MimeTree tree, int length) {
    for (MimeTree.Node node : tree.nodes()) {
      Part part = node.part();
      assertThat(part.start().offset()).isLessThanOrEqualTo(part.body().offset());
      assertThat(part.body().offset()).isLessThanOrEqualTo(part.end().offset());
      assertThat(part.end().offset()).isLessThanOrEqualTo(length);
      assertThat(part.end().linesSince(part.body())).isNotNegative();
    }
  }

  private static void scan(byte[] mail, int head, MimeVisitor visitor) throws IOException {
    byte[] buffer = Arrays.copyOf(mail, Math.max(MimeScanner.BUFFER, mail.length));
    InputStream rest = new ByteArrayInputStream(mail, head, mail.length - head);
    new MimeScanner(buffer, head, rest, visitor).scan();
  }
}
