package org.doveadmsshd.system.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One user's mail on disk, and what has been seen of it. */
final class World {
  static final List<String> BOXES = List.of("INBOX", "A", Layout.CHILD, "C");

  final Path root;
  final Ours ours;

  /** What has been done, for people. */
  final List<String> log = new ArrayList<>();

  /** Which content each UID has had: by mailbox, UIDVALIDITY, and UID. */
  Map<String, Map<Long, Map<Long, String>>> seen = new TreeMap<>();

  /** UIDs of mails that have been there since they were last looked at, by mailbox and base. */
  final Map<String, Long> uids = new HashMap<>();

  /** UIDs that a command has made go away, by mailbox. */
  final Map<String, Set<Long>> gone = new HashMap<>();

  /** Mails that were brought back: their lines may have stood in a list for long. */
  final Set<String> returned = new HashSet<>();

  /** UIDVALIDITY by mailbox, as long as no other program has touched the list. */
  final Map<String, Long> validities = new HashMap<>();

  /** Mailboxes whose UID list may be damaged. */
  final Set<String> damaged = new HashSet<>();

  /** Whether rights have been taken away. */
  boolean rightsAreTaken;

  /** A copy of everything, and what had been seen then; null before there is one. */
  Path backup;

  Map<String, Map<Long, Map<Long, String>>> seenBefore;
  private int tokens;
  private Disk disk;

  /** A Dovecot that works on it, too; null for none. */
  final Dovecot dovecot;

  World(Path home, Random random, boolean besideDovecot) throws Exception {
    dovecot = besideDovecot ? new Dovecot(home.getParent(), home) : null;
    root = home.resolve("Maildir");
    boolean remembers = random.nextInt(4) == 0;
    ours = new Ours(root, Optional.of(Duration.ofMillis(20)).filter(any -> remembers));
    Files.createDirectory(home);
    if (Rights.ROOT) {
      Files.setAttribute(home, "unix:uid", Rights.NOBODY);
      Files.setAttribute(home, "unix:gid", Rights.NOBODY);
    }
    Rights.asUser(
        () -> {
          makeBox("INBOX");
          int boxes = random.nextInt(BOXES.size());
          for (int i = 1; i <= boxes; i++) {
            makeBox(BOXES.get(i));
          }
          int mails = random.nextInt(remembers ? 14 : 5);
          for (int i = 0; i < mails; i++) {
            deliver(i % 3 == 2 ? BOXES.get(random.nextInt(boxes + 1)) : "INBOX", random);
          }
          return null;
        });
  }

  void makeBox(String box) throws IOException {
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(Disk.directory(root, box).resolve(part));
    }
  }

  static String content(String token) {
    return "X-Token: %1$s\nSubject: mail %1$s\nMessage-ID: <%1$s@example.org>\n\nbody of %1$s\n"
        .formatted(token);
  }

  String nextToken() {
    return "t" + tokens++;
  }

  /** As other programs do: into new, or with flags into cur. */
  String deliver(String box, Random random) throws IOException {
    String token = nextToken();
    String name = name(token, random);
    Path directory = Disk.directory(root, box);
    boolean fresh = random.nextBoolean();
    String place =
        fresh
            ? "new/" + name + (random.nextInt(6) == 0 ? ":2,S" : "")
            : "cur/" + name + ":2," + List.of("", "S", "F", "FS", "RS", "T").get(random.nextInt(6));
    Path tmp = directory.resolve("tmp/" + name);
    Files.writeString(tmp, content(token));
    Files.move(tmp, directory.resolve(place));
    return token + " as " + box + "/" + place;
  }

  /** Names as of several programs; they never come twice. */
  static String name(String token, Random random) {
    int size = content(token).length();
    int lines = 5;
    return switch (random.nextInt(5)) {
      case 0 ->
          "17000000%02d.M%dP1.host".formatted(random.nextInt(100), random.nextInt(1000)) + token;
      case 1 -> "1700000000.M5P1%s.host,S=%d,W=%d".formatted(token, size, size + lines);
      case 2 -> "1700000000.M5P1%s.host,S=%d".formatted(token, size);
      case 3 -> token + "msg";
      default -> "17%08d.%s.host,U=%d".formatted(random.nextInt(100_000_000), token, 7);
    };
  }

  /** What there is, read once after each change. */
  Disk disk() {
    disk = disk == null ? Disk.read(root) : disk;
    return disk;
  }

  /** Another program may have changed something. */
  void changed() {
    disk = null;
  }

  Presence presence(String box) {
    Path directory = Disk.directory(root, box);
    boolean parts =
        Stream.of("cur", "new", Layout.FS ? "cur" : "dovecot-uidlist")
            .anyMatch(part -> Files.exists(directory.resolve(part)));
    if (box.equals("INBOX") || parts) {
      return Presence.YES;
    }
    return Files.exists(directory) ? Presence.MAYBE : Presence.NO;
  }

  /** Whether there is a reason for a command to fail. */
  boolean mayFail() {
    return rightsAreTaken || !damaged.isEmpty();
  }

  /** Forgets the UIDs of mails that are gone: a mail that comes back may have another one. */
  void forgetGone(Disk disk) {
    Map<String, Integer> bases = disk.bases();
    uids.keySet().removeIf(key -> bases.getOrDefault(key, 0) != 1);
  }

  /** Another program has changed the UID list of a mailbox, which may get another UIDVALIDITY. */
  void listIsTouched(String box) {
    validities.remove(box);
    gone.remove(box);
    uids.keySet().removeIf(key -> key.startsWith(box + "/"));
  }

  /** Notes UIDs of mails that a command has taken out of their mailboxes. */
  void noteGone(Disk disk) {
    Map<String, Integer> bases = disk.bases();
    uids.forEach(
        (key, uid) -> {
          if (!bases.containsKey(key)) {
            gone.computeIfAbsent(key.substring(0, key.lastIndexOf('/')), box -> new HashSet<>())
                .add(uid);
          }
        });
  }

  static Map<String, Map<Long, Map<Long, String>>> copy(
      Map<String, Map<Long, Map<Long, String>>> seen) {
    Map<String, Map<Long, Map<Long, String>>> copy = new TreeMap<>();
    seen.forEach(
        (box, lists) -> {
          Map<Long, Map<Long, String>> lists2 = new TreeMap<>();
          lists.forEach((validity, uids) -> lists2.put(validity, new TreeMap<>(uids)));
          copy.put(box, lists2);
        });
    return copy;
  }

  /** What has been seen goes with a mailbox that gets another name. */
  void moved(String from, String to) {
    Map<Long, Map<Long, String>> lists = seen.remove(from);
    if (lists != null) {
      Map<Long, Map<Long, String>> target = seen.computeIfAbsent(to, box -> new TreeMap<>());
      lists.forEach(
          (validity, uids) ->
              target.computeIfAbsent(validity, any -> new TreeMap<>()).putAll(uids));
    }
    listIsTouched(from);
    listIsTouched(to);
    if (damaged.remove(from)) {
      damaged.add(to);
    }
  }
}
