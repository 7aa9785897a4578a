package org.doveadmsshd.system.model;

import java.io.IOException;
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
import java.util.TreeSet;
import java.util.stream.Stream;
import org.doveadmsshd.posix.Host;

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
    steps.add(user("leave locks", 2, OutsideSteps::leaveLocks));
    steps.add(user("odd things", 2, OutsideSteps::oddThings));
    steps.add(user("let time pass", 2, OutsideSteps::letTimePass));
    steps.add(user("remove directories", 3, OutsideSteps::removeDirectories));
    return steps;
  }

  static Step user(String name, int weight, Step.Act act) {
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
  static String there(World world, Random random) throws IOException {
    String box = CommandSteps.box(world, random);
    String whole = world.presence(box) == Presence.NO ? "INBOX" : box;
    world.makeBox(whole);
    return whole;
  }

  static Disk.Mail one(World world, Random random) {
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
      return null; // no program could tell that the other mail is another one
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

  static boolean hasTwins(World world) {
    return world.disk().bases().values().stream().anyMatch(files -> files > 1);
  }

  static String backUp(World world, Random random) throws IOException {
    Path backup = world.root.resolveSibling("backup");
    if (hasTwins(world)) {
      return null; // when both come back, no program could say which of them was there first
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
        world.returned.add(mail.token());
        done.add(to.toString());
        if (!all) {
          break;
        }
      }
    }
    return done.isEmpty() ? null : done.toString();
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
          if (name.endsWith("uidlist.lock") && world.dovecot != null) {
            Files.writeString(
                file, "999999999:" + Host.name()); // a killed process does nothing more
          }
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
      Thread.sleep(25);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "";
  }

  /** As a Maildir is kept where empty directories are not. */
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
    if (!Rights.ROOT) {
      giveRightsBack(path);
    }
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
