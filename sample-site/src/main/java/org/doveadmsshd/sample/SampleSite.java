package org.doveadmsshd.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/**
 * Writes users and their Maildir++ trees: {@code SampleSite DIRECTORY USERS}.
 *
 * <p>In every Trash some mails are written first and some a second later. A file's change time,
 * which Maildir takes for the moment a mail was saved, cannot be set; so the moment between the two
 * is noted in the file {@code between}, and a server that takes thirty days after it for the
 * present tells old mails from new ones.
 */
public final class SampleSite {
  private static final List<String> DOMAINS = List.of("example.org", "example.com");
  private static final Duration SAVED_AGO = Duration.ofDays(30);

  private final Path directory;
  private final Random random = new Random(2010);
  private final SampleMail mails = new SampleMail(random);
  private final Instant now = Instant.now();

  private SampleSite(Path directory) {
    this.directory = directory;
  }

  /** Writes a site. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int users = Integer.parseInt(arguments[1]);
    new SampleSite(Path.of(arguments[0])).write(users);
  }

  /**
   * Writes a site.
   *
   * @return what a server must take for the present for {@code savedbefore 30d} to find the older
   *     half of every Trash
   */
  public static Instant write(Path directory, int users) throws IOException, InterruptedException {
    return new SampleSite(directory).write(users);
  }

  private Instant write(int users) throws IOException, InterruptedException {
    StringBuilder passwd = new StringBuilder();
    for (int i = 1; i <= users; i++) {
      String user = user(i);
      passwd.append("%s:::::%s::%n".formatted(user, home(user)));
      mailbox(user, "", 5 + random.nextInt(10), Duration.ofDays(60));
      mailbox(user, ".Trash", 5 + random.nextInt(15), Duration.ofDays(90));
      mailbox(user, ".Sent", random.nextInt(5), Duration.ofDays(60));
      if (i % 3 == 0) {
        mailbox(user, ".Archive.2025", random.nextInt(8), Duration.ofDays(400));
      }
    }
    Files.writeString(directory.resolve("users"), passwd);
    Instant between = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 1);
    while (Instant.now().isBefore(between)) {
      Thread.sleep(20);
    }
    for (int i = 1; i <= users; i++) {
      mailbox(user(i), ".Trash", random.nextInt(4), Duration.ofDays(20));
    }
    Instant present = between.plus(SAVED_AGO);
    Files.writeString(directory.resolve("between"), present + "\n");
    return present;
  }

  private static String user(int number) {
    return "user%04d@%s".formatted(number, DOMAINS.get(number % DOMAINS.size()));
  }

  private Path home(String user) {
    return directory.resolve("homes").resolve(user).toAbsolutePath();
  }

  /** Adds mails to a mailbox, received within some time before now. */
  private void mailbox(String user, String folder, int count, Duration span) throws IOException {
    Path mailbox = home(user).resolve("Maildir").resolve(folder);
    for (String sub : List.of("cur", "new", "tmp")) {
      Files.createDirectories(mailbox.resolve(sub));
    }
    for (int i = 0; i < count; i++) {
      Instant received = now.minusSeconds((long) (random.nextDouble() * span.toSeconds()));
      byte[] mail = mails.write(user, received);
      boolean seen = random.nextInt(3) > 0;
      Path file = mailbox.resolve(seen ? "cur" : "new").resolve(name(received, mail, seen));
      Files.write(file, mail);
      Files.setLastModifiedTime(file, FileTime.from(received));
    }
  }

  private String name(Instant received, byte[] mail, boolean seen) {
    long lines =
        new String(mail, StandardCharsets.ISO_8859_1).chars().filter(c -> c == '\n').count();
    String flags = seen ? ":2," + List.of("S", "RS", "FS", "S").get(random.nextInt(4)) : "";
    return "%d.M%dP%d.sample,S=%d,W=%d%s"
        .formatted(
            received.getEpochSecond(),
            random.nextInt(1_000_000),
            random.nextInt(30_000),
            mail.length,
            mail.length + lines,
            flags);
  }
}
