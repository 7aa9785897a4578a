package org.doveadmsshd.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.compression.Compression;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One user's INBOX of 60 mails, plain and compressed, searched without any cache: half of them are
 * text of a few lines, a third of some pages, the others have an attachment of 90 KB.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CompressedMailBenchmark {
  private static final int MAILS = 60;
  private static final int WORDS = 5000;

  /** What settings call it; {@code no} for plain mails. */
  @Param({"no", "gz", "zstd"})
  public String method;

  private Path home;

  /** Writes the mails. */
  @Setup
  public void write() throws IOException {
    home = Files.createTempDirectory("compressed-benchmark");
    for (String sub : List.of("cur", "new", "tmp")) {
      Files.createDirectories(home.resolve("Maildir").resolve(sub));
    }
    Random random = new Random(1);
    for (int i = 0; i < MAILS; i++) {
      byte[] mail = mail(i, random);
      String name = "%d.M1P1.host,S=%d:2,S".formatted(1_700_000_000 + i, mail.length);
      Files.write(home.resolve("Maildir/cur").resolve(name), stored(mail));
    }
  }

  private byte[] stored(byte[] mail) throws IOException {
    Optional<Compression> compression = Compression.of(method);
    if (compression.isEmpty()) {
      return mail;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int level = compression.get().levels().usual();
    try (OutputStream to = compression.get().compress(out, level)) {
      to.write(mail);
    }
    return out.toByteArray();
  }

  private static byte[] mail(int number, Random random) {
    StringBuilder mail = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      mail.append(
          "Received: from mx%d.example.org (mx%d.example.org [192.0.2.%d])\n\tby mail.example.com (Postfix) with ESMTPS id %x\n\tfor <jane@example.com>; Mon, 23 Nov 2026 10:20:%02d +0100 (CET)\n"
              .formatted(i, i, number, random.nextLong(), i));
    }
    mail.append(
        "From: Somebody <somebody%d@example.org>\nTo: jane@example.com\n".formatted(number));
    mail.append("Date: Mon, 23 Nov 2026 10:20:30 +0100\nMessage-ID: <%x@x>\n".formatted(number));
    mail.append("Subject: about matter %d\nMIME-Version: 1.0\n".formatted(number));
    mail.append("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n");
    words(number % 2 == 0 ? 150 : 3000, mail, random);
    if (number % 6 == 5) {
      byte[] attachment = new byte[90_000];
      random.nextBytes(attachment);
      mail.append("\n--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n");
      mail.append(Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(attachment));
    }
    return mail.append("\n--b--\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Some are used more than others, as in a language. */
  private static void words(int count, StringBuilder text, Random random) {
    for (int i = 0; i < count; i++) {
      int word = (int) (WORDS * Math.pow(random.nextDouble(), 3));
      Random letters = new Random(word);
      int length = 2 + letters.nextInt(9);
      for (int at = 0; at < length; at++) {
        text.append((char) ('a' + letters.nextInt(26)));
      }
      text.append(i % 12 == 11 ? '\n' : ' ');
    }
  }

  @Benchmark
  public int bySubject() throws Failure {
    return InboxSearch.count(home, "subject needle", true);
  }

  @Benchmark
  public int byBody() throws Failure {
    return InboxSearch.count(home, "body needle", true);
  }
}
