package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.doveadmsshd.storage.mime.BodyStructure;
import org.doveadmsshd.storage.mime.ContentField;
import org.doveadmsshd.storage.mime.HeaderText;
import org.doveadmsshd.storage.mime.MailAddress;
import org.doveadmsshd.storage.mime.MessageIds;
import org.doveadmsshd.storage.mime.Needle;
import org.doveadmsshd.storage.mime.Preview;
import org.doveadmsshd.storage.mime.ReadableText;
import org.doveadmsshd.storage.mime.SentDate;
import org.doveadmsshd.storage.mime.TextSearch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers write into mails costs time and memory in proportion, and no depth of stack. */
class HostileTextTest {
  private static final int LENGTH = 64 * 1024;
  private static final int STACK = 256 * 1024;

  /** Does something with a text that a stranger wrote. */
  @FunctionalInterface
  private interface Reader {
    void read(String text) throws Exception;
  }

  private static final List<Reader> READERS =
      List.of(
          BaseSubject::of,
          HeaderText::decode,
          HeaderText::searched,
          HeaderText::searchedCompressed,
          HeaderText::addresses,
          MailAddress::parse,
          ContentField::parse,
          MessageIds::all,
          SentDate::parse,
          text -> inMail("Subject: %s\nTo: %s\nDate: %s\n\nx\n", text),
          text -> inMail("Content-Type: text/%s\n\nx\n", text),
          text ->
              inMail("Content-Type: multipart/mixed; boundary=b\n\n--b\n%s\n\n%s\n--b--\n", text),
          text -> inMail("Content-Type: text/plain\nMessage-ID: %s\nReferences: %s\n\n%s", text),
          text -> inMail("Content-Type: text/html\nContent-Disposition: %s\n\n%s", text));

  private static void inMail(String form, String text) throws Exception {
    byte[] mail = form.replace("%s", text).getBytes(StandardCharsets.ISO_8859_1);
    FakeMail fake = FakeMail.of(mail);
    Threads threads = new Threads(Threads.Algorithm.REFERENCES, bytes -> {});
    try (Candidate candidate = new Candidate(1)) {
      threads.add(fake, candidate.take(fake));
      threads.around(new BitSet());
      BodyStructure.envelope(candidate.structure().root());
      BodyStructure.of(candidate.structure().root(), true);
      candidate.scan(new TextSearch(new Needle("nowhere"), true));
      new ReadableText(fake.open()).readAllBytes();
      Preview preview = new Preview();
      candidate.scan(preview);
      preview.text();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "re:",
        "(fwd)",
        "[",
        "]",
        "[a]",
        "[a] ",
        "[fwd:",
        "fwd [a]:",
        "re[",
        "(",
        ")",
        "a(",
        "(a)",
        "\"",
        "\\",
        "<",
        ">",
        "<a@b>",
        "<\"",
        "<a@b",
        "=?",
        "?",
        "=?a?Q?b?=",
        "=?a?Q?b",
        ",",
        ";",
        ":",
        ";a=b",
        ";a*0=b",
        ";a=\"",
        ";a*",
        "=",
        ".",
        "@",
        "a@",
        "a.",
        "a b",
        "a:",
        "a: <",
        "/",
        " ",
        "\t",
        "\n ",
        "\r\n ",
        "\r",
        "\0",
        "\u00e9",
        "&",
        "&amp;",
        "<!--",
        "<a ",
        "--b\n",
        "-",
        "> ",
        "\n> ",
        "1 ",
        "1:",
        "Mon, "
      })
  void aTextOfManyPiecesIsReadOnASmallStack(String piece) throws InterruptedException {
    String text = piece.repeat(LENGTH / piece.length());
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable all =
        () -> {
          try {
            for (Reader reader : READERS) {
              reader.read(text);
              reader.read("x" + text + "x");
            }
          } catch (Throwable e) {
            failure.set(e);
          }
        };
    Thread thread = new Thread(null, all, "small stack", STACK);
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
  }

  /** Java's matcher goes down a level for each repetition of a group. */
  @Test
  void noRegularExpressionRepeatsAGroup() throws IOException {
    Pattern call =
        Pattern.compile(
            "(?:compile|matches|replaceAll|replaceFirst|split)\\(\\s*+"
                + "\"((?:[^\"\\\\]|\\\\.)*+)\"");
    Pattern repeated = Pattern.compile("(?<!\\\\)\\)[+*{]");
    assertThat(repeated.matcher("(?:a|b)+")).matches(found -> found.find());
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        Matcher calls = call.matcher(Files.readString(file));
        while (calls.find()) {
          String pattern = calls.group(1);
          assertThat(repeated.matcher(pattern).find()).as(file + ": " + pattern).isFalse();
        }
      }
    }
  }

  @Test
  void aHeaderIsNotKeptWhole() throws Exception {
    String field = "References: <" + "a".repeat(1000) + "@x>\n";
    FakeMail mail = FakeMail.of(field.repeat(40_000).getBytes(StandardCharsets.US_ASCII));
    try (Candidate candidate = new Candidate(1)) {
      candidate.take(mail);
      int kept = candidate.header("references").stream().mapToInt(String::length).sum();
      assertThat(kept).isBetween(1, Candidate.MAX_HEADER);
      int inTree =
          candidate.structure().root().fields().stream().mapToInt(f -> f.value().length()).sum();
      assertThat(inTree).isBetween(1, 16 * 1024 * 1024);
    }
  }

  @Test
  void aFieldIsNotKeptWhole() throws Exception {
    byte[] mail = ("Subject: " + "a".repeat(5_000_000)).getBytes(StandardCharsets.US_ASCII);
    try (Candidate candidate = new Candidate(1)) {
      candidate.take(FakeMail.of(mail));
      assertThat(candidate.header("subject").get(0)).hasSizeLessThanOrEqualTo(1024 * 1024);
      String kept = candidate.structure().root().first("subject");
      assertThat(kept).hasSizeLessThanOrEqualTo(1024 * 1024);
    }
  }
}
