package org.doveadmsshd.system.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.doveadmsshd.storage.posix.Host;

/** What other programs, and people, do to a Maildir. */
final class OutsideSteps {
  private OutsideSteps() {}

  static List<Step> all() {
    List<Step> steps = new ArrayList<>();
    steps.add(user("deliver", 14, (world, random) -> world.deliver(there(world, random), random)));
    steps.add(user("other flags", 6, OutsideSteps::otherFlags));
    steps.add(user("remove a mail", 4, OutsideSteps::remove));
    steps.add(user("copy a file", 3, OutsideSteps::copyFile));
    steps.add(user("back up", 3, OutsideSteps::backUp));
    steps.add(user("bring a mail back", 5, OutsideSteps::bringBack));
    steps.add(user("remove the UID list", 2, OutsideSteps::removeList));
    steps.add(user("restore the UID list", 2, OutsideSteps::restoreList));
    steps.add(user("damage the UID list", 2, OutsideSteps::damageList));
    steps.add(user("tidy the UID list", 2, OutsideSteps::tidyList));
    steps.add(user("leave locks", 2, OutsideSteps::leaveLocks));
    steps.add(user("odd things", 2, OutsideSteps::oddThings));
    steps.add(user("let time pass", 2, OutsideSteps::letTimePass));
    steps.add(user("remove keywords", 2, OutsideSteps::removeKeywords));
    steps.add(user("other letters", 3, OutsideSteps::otherLetters));
    steps.add(user("restore", 3, OutsideSteps::restore));
    steps.add(user("twin", 2, OutsideSteps::twin));
    steps.add(user("remove directories", 3, OutsideSteps::removeDirectories));
    steps.add(new Step("take rights", 3, OutsideSteps::takeRights));
    steps.add(new Step("give rights back", 2, (world, random) -> giveRightsBack(world)));
    return steps;
  }

  private static Step user(String name, int weight, Step.Act act) {
    return new Step(
        name,
        weight,
        (world, random) -> {
          if (world.rightsAreTaken) {
            return null; // it would only fail
          }
          String done = Rights.asUser(() -> act.on(world, random));
          world.changed();
          world.forgetGone(world.disk());
          return done;
        });
  }

  /** Some mailbox that is there, whole. */
  private static String there(World world, Random random) throws IOException {
    String box = CommandSteps.box(world, random);
    String whole = world.presence(box) == Presence.NO ? "INBOX" : box;
    world.makeBox(whole);
    return whole;
  }

  private static Disk.Mail one(World world, Random random) {
    List<Disk.Mail> mails = world.disk().mails();
    return mails.isEmpty() ? null : mails.get(random.nextInt(mails.size()));
  }

  private static String otherFlags(World world, Random random) throws IOException {
    Disk.Mail mail = one(world, random);
    if (mail == null || world.disk().bases().get(mail.box() + "/" + mail.base()) > 1) {
      return null;
    }
    TreeSet<Character> letters = new TreeSet<>();
    String name = mail.file().getFileName().toString();
    int info = name.indexOf(":2,");
    String old = info < 0 ? "" : name.substring(info + 3);
    old.chars().forEach(c -> letters.add((char) c));
    char change = "SFRTD".charAt(random.nextInt(5));
    if (!letters.remove(change)) {
      letters.add(change);
    }
    StringBuilder text = new StringBuilder();
    letters.forEach(text::append);
    Path cur = Disk.directory(world.root, mail.box()).resolve("cur");
    Files.createDirectories(cur);
    boolean stays = random.nextInt(4) == 0;
    Path to = (stays ? mail.file().getParent() : cur).resolve(mail.base() + ":2," + text);
    Files.move(mail.file(), to, StandardCopyOption.ATOMIC_MOVE);
    return mail.file() + " to " + to;
  }

  private static String remove(World world, Random random) throws IOException {
    Disk.Mail mail = one(world, random);
    if (mail == null || world.disk().bases().get(mail.box() + "/" + mail.base()) > 1) {
      return null; // nobody could tell that the other one is another
    }
    Files.delete(mail.file());
    return mail.file().toString();
  }

  private static String copyFile(World world, Random random) throws IOException {
    Disk.Mail mail = one(world, random);
    if (mail == null) {
      return null;
    }
    String box = there(world, random);
    boolean sameName = random.nextBoolean() && !box.equals(mail.box());
    String name = mail.file().getFileName().toString();
    String letters = name.contains(":") ? name.substring(name.indexOf(':')) : "";
    String base =
        sameName ? mail.base() : World.name(world.nextToken(), random).replace(",S=", ",X=");
    Path to = Disk.directory(world.root, box).resolve("cur").resolve(base + letters);
    boolean taken = world.disk().bases().containsKey(box + "/" + base);
    if (taken || Files.exists(to)) {
      return null;
    }
    Files.copy(mail.file(), to);
    return mail.file() + " to " + to;
  }

  private static boolean hasTwins(World world) {
    return world.disk().bases().values().stream().anyMatch(files -> files > 1);
  }

  private static String backUp(World world, Random random) throws IOException {
    Path backup = world.root.resolveSibling("backup");
    if (hasTwins(world)) {
      return null; // nobody could say which of them was there first when both come back
    }
    if (world.backup != null) {
      deleteTree(backup);
    }
    copyTree(world.root, backup);
    world.backup = backup;
    world.seenBefore = World.copy(world.seen);
    return "";
  }

  /** Those mails of the backup that are gone, or one of them. */
  private static String bringBack(World world, Random random) throws IOException {
    if (world.backup == null) {
      return null;
    }
    Map<String, Integer> bases = world.disk().bases();
    List<String> done = new ArrayList<>();
    boolean all = random.nextBoolean();
    for (Disk.Mail mail : Disk.read(world.backup).mails()) {
      boolean gone = !bases.containsKey(mail.box() + "/" + mail.base());
      if (gone && world.presence(mail.box()) != Presence.NO) {
        Path to = world.root.resolve(world.backup.relativize(mail.file()));
        Files.createDirectories(to.getParent());
        Files.copy(mail.file(), to, StandardCopyOption.COPY_ATTRIBUTES);
        done.add(to.toString());
        if (!all) {
          break;
        }
      }
    }
    return done.isEmpty() ? null : done.toString();
  }

  private static String removeList(World world, Random random) throws IOException {
    String box = there(world, random);
    world.listIsTouched(box);
    world.damaged.remove(box);
    return Files.deleteIfExists(list(world, box)) ? box : null;
  }

  private static Path list(World world, String box) {
    return Disk.directory(world.root, box).resolve("dovecot-uidlist");
  }

  /** What the list of the backup did not know is forgotten with it. */
  private static String restoreList(World world, Random random) throws IOException {
    String box = there(world, random);
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
    String box = there(world, random);
    Path list = list(world, box);
    if (!Files.exists(list)) {
      return null;
    }
    byte[] bytes = Files.readAllBytes(list);
    int kind = random.nextInt(3);
    int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    switch (kind) {
      case 0 -> { // what was cut off is forgotten
        long validity = validity(list);
        world.seen.getOrDefault(box, new TreeMap<>()).remove(validity);
        Files.write(list, java.util.Arrays.copyOf(bytes, at));
      }
      case 1 -> Files.write(list, new byte[0]);
      default -> {
        String content = new String(bytes, StandardCharsets.ISO_8859_1);
        int line = content.indexOf('\n') + 1;
        String damaged = content.substring(0, line) + "<<<<<<< HEAD\n" + content.substring(line);
        Files.writeString(list, damaged, StandardCharsets.ISO_8859_1);
      }
    }
    world.listIsTouched(box);
    world.damaged.add(box);
    return box + " in way " + kind + " at " + at;
  }

  /** Somebody was killed while he wrote, or has taken out lines of mails that are gone. */
  private static String tidyList(World world, Random random) throws IOException {
    String box = there(world, random);
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

  private static String leaveLocks(World world, Random random) throws IOException {
    String box = there(world, random);
    Path directory = Disk.directory(world.root, box);
    String holder = random.nextBoolean() ? "999999999:" + Host.name() : "1:another.host";
    Files.writeString(directory.resolve("dovecot-uidlist.lock"), holder);
    Files.writeString(directory.resolve("dovecot-uidlist.tmp"), "3 V1 N");
    Files.writeString(directory.resolve("dovecot-keywords.lock"), "0 ");
    Files.writeString(directory.resolve("tmp/1700000000.M1P1.left"), "X-Tok");
    letLocksAge(world);
    return box + " by " + holder;
  }

  /** Makes locks that were left behind look as if some time had passed. */
  static void letLocksAge(World world) throws IOException {
    try (Stream<Path> files = Files.walk(world.root, 2)) {
      FileTime earlier = FileTime.fromMillis(System.currentTimeMillis() - 200_000);
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        boolean concerned = name.endsWith(".lock") || name.equals("dovecot-uidlist");
        if (concerned && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          Files.setLastModifiedTime(file, earlier);
        }
      }
    }
  }

  private static String oddThings(World world, Random random) throws IOException {
    String box = there(world, random);
    Path cur = Disk.directory(world.root, box).resolve("cur");
    Files.createDirectories(cur.resolve("a directory:2,S"));
    Files.writeString(cur.resolve(".hidden"), "X");
    Path link = cur.resolve("1700000000.link:2,");
    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      Files.createSymbolicLink(link, Path.of("../new/nothing"));
    }
    Files.writeString(world.root.resolve(".sieve"), "keep;");
    for (String name : List.of(".Link", ".Nowhere")) {
      Path mailbox = world.root.resolve(name);
      if (!Files.exists(mailbox, LinkOption.NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(mailbox, Path.of(name.equals(".Link") ? ".A" : "nothing"));
      }
    }
    Disk.Mail mail = one(world, random);
    Path other = world.root.resolve("link" + random.nextInt(1000));
    if (mail != null && !hasTwins(world) && !Files.exists(other)) {
      Files.createLink(other, mail.file());
    }
    Files.writeString(Disk.directory(world.root, box).resolve("maildirfolder"), "");
    return box;
  }

  private static String letTimePass(World world, Random random) throws IOException {
    letLocksAge(world);
    try {
      Thread.sleep(15);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "";
  }

  private static String removeKeywords(World world, Random random) throws IOException {
    String box = there(world, random);
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
    Disk.Mail mail = one(world, random);
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
    if (world.backup == null) {
      return null;
    }
    boolean mailOnly = random.nextBoolean();
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
    letLocksAge(world);
    return mailOnly ? "mails" : "everything";
  }

  /** Another content under the name of a mail. */
  private static String twin(World world, Random random) throws IOException {
    Disk.Mail mail = one(world, random);
    if (mail == null) {
      return null;
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

  /** Clocks of file systems are slow: who came later must be so for them, too. */
  private static boolean isYounger(Path file, Path other) throws IOException {
    FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
    return changed.compareTo((FileTime) Files.getAttribute(other, "unix:ctime")) > 0;
  }

  /** As who keeps a Maildir where empty directories are not kept. */
  private static String removeDirectories(World world, Random random) throws IOException {
    String box = CommandSteps.box(world, random);
    List<String> removed = new ArrayList<>();
    boolean all = random.nextBoolean();
    for (String part : List.of("cur", "new", "tmp")) {
      if (all || random.nextBoolean()) {
        try {
          Files.delete(Disk.directory(world.root, box).resolve(part));
          removed.add(part);
        } catch (IOException e) {
          // it has something in it, or is not there
        }
      }
    }
    return removed.isEmpty() ? null : box + " " + removed;
  }

  /** By whoever did something as root. */
  private static String takeRights(World world, Random random) throws IOException {
    if (hasTwins(world)) {
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

  static String giveRightsBack(World world) throws IOException {
    if (!world.rightsAreTaken) {
      return null;
    }
    giveRightsBack(world.root);
    world.rightsAreTaken = false;
    world.changed();
    return "";
  }

  private static void giveRightsBack(Path path) throws IOException {
    boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    if (Rights.ROOT) {
      Files.setAttribute(path, "unix:uid", Rights.NOBODY, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", Rights.NOBODY, LinkOption.NOFOLLOW_LINKS);
    }
    if (directory || Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      String mode = directory ? "rwxr-xr-x" : "rw-r--r--";
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
    if (directory) {
      try (Stream<Path> files = Files.list(path)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          giveRightsBack(file);
        }
      }
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(
            file,
            to.resolve(from.relativize(file)),
            StandardCopyOption.COPY_ATTRIBUTES,
            LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  static void deleteTree(Path path) throws IOException {
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
