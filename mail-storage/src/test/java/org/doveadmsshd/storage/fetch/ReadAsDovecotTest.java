package org.doveadmsshd.storage.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.storage.Escapes;
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
  /** A question of a mail and its answer. */
  private record Case(String promise, byte[] mail, String asked, byte[] answer) {
    @Override
    public String toString() {
      return promise + ": " + asked;
    }
  }

  private static Stream<Case> structure() {
    return cases("structure.answers");
  }

  private static Stream<Case> text() {
    return cases("text.answers");
  }

  private static Stream<Case> parts() {
    return cases("parts.answers");
  }

  private static Stream<Case> matching() {
    return cases("matching.answers");
  }

  private static Stream<Case> dates() {
    return cases("dates.answers");
  }

  private static Stream<Case> cases(String file) {
    String text = Escapes.file(ReadAsDovecotTest.class, file);
    List<Case> cases = new ArrayList<>();
    for (String block : text.substring(text.indexOf("=== ") + 4).split("\n=== ")) {
      String[] parts = block.split("(?<=\n)--- ");
      String[] mail = parts[0].split("\n", 2);
      for (int i = 1; i < parts.length; i++) {
        String[] question = parts[i].replaceFirst("\n$", "").split("\n", 2);
        String answer = question.length > 1 ? question[1] : "";
        cases.add(new Case(mail[0], Escapes.bytes(mail[1]), question[0], Escapes.bytes(answer)));
      }
    }
    return cases.stream();
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

  @ParameterizedTest
  @MethodSource("matching")
  void aTextIsFoundWhereDovecotFindsIt(Case each) throws Exception {
    answers(each);
  }

  @ParameterizedTest
  @MethodSource("dates")
  void aDateIsReadAsDovecotReadsIt(Case each) throws Exception {
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
