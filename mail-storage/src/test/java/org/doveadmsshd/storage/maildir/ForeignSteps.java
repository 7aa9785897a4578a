package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.doveadmsshd.storage.MailStore;

/** What others do to a Maildir: deliver, restore, copy, change permissions, take things away. */
final class ForeignSteps {
  private static final int SOMEBODY = 12345;

  private final Path root;
  private final MaildirModel model;
  private final Random random;
  private int names;

  ForeignSteps(Path root, MaildirModel model, Random random) {
    this.root = root;
    this.model = model;
    this.random = random;
  }

  /** Does one thing; says what. */
  String step() throws IOException {
    List<String> all = new ArrayList<>(model.mailboxes.keySet());
    String mailbox = all.get(random.nextInt(all.size()));
    Path path = mailbox.equals(MailStore.INBOX) ? root : root.resolve("." + mailbox);
    switch (random.nextInt(12)) {
      case 0:
        return "deliver " + deliver(mailbox, path);
      case 1:
        return "see " + see(mailbox, path);
      case 2:
        return "flag " + flag(mailbox, path);
      case 3:
        return "unlink " + unlink(mailbox, path);
      case 4:
        return "twin " + twin(mailbox, path);
      case 5:
        return "link " + link(path);
      case 6:
        return "permissions " + permissions(path);
      case 7:
        return "no keywords " + takeKeywords(mailbox, path);
      case 8:
        return "no list " + takeList(mailbox, path);
      case 9:
        return "cut list " + cutList(path);
      case 10:
        return "no directories " + takeDirectories(path);
      default:
        return "litter " + litter(path);
    }
  }

  private static List<Path> files(Path mailbox) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String part : List.of("cur", "new")) {
      if (Files.isDirectory(mailbox.resolve(part))) {
        try (Stream<Path> all = Files.list(mailbox.resolve(part))) {
          all.filter(file -> Files.isRegularFile(file) && !name(file).startsWith("."))
              .sorted()
              .forEach(files::add);
        }
      }
    }
    return files;
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private Optional<Path> any(Path mailbox) throws IOException {
    List<Path> files = files(mailbox);
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(files.get(random.nextInt(files.size())));
  }

  private static int number(Path file) throws IOException {
    return Integer.parseInt(Files.readString(file).lines().toList().get(2));
  }

  /** The mail of the model that lies in a file: by number and flags, as copies have one number. */
  private MaildirModel.Kept kept(String mailbox, Path file) throws IOException {
    int number = number(file);
    long uid = uid(file);
    return model.mailboxes.get(mailbox).stream()
        .filter(each -> each.number == number && (each.uid == uid || each.uid == 0))
        .findFirst()
        .orElseThrow(() -> new IOException("the model does not know " + file));
  }

  private static long uid(Path file) throws IOException {
    Path list = file.getParent().resolveSibling("dovecot-uidlist");
    String ending = " :" + name(file).split(":")[0];
    for (String line : Files.readAllLines(list)) {
      if (line.endsWith(ending)) {
        return Long.parseLong(line.split(" ")[0]);
      }
    }
    return 0;
  }

  private Path write(Path file, int number) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, MaildirModel.text(number));
    date(file, number);
    return file;
  }

  private static void date(Path file, int number) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(MaildirModel.date(number) * 1000));
  }

  private String deliver(String mailbox, Path path) throws IOException {
    int number = model.newNumber();
    String base = "17000000" + names++ + ".M1P1.other";
    boolean isNew = random.nextBoolean();
    write(path.resolve(isNew ? "new/" + base : "cur/" + base + ":2,S"), number);
    Set<String> flags = isNew ? Set.of() : Set.of("\\Seen");
    model.mailboxes.get(mailbox).add(new MaildirModel.Kept(number, flags));
    return mailbox;
  }

  /** As a session does that takes new mail. */
  private String see(String mailbox, Path path) throws IOException {
    for (Path file : files(path)) {
      if (file.getParent().endsWith("new")) {
        Files.createDirectories(path.resolve("cur"));
        String info = name(file).contains(":") ? "" : ":2,";
        Files.move(file, path.resolve("cur").resolve(name(file) + info));
      }
    }
    return mailbox;
  }

  private String flag(String mailbox, Path path) throws IOException {
    Optional<Path> file = any(path);
    if (file.isPresent() && name(file.get()).contains(":2,")) {
      String old = name(file.get());
      int at = old.indexOf(":2,") + 3;
      if (old.indexOf('F', at) < 0) {
        MaildirModel.Kept kept = kept(mailbox, file.get());
        Files.move(
            file.get(), file.get().resolveSibling(old.substring(0, at) + "F" + old.substring(at)));
        kept.flags.add("\\Flagged");
      }
    }
    return mailbox;
  }

  private String unlink(String mailbox, Path path) throws IOException {
    Optional<Path> file = any(path);
    if (file.isPresent()) {
      model.mailboxes.get(mailbox).remove(kept(mailbox, file.get()));
      Files.delete(file.get());
    }
    return mailbox;
  }

  /** A backup is copied over the mailbox: the base is there twice. */
  private String twin(String mailbox, Path path) throws IOException {
    Optional<Path> file = any(path);
    if (file.isPresent()) {
      String base = name(file.get()).split(":")[0];
      Path twin = path.resolve("cur").resolve(base + ":2,RST");
      if (!Files.exists(twin)) {
        int number = model.newNumber();
        write(twin, number);
        while (changed(twin).compareTo(changed(file.get())) <= 0) {
          date(twin, number); // until it can be told which one came later
        }
        Set<String> flags = Set.of("\\Answered", "\\Seen", "\\Deleted");
        model.mailboxes.get(mailbox).add(new MaildirModel.Kept(number, flags));
      }
    }
    return mailbox;
  }

  private static FileTime changed(Path file) throws IOException {
    return (FileTime) Files.getAttribute(file, "unix:ctime");
  }

  /** A backup by hard links is made, or somebody died between link and unlink. */
  private String link(Path path) throws IOException {
    Optional<Path> file = any(path);
    if (file.isPresent()) {
      Files.createLink(root.resolve("backup" + names++), file.get());
    }
    return name(path);
  }

  private String permissions(Path path) throws IOException {
    Optional<Path> file = any(path);
    if (file.isPresent()) {
      String mode = random.nextBoolean() ? "r--------" : "rw-rw-rw-";
      Files.setPosixFilePermissions(file.get(), PosixFilePermissions.fromString(mode));
      if (System.getProperty("user.name").equals("root") && random.nextBoolean()) {
        Files.setAttribute(file.get(), "unix:uid", SOMEBODY);
      }
    }
    return name(path);
  }

  /** The letters stay and have no meaning any more. */
  private String takeKeywords(String mailbox, Path path) throws IOException {
    Path file = path.resolve("dovecot-keywords");
    if (Files.exists(file)) {
      for (MaildirModel.Kept mail : model.mailboxes.get(mailbox)) {
        Set<String> flags = new TreeSet<>(mail.flags);
        for (String line : Files.readAllLines(file)) {
          String[] words = line.split(" ");
          if (flags.remove(words[1])) {
            flags.add("unknown-" + words[0]);
          }
        }
        mail.flags = flags;
      }
      Files.delete(file);
    }
    return mailbox;
  }

  private String takeList(String mailbox, Path path) throws IOException {
    if (files(path).isEmpty()) {
      return "of nothing";
    }
    Files.deleteIfExists(path.resolve("dovecot-uidlist"));
    model.forgetUids(mailbox);
    return mailbox;
  }

  /** Somebody was killed while appending, or has taken out the lines of expunged mails. */
  private String cutList(Path path) throws IOException {
    Path list = path.resolve("dovecot-uidlist");
    if (!Files.exists(list)) {
      return "of nothing";
    }
    if (random.nextBoolean()) {
      Files.writeString(list, "99", StandardOpenOption.APPEND);
      return name(path);
    }
    Set<String> bases = new TreeSet<>();
    for (Path file : files(path)) {
      bases.add(name(file).split(":")[0]);
    }
    List<String> lines = Files.readAllLines(list);
    long next = 0;
    List<String> kept = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      if (line.contains(" :")) {
        next = Long.parseLong(line.split(" ")[0]) + 1;
        if (bases.contains(line.substring(line.indexOf(" :") + 2))) {
          kept.add(line);
        }
      }
    }
    String[] header = lines.get(0).split(" ");
    header[2] = "N" + Math.max(next, Long.parseLong(header[2].substring(1)));
    kept.add(0, String.join(" ", header));
    Files.write(list, kept);
    return name(path) + " without expunged ones";
  }

  private static String takeDirectories(Path path) throws IOException {
    for (String part : List.of("cur", "new", "tmp")) {
      Path directory = path.resolve(part);
      if (Files.isDirectory(directory)) {
        try (Stream<Path> files = Files.list(directory)) {
          if (files.findAny().isPresent()) {
            continue;
          }
        }
        Files.delete(directory);
      }
    }
    return name(path);
  }

  private String litter(Path path) throws IOException {
    Path cur = Files.createDirectories(path.resolve("cur"));
    int number = names++;
    Files.createSymbolicLink(cur.resolve("1.link" + number + ":2,S"), root);
    Files.createDirectory(cur.resolve("2.directory" + number));
    Files.createFile(cur.resolve(".hidden" + number));
    Files.createDirectories(path.resolve("tmp"));
    Files.createFile(path.resolve("tmp/3.half" + number));
    Files.createSymbolicLink(root.resolve(".link" + number), root.resolve("nowhere"));
    return name(path);
  }
}
