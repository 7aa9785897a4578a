package org.doveadmsshd.system.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What people do to a Maildir that makes mail servers wonder. */
final class TamperingSteps {
  private TamperingSteps() {}

  static List<Step> all() {
    List<Step> steps = new ArrayList<>();
    steps.add(OutsideSteps.user("remove the UID list", 2, TamperingSteps::removeList));
    steps.add(OutsideSteps.user("restore the UID list", 2, ofList(TamperingSteps::restoreList)));
    steps.add(OutsideSteps.user("damage the UID list", 2, ofList(TamperingSteps::damageList)));
    steps.add(OutsideSteps.user("tidy the UID list", 2, ofList(TamperingSteps::tidyList)));
    steps.add(OutsideSteps.user("remove keywords", 2, TamperingSteps::removeKeywords));
    steps.add(OutsideSteps.user("other letters", 3, TamperingSteps::otherLetters));
    steps.add(OutsideSteps.user("restore", 3, TamperingSteps::restore));
    steps.add(OutsideSteps.user("twin", 2, TamperingSteps::twin));
    steps.add(new Step("take rights", 3, TamperingSteps::takeRights));
    steps.add(
        new Step("give rights back", 2, (world, random) -> OutsideSteps.giveRightsBack(world)));
    return steps;
  }

  /** A lock of another machine is respected for some time after each change of the list. */
  private static Step.Act ofList(Step.Act act) {
    return (world, random) -> {
      String done = act.on(world, random);
      OutsideSteps.letLocksAge(world);
      return done;
    };
  }

  private static String removeList(World world, Random random) throws IOException {
    String box = OutsideSteps.there(world, random);
    world.listIsTouched(box);
    world.damaged.remove(box);
    return Files.deleteIfExists(list(world, box)) ? box : null;
  }

  private static Path list(World world, String box) {
    return Disk.directory(world.root, box).resolve("dovecot-uidlist");
  }

  /** What the list of the backup did not know is forgotten with it. */
  private static String restoreList(World world, Random random) throws IOException {
    String box = OutsideSteps.there(world, random);
    Path from = world.backup == null ? null : list(world, box);
    Path old = world.backup == null ? null : world.backup.resolve(world.root.relativize(from));
    if (old == null || !Files.exists(old)) {
      return null;
    }
    Files.copy(old, from, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    rewind(world, box);
    return box;
  }

  private static void rewind(World world, String box) throws IOException {
    world.listIsTouched(box);
    long validity = validity(list(world, box));
    Map<Long, String> before =
        world.seenBefore.getOrDefault(box, Map.of()).getOrDefault(validity, Map.of());
    world.seen.computeIfAbsent(box, any -> new TreeMap<>()).put(validity, new TreeMap<>(before));
    if (validity == 0) {
      world.damaged.add(box);
    }
  }

  /** What a list says; 0 when it says nothing. */
  private static long validity(Path list) throws IOException {
    String content = Files.readString(list, StandardCharsets.ISO_8859_1);
    String[] words = content.split("\n", 2)[0].split(" ");
    boolean usable = words.length > 1 && words[1].matches("V[0-9]{1,10}");
    return usable ? Long.parseLong(words[1].substring(1)) : 0;
  }

  private static String damageList(World world, Random random) throws IOException {
    String box = OutsideSteps.there(world, random);
    Path list = list(world, box);
    if (!Files.exists(list)) {
      return null;
    }
    byte[] bytes = Files.readAllBytes(list);
    int kind = random.nextInt(7);
    int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    switch (kind) {
      case 0 -> { // what was cut off is forgotten
        long validity = validity(list);
        world.seen.getOrDefault(box, new TreeMap<>()).remove(validity);
        Files.write(list, java.util.Arrays.copyOf(bytes, at));
      }
      case 1 -> Files.write(list, new byte[0]);
      case 2 -> // as after a power failure, on some file systems
          java.util.Arrays.fill(bytes, at, bytes.length, (byte) 0);
      default -> {
        String content = new String(bytes, StandardCharsets.ISO_8859_1);
        int line = content.indexOf('\n') + 1;
        String damaged = content.substring(0, line) + between(kind, content.substring(line));
        Files.writeString(list, damaged, StandardCharsets.ISO_8859_1);
      }
    }
    if (kind == 2) {
      Files.write(list, bytes);
    }
    world.listIsTouched(box);
    world.damaged.add(box);
    return box + " in way " + kind + " at " + at;
  }

  /** The lines of mails, with something wrong. */
  private static String between(int kind, String lines) {
    int second = lines.indexOf('\n') + 1;
    return switch (kind) {
      case 3 -> lines.substring(second) + lines.substring(0, second); // in another order
      case 4 -> lines + lines; // each twice
      case 5 -> "4294967295 :too-much\n" + lines;
      default -> "<<<<<<< HEAD\n" + lines;
    };
  }

  /** A process was killed while it wrote, or has removed lines of mails that are gone. */
  private static String tidyList(World world, Random random) throws IOException {
    String box = OutsideSteps.there(world, random);
    Path list = list(world, box);
    if (!Files.exists(list) || validity(list) == 0 || world.damaged.contains(box)) {
      return null;
    }
    String content = Files.readString(list, StandardCharsets.ISO_8859_1);
    if (random.nextBoolean()) {
      String half = content.endsWith("\n") ? "99" : "";
      Files.writeString(list, content + half, StandardCharsets.ISO_8859_1);
      return box + " ends in the middle of a line";
    }
    Map<String, Integer> bases = world.disk().bases();
    String[] lines = content.split("\n");
    StringBuilder kept = new StringBuilder();
    long next = Long.parseLong(lines[0].replaceAll(".* N([0-9]+).*", "$1"));
    for (int i = 1; i < lines.length; i++) {
      int base = lines[i].indexOf(" :");
      if (base > 0 && (i < lines.length - 1 || content.endsWith("\n"))) {
        next = Math.max(next, Long.parseLong(lines[i].split(" ")[0]) + 1);
        boolean there = bases.containsKey(box + "/" + lines[i].substring(base + 2));
        kept.append(there ? lines[i] + "\n" : "");
      }
    }
    String head = lines[0].replaceAll(" N[0-9]+", " N" + next) + "\n";
    Files.writeString(list, head + kept, StandardCharsets.ISO_8859_1);
    return box + " without expunged ones";
  }

  private static String removeKeywords(World world, Random random) throws IOException {
    String box = OutsideSteps.there(world, random);
    Path file = Disk.directory(world.root, box).resolve("dovecot-keywords");
    Path old = world.backup == null ? null : world.backup.resolve(world.root.relativize(file));
    switch (random.nextInt(3)) {
      case 0 -> Files.writeString(file, "0 $k1\r\nrubbish\n1 \n7 $k7\n99 x\n");
      case 1 -> {
        if (old != null && Files.exists(old)) {
          Files.copy(old, file, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      default -> Files.deleteIfExists(file);
    }
    return box;
  }

  /** A mail is given letters, as of a mailbox in which they had names. */
  private static String otherLetters(World world, Random random) throws IOException {
    Disk.Mail mail = OutsideSteps.one(world, random);
    if (mail == null || world.disk().bases().get(mail.box() + "/" + mail.base()) > 1) {
      return null;
    }
    String letters = List.of("a", "b", "ab", "z").get(random.nextInt(4));
    Path cur = Disk.directory(world.root, mail.box()).resolve("cur");
    Files.createDirectories(cur);
    Path to = cur.resolve(mail.base() + ":2,S" + letters);
    if (!Files.exists(to)) {
      Files.move(mail.file(), to, StandardCopyOption.ATOMIC_MOVE);
    }
    return mail.file() + " to " + to;
  }

  /** The backup is copied over what there is. */
  private static String restore(World world, Random random) throws IOException {
    if (world.backup == null || OutsideSteps.hasTwins(world)) {
      return null;
    }
    boolean mailOnly = random.nextBoolean();
    Disk.read(world.backup).mails().forEach(mail -> world.returned.add(mail.token()));
    List<Path> lists = new ArrayList<>();
    try (Stream<Path> files = Files.walk(world.backup)) {
      for (Path from : (Iterable<Path>) files::iterator) {
        Path to = world.root.resolve(world.backup.relativize(from));
        String name = from.getFileName().toString();
        if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectories(to);
        } else if (!mailOnly || !name.startsWith("do")) {
          Files.copy(
              from,
              to,
              StandardCopyOption.REPLACE_EXISTING,
              StandardCopyOption.COPY_ATTRIBUTES,
              LinkOption.NOFOLLOW_LINKS);
          if (name.equals("dovecot-uidlist")) {
            lists.add(to);
          }
        }
      }
    }
    for (String box : World.BOXES) {
      if (lists.contains(list(world, box))) {
        rewind(world, box);
      }
    }
    OutsideSteps.letLocksAge(world);
    return mailOnly ? "mails" : "everything";
  }

  /** Another content under the name of a mail. */
  private static String twin(World world, Random random) throws IOException {
    Disk.Mail mail = OutsideSteps.one(world, random);
    if (mail == null || (int) Files.getAttribute(mail.file(), "unix:nlink") > 1) {
      return null; // what is done to the other name would make this one look younger
    }
    String place = random.nextBoolean() ? "cur" : "new";
    String flags = List.of(":2,", ":2,FT", ":2,D").get(random.nextInt(3));
    Path to = Disk.directory(world.root, mail.box()).resolve(place).resolve(mail.base() + flags);
    if (Files.exists(to) || !Files.isDirectory(to.getParent())) {
      return null;
    }
    String token = world.nextToken();
    do {
      Files.writeString(to, World.content(token));
    } while (!isYounger(to, mail.file()));
    return to + " with " + token;
  }

  /** Clocks of file systems are coarse: a later file must be later for them, too. */
  private static boolean isYounger(Path file, Path other) throws IOException {
    FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
    return changed.compareTo((FileTime) Files.getAttribute(other, "unix:ctime")) > 0;
  }

  /** As a program that runs as root does. */
  private static String takeRights(World world, Random random) throws IOException {
    if (OutsideSteps.hasTwins(world)) {
      return null; // giving them back would hide which of the files was there first
    }
    List<Path> paths = new ArrayList<>();
    try (Stream<Path> files = Files.walk(world.root, 3)) {
      files.filter(file -> !Files.isSymbolicLink(file)).sorted().forEach(paths::add);
    }
    Path path = paths.get(random.nextInt(paths.size()));
    boolean directory = Files.isDirectory(path);
    if (Rights.ROOT && random.nextBoolean()) {
      Files.setAttribute(path, "unix:uid", 0);
      Files.setAttribute(path, "unix:gid", 0);
    }
    world.changed();
    String mode =
        directory
            ? List.of("---------", "r-xr-xr-x", "rwx------").get(random.nextInt(3))
            : List.of("---------", "r--r--r--", "rw-------").get(random.nextInt(3));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    world.rightsAreTaken = true;
    return path + " " + mode;
  }
}
