package org.doveadmsshd.sample;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Mails of many kinds, as people send them. The same random numbers give the same mail. */
final class SampleMail {
  private static final List<String> PEOPLE =
      List.of(
          "Alice Example <alice@example.org>",
          "=?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <juergen@example.com>",
          "\"Doe, John\" <john.doe@example.net>",
          "=?iso-2022-jp?B?GyRCOzNFREJATzobKEI=?= <yamada@example.org>",
          "noreply@lists.example.org");

  private static final List<String> SUBJECTS =
      List.of(
          "Minutes of the meeting",
          "=?utf-8?B?R3LDvMOfZSBhdXMgS8O2bG4=?=",
          "Re: invoice 2026-0815",
          "=?iso-8859-1?Q?Caf=E9_at_noon=3F?=",
          "[list] a question about folding\n and long headers");

  private static final List<String> WORDS =
      List.of(
          "meeting",
          "invoice",
          "trash",
          "please",
          "find",
          "attached",
          "tomorrow",
          "Grüße",
          "café",
          "server",
          "backup",
          "quota",
          "regards",
          "question",
          "answer",
          "Привет",
          "会議");

  private final Random random;

  SampleMail(Random random) {
    this.random = random;
  }

  /** A mail with LF line ends. */
  byte[] write(String user, Instant sent) {
    String header =
        "From: %s\nTo: <%s>\nSubject: %s\nDate: %s\nMessage-ID: <%016x@example.org>\n"
            .formatted(
                pick(PEOPLE),
                user,
                pick(SUBJECTS),
                DateTimeFormatter.RFC_1123_DATE_TIME.format(sent.atOffset(ZoneOffset.UTC)),
                random.nextLong());
    String body =
        switch (random.nextInt(6)) {
          case 0 -> "\n" + text(40).replaceAll("[^\\x00-\\x7f]+", "x");
          case 1 -> single("text/plain; charset=utf-8", "8bit", text(60));
          case 2 ->
              single(
                  "text/plain; charset=utf-8", "base64", base64(text(80), StandardCharsets.UTF_8));
          case 3 ->
              single(
                  "text/plain; charset=iso-8859-1", "quoted-printable", quoted("Grüße " + ascii()));
          case 4 -> alternative();
          default -> attachment();
        };
    return (header + body).getBytes(StandardCharsets.UTF_8);
  }

  private String pick(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String text(int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= words; i++) {
      text.append(pick(WORDS)).append(i % 10 == 0 ? "\n" : " ");
    }
    return text.append("\n").toString();
  }

  private String ascii() {
    return text(30).replaceAll("[^\\x00-\\x7f]+", "x");
  }

  private static String single(String type, String encoding, String body) {
    return "MIME-Version: 1.0\nContent-Type: %s\nContent-Transfer-Encoding: %s\n\n%s\n"
        .formatted(type, encoding, body);
  }

  private static String base64(String text, Charset charset) {
    byte[] newline = "\n".getBytes(StandardCharsets.US_ASCII);
    return Base64.getMimeEncoder(76, newline).encodeToString(text.getBytes(charset));
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      quoted.append(b < 0 || b == '=' ? "=%02X".formatted(b & 0xff) : (char) b);
    }
    return quoted.toString();
  }

  private String alternative() {
    String plain = text(30);
    return "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"alt\"\n\n--alt\n"
        + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        + plain
        + "\n--alt\nContent-Type: text/html; charset=utf-8\n\n<html><body><p>"
        + plain
        + "</p></body></html>\n--alt--\n";
  }

  private String attachment() {
    byte[] data = new byte[2000 + random.nextInt(20_000)];
    random.nextBytes(data);
    byte[] newline = "\n".getBytes(StandardCharsets.US_ASCII);
    return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=mixed\n\n--mixed\n\n"
        + text(20)
        + "\n--mixed\nContent-Type: application/octet-stream; name=data.bin\n"
        + "Content-Transfer-Encoding: base64\n\n"
        + Base64.getMimeEncoder(76, newline).encodeToString(data)
        + "\n--mixed--\n";
  }
}
