package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our commands at random on mailboxes in which IMAP sessions of a real Dovecot deliver, flag, move
 * and expunge. {@code -Drandom.seconds=300} lets it go on for five minutes.
 */
class BesideImapSessionsTest {
  private static final int SECONDS = Integer.getInteger("random.seconds", 8);
  private static final String USER = "user0001@example.com";

  @TempDir Path directory;
  private TestSite site;
  private LiveDovecot dovecot;
  private long end;

  private final AtomicInteger lastToken = new AtomicInteger();
  private final AtomicInteger commands = new AtomicInteger();

  /**
   * What a mail may meet with: {@code m} we move, {@code i} IMAP moves, {@code d} is expunged, and
   * {@code c} we copy to a mailbox where at most one of its copies stays.
   */
  private final Map<String, String> roles = new ConcurrentHashMap<>();

  /** The mail of each UID, for ever: by mailbox GUID and UID. */
  private final Map<String, String> uids = new ConcurrentHashMap<>();

  private final Set<String> reused = ConcurrentHashMap.newKeySet();

  /** Delivers to INBOX, and changes flags. */
  private Void deliver() throws IOException {
    Random random = new Random(1);
    try (ImapSession imap = new ImapSession(dovecot.port, USER)) {
      imap.command("SELECT INBOX");
      while (System.nanoTime() < end) {
        imap.append("INBOX", mail("midc".charAt(random.nextInt(4))));
        String some = imap.search("ALL");
        if (!some.isEmpty()) {
          String uid = some.split(",")[random.nextInt(some.split(",").length)];
          String flag = List.of("\\Seen", "\\Flagged", "$k1", "$k2").get(random.nextInt(4));
          imap.command("UID STORE " + uid + (random.nextBoolean() ? " +" : " -") + "FLAGS " + flag);
        }
      }
    }
    return null;
  }

  /** Moves and expunges. */
  private Void moveAndExpunge() throws IOException {
    Random random = new Random(2);
    try (ImapSession imap = new ImapSession(dovecot.port, USER)) {
      while (System.nanoTime() < end) {
        boolean inbox = random.nextBoolean();
        imap.command("SELECT " + (inbox ? "INBOX" : "Trash"));
        String moving = imap.search("HEADER X-Role i");
        if (!moving.isEmpty()) {
          String one = moving.split(",")[0];
          imap.command("UID MOVE " + one + " " + (inbox ? "Trash" : "INBOX"));
        }
        String going = imap.search("HEADER X-Role d SEEN");
        if (!going.isEmpty()) {
          imap.command("UID STORE " + going + " +FLAGS.SILENT \\Deleted");
          imap.command("UID EXPUNGE " + going);
        }
      }
    }
    return null;
  }

  private String mail(char role) {
    String token = "token" + lastToken.incrementAndGet();
    roles.put(token, "" + role);
    return "Subject: %s\r\nX-Token: %s\r\nX-Role: %s\r\n\r\nbody of %s\r\n"
        .formatted(token, token, role, token);
  }

  private Void ours() throws Exception {
    Random random = new Random(3);
    while (System.nanoTime() < end) {
      String line =
          switch (random.nextInt(11)) {
            case 0 -> "move -u USER Trash mailbox INBOX header x-role m";
            case 1 -> "move -u USER INBOX mailbox Trash header x-role m";
            case 2 -> "flags add -u USER '\\Flagged $k3' mailbox INBOX all";
            case 3 -> "flags remove -u USER '$k1 \\Flagged' mailbox '*' all";
            case 4 -> "expunge -u USER mailbox INBOX header x-role d flagged";
            case 5 -> "save -u USER -m INBOX";
            case 6 -> "index -u USER '*'";
            case 7 -> "force-resync -u USER INBOX";
            case 8 ->
                "batch -u USER : copy Copies mailbox INBOX header x-role c :"
                    + " deduplicate mailbox Copies all";
            case 9 -> "mailbox status -u USER all '*'";
            default -> "search -u USER body token";
          };
      TestSite.Result result =
          site.as(
              "admin",
              line.replace("USER", USER),
              line.startsWith("save") ? mail("md".charAt(random.nextInt(2))) : "");
      assertThat(result.code()).as(line + ": " + result.error()).isZero();
      commands.incrementAndGet();
      look();
    }
    return null;
  }

  /** Notes the mails of all UIDs. */
  private List<String> look() throws Exception {
    List<String> tokens = new ArrayList<>();
    String fields = "'mailbox-guid uid hdr.x-token'";
    for (String row : site.doveadm("-f tab -h fetch -u " + USER + " " + fields + " all").lines()) {
      String[] values = row.split("\t", -1);
      if (values.length == 3 && !values[2].isEmpty()) {
        tokens.add(values[2]);
        String before = uids.putIfAbsent(values[0] + " " + values[1], values[2]);
        if (before != null && !before.equals(values[2])) {
          reused.add(before + " and " + values[2] + " have UID " + values[1]);
        }
      }
    }
    return tokens;
  }

  @Test
  void nothingIsLostOrDoubledAndNoUidIsUsedTwice() throws Exception {
    run("", "");
  }

  /** Each reads what the other has compressed, in its own way. */
  @Test
  void neitherIsItWhereMailsAreCompressed() throws Exception {
    run(
        "mail_compress = zstd\n",
        """
        mail_plugins = zlib
        plugin {
          zlib_save = gz
        }
        """);
  }

  private void run(String settings, String ofDovecot) throws Exception {
    assumeTrue(LiveDovecot.isPossible(), "needs root and dovecot-imapd");
    site = new TestSite(directory, 1, settings);
    Path homes = directory.resolve("homes");
    site.exec(new byte[0], "chown", "-R", "nobody:nogroup", homes.toString());
    site.exec(new byte[0], "chmod", "755", directory.toString());
    Path configuration = directory.resolve("sshd.conf");
    String patient =
        Files.readString(configuration).replace("lock_timeout = 1s", "lock_timeout = 50s");
    Files.writeString(configuration, patient);
    assertThat(site.doveadm("reload").code()).isZero();
    assertThat(site.doveadm("mailbox create -u " + USER + " Copies").code()).isZero();
    try (LiveDovecot live = new LiveDovecot(directory, homes, ofDovecot)) {
      dovecot = live;
      end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      all(List.of(this::deliver, this::moveAndExpunge, this::ours));
      check(look());
      String log = live.log();
      assertThat(log.lines().filter(BesideImapSessionsTest::isComplaint)).isEmpty();
    } finally {
      site.close();
    }
    assertThat(commands.get()).as("commands of ours").isGreaterThan(2);
    System.out.printf(
        "%d s beside IMAP sessions: %d mails, %d commands, %d UIDs%n",
        SECONDS, roles.size(), commands.get(), uids.size());
  }

  private static void all(List<Callable<Void>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      for (Future<Void> each : threads.invokeAll(work)) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** What Dovecot says of the clock of a busy machine is none. */
  private static boolean isComplaint(String line) {
    if (line.contains("Warning: Time moved")) {
      return false;
    }
    return line.contains("Error") || line.contains("Panic") || line.contains("Warning");
  }

  private int most(String token) {
    return roles.get(token).equals("c") ? 2 : 1;
  }

  private void check(List<String> tokens) {
    Map<String, Integer> times = new HashMap<>();
    tokens.forEach(token -> times.merge(token, 1, Integer::sum));
    Set<String> lost = new HashSet<>();
    roles.forEach(
        (token, role) -> {
          if (!role.equals("d") && !times.containsKey(token)) {
            lost.add(role + " " + token);
          }
        });
    assertThat(lost).as("lost").isEmpty();
    assertThat(times.entrySet().stream().filter(entry -> entry.getValue() > most(entry.getKey())))
        .as("doubled")
        .isEmpty();
    assertThat(reused).as("UIDs used twice").isEmpty();
  }
}
