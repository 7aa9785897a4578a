package org.doveadmsshd.storage.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.doveadmsshd.storage.search.Candidate;
import org.doveadmsshd.storage.search.FakeMail;
import org.doveadmsshd.storage.search.Plan;
import org.doveadmsshd.storage.search.QueryParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mails made for the purpose, and what a real Dovecot answered: a promise a mail, in the files
 * {@code *.answers} beside this class.
 */
class ReadAsDovecotTest {
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:x([0-9a-f]{2})|([rnt0\\\\])|z\n)|\\{([^{}*])\\*([0-9]+)}");

  /** A question of a mail and its answer. */
  private record Case(String promise, byte[] mail, String asked, byte[] answer) {
    @Override
    public String toString() {
      return promise + ": " + asked;
    }
  }

  private static Stream<Case> structure() throws Exception {
    return cases("structure.answers");
  }

  private static Stream<Case> text() throws Exception {
    return cases("text.answers");
  }

  private static Stream<Case> parts() throws Exception {
    return cases("parts.answers");
  }

  private static Stream<Case> cases(String file) throws Exception {
    String text;
    try (InputStream in = ReadAsDovecotTest.class.getResourceAsStream(file)) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<Case> cases = new ArrayList<>();
    for (String block : text.substring(text.indexOf("=== ") + 4).split("\n=== ")) {
      String[] parts = block.split("(?<=\n)--- ");
      String[] mail = parts[0].split("\n", 2);
      for (int i = 1; i < parts.length; i++) {
        String[] question = parts[i].replaceFirst("\n$", "").split("\n", 2);
        String answer = question.length > 1 ? question[1] : "";
        cases.add(new Case(mail[0], bytes(mail[1]), question[0], bytes(answer)));
      }
    }
    return cases.stream();
  }

  private static byte[] bytes(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Matcher matcher = ESCAPE.matcher(escaped);
    int at = 0;
    while (matcher.find()) {
      bytes.writeBytes(escaped.substring(at, matcher.start()).getBytes(StandardCharsets.UTF_8));
      if (matcher.group(1) != null) {
        bytes.write(Integer.parseInt(matcher.group(1), 16));
      } else if (matcher.group(2) != null) {
        bytes.write("\r\n\t\0\\".charAt("rnt0\\".indexOf(matcher.group(2))));
      } else if (matcher.group(3) != null) {
        int count = Integer.parseInt(matcher.group(4));
        bytes.writeBytes(matcher.group(3).repeat(count).getBytes(StandardCharsets.UTF_8));
      }
      at = matcher.end();
    }
    bytes.writeBytes(escaped.substring(at).getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @MethodSource("structure")
  void headersAddressesAndStructureAreReadAsDovecotReadsThem(Case each) throws Exception {
    answers(each);
  }

  @ParameterizedTest
  @MethodSource("text")
  void textsSectionsAndPreviewsAreThoseOfDovecot(Case each) throws Exception {
    answers(each);
  }

  @ParameterizedTest
  @MethodSource("parts")
  void keysAboutPartsFindWhatDovecotFinds(Case each) throws Exception {
    answers(each);
  }

  private static void answers(Case each) throws Exception {
    byte[] answer =
        each.asked().startsWith("search ")
            ? search(each.mail(), words(each.asked())).getBytes(StandardCharsets.UTF_8)
            : fetch(each.mail(), each.asked());
    assertThat(new String(answer, StandardCharsets.ISO_8859_1))
        .isEqualTo(new String(each.answer(), StandardCharsets.ISO_8859_1));
  }

  private static byte[] fetch(byte[] mail, String field) throws Exception {
    try (Candidate candidate = new Candidate(1)) {
      candidate.take(FakeMail.of(mail));
      FetchField.FieldContent content =
          FetchFields.parse(field)
              .get(0)
              .reader()
              .read(new FetchField.Source("jane@example.org", null, candidate));
      return content.stream() == null ? content.value().bytes() : content.stream().readAllBytes();
    }
  }

  /** A key and its argument; HEADER has two, MIMEPART several words. */
  private static List<String> words(String asked) {
    String query = asked.substring("search ".length());
    int words = query.startsWith("mimepart ") ? 0 : query.startsWith("header ") ? 3 : 2;
    return List.of(query.split(" ", words));
  }

  private static String search(byte[] mail, List<String> words) throws Exception {
    Plan plan = Plan.of(QueryParser.parse(words, Instant.now(), () -> ZoneOffset.UTC), "INBOX");
    try (Candidate candidate = new Candidate(1)) {
      return plan.matches(candidate.take(FakeMail.of(mail))) ? "match" : "no match";
    }
  }
}
