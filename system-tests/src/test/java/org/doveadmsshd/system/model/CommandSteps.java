package org.doveadmsshd.system.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.doveadmsshd.posix.SystemCalls;

/** Commands of ours at random, and what they promise. */
final class CommandSteps {
  private static final List<String> KEYWORDS = List.of("$k1", "$k2", "$k3", "$K1", "junk");
  private static final List<String> GROWING =
      List.of("open", "write", "fsync", "rename", "renameat2", "link", "linkat", "mkdir");

  /** Commands after which a UID is gone for good. */
  private static final List<String> LEAVING = List.of("expunge", "move", "deduplicate");

  private CommandSteps() {}

  static List<Step> all() {
    return List.of(
        new Step("look", 8, (world, random) -> look(world)),
        new Step("save", 6, CommandSteps::save),
        new Step("flags", 14, CommandSteps::flags),
        new Step("expunge", 6, CommandSteps::expunge),
        new Step("copy", 6, (world, random) -> copy(world, random, false)),
        new Step("move", 8, (world, random) -> copy(world, random, true)),
        new Step("deduplicate", 2, CommandSteps::deduplicate),
        new Step("mailbox create", 3, CommandSteps::create),
        new Step("mailbox delete", 2, CommandSteps::delete),
        new Step("mailbox rename", 3, CommandSteps::rename),
        new Step("mailbox update", 1, CommandSteps::update),
        new Step("force-resync", 3, (world, random) -> resync(world, random, true)),
        new Step("index", 2, (world, random) -> resync(world, random, false)),
        new Step("subscribe", 2, CommandSteps::subscribe));
  }

  private static String look(World world) throws Exception {
    Look.at(world);
    return "";
  }

  /** Words of a query, and what matches. */
  private record Query(List<String> words, Predicate<Disk.Mail> matches) {}

  private static Query query(World world, Disk disk, Random random) {
    String box = box(world, random);
    Predicate<Disk.Mail> in = mail -> mail.box().equals(box);
    List<Disk.Mail> there = disk.in(box);
    Disk.Mail one = there.isEmpty() ? null : there.get(random.nextInt(there.size()));
    return switch (random.nextInt(7)) {
      case 0 -> query(box, "seen", in.and(mail -> mail.has('S')));
      case 1 -> query(box, "not flagged", in.and(mail -> !mail.has('F')));
      case 2 -> query(box, "keyword $k1", in.and(mail -> mail.keywords().contains("$k1")));
      case 3, 4 -> {
        String token = one == null ? "none" : one.token();
        String value = token.replace(' ', '_').replace('\n', '_') + "@";
        yield query(box, "header message-id <" + value, in.and(mail -> mail.token().equals(token)));
      }
      case 5 -> {
        Long uid = one == null ? null : world.uids.get(box + "/" + one.base());
        yield uid == null
            ? query(box, "all", in)
            : query(box, "uid " + uid, in.and(mail -> mail.base().equals(one.base())));
      }
      default -> query(box, "all", in);
    };
  }

  private static Query query(String box, String words, Predicate<Disk.Mail> matches) {
    List<String> all = new ArrayList<>(List.of("mailbox", box));
    all.addAll(List.of(words.split(" ")));
    return new Query(all, matches);
  }

  /** A mailbox that is there, most times. */
  static String box(World world, Random random) {
    String box = World.BOXES.get(random.nextInt(World.BOXES.size()));
    return random.nextInt(8) == 0 || world.presence(box) != Presence.NO ? box : "INBOX";
  }

  /** Now and then a command is killed at one of its system calls, or finds the disk full. */
  private static SystemCalls.Observer meeting(Random random) {
    int[] left = {random.nextInt(16)};
    return switch (random.nextInt(12)) {
      case 0 ->
          (call, name) -> {
            if (left[0]-- <= 0) {
              throw new Ours.Killed();
            }
            return 0;
          };
      case 1 -> (call, name) -> left[0]-- == 0 && GROWING.contains(call) ? 28 : 0;
      default -> null;
    };
  }

  /**
   * Carries a command out and compares.
   *
   * @param isThere whether all mailboxes are there that it needs
   */
  private static String run(
      World world, Random random, List<String> words, String input, Expected done, Presence isThere)
      throws Exception {
    SystemCalls.Observer chosen = meeting(random);
    // files of one base that cannot be parted may look as if the other one had been there first
    SystemCalls.Observer meeting = OutsideSteps.hasTwins(world) ? null : chosen;
    Ours.Result result = Rights.asUser(() -> world.ours.run(words, input, meeting));
    world.changed();
    String step = words + " = " + result.code() + " " + result.messages();
    if (!result.isDone() && isThere == Presence.YES && meeting == null && !world.mayFail()) {
      throw new ModelFault("failed for no reason: " + step);
    }
    if (result.isDone() && isThere == Presence.NO) {
      throw new ModelFault("done though a mailbox is missing: " + step);
    }
    if (result.code() == -1) {
      OutsideSteps.letLocksAge(world);
    }
    Disk after = world.disk();
    done.check(after, result.isComplete(), step);
    if (LEAVING.contains(words.get(0)) && result.isDone() && meeting == null && !world.mayFail()) {
      world.noteGone(after);
    }
    world.forgetGone(after);
    return step;
  }

  private static String save(World world, Random random) throws Exception {
    String box = box(world, random);
    String token = world.nextToken();
    Expected expected = new Expected(world.disk(), box);
    Presence exists = world.presence(box);
    expected.comes(new Disk.Mail(box, null, "", token, "", new TreeSet<>(), ""));
    return run(world, random, List.of("save", "-m", box), World.content(token), expected, exists);
  }

  private static String flags(World world, Random random) throws Exception {
    Disk disk = world.disk();
    Query query = query(world, disk, random);
    String verb = List.of("add", "remove", "replace").get(random.nextInt(3));
    TreeSet<String> named = new TreeSet<>();
    TreeSet<String> keywords = new TreeSet<>();
    StringBuilder letters = new StringBuilder();
    if (random.nextBoolean()) {
      named.add("\\Seen");
      letters.append('S');
    }
    if (random.nextInt(3) == 0) {
      named.add("\\Flagged");
      letters.append('F');
    }
    if (random.nextInt(3) > 0 || named.isEmpty()) {
      String keyword = KEYWORDS.get(random.nextInt(KEYWORDS.size()));
      named.add(keyword);
      keywords.add(keyword.toLowerCase(java.util.Locale.ROOT));
    }
    Expected expected = new Expected(disk);
    for (Disk.Mail mail : disk.mails()) {
      if (query.matches().test(mail)) {
        expected.becomes(mail, changed(mail, verb, letters.toString(), keywords));
      }
    }
    List<String> words = words("flags " + verb, String.join(" ", named), query);
    return run(world, random, words, "", expected, world.presence(query.words().get(1)));
  }

  private static Disk.Mail changed(
      Disk.Mail mail, String verb, String letters, TreeSet<String> named) {
    TreeSet<String> keywords = new TreeSet<>(mail.keywords());
    TreeSet<Integer> flags = new TreeSet<>(mail.flags().chars().boxed().toList());
    List<Integer> changes = letters.chars().boxed().toList();
    switch (verb) {
      case "add" -> {
        keywords.addAll(named);
        flags.addAll(changes);
      }
      case "remove" -> {
        keywords.removeAll(named);
        flags.removeAll(changes);
      }
      default -> {
        keywords = named;
        flags = new TreeSet<>(changes);
      }
    }
    StringBuilder text = new StringBuilder();
    flags.forEach(text::appendCodePoint);
    String unknown = verb.equals("replace") ? "" : mail.unknown();
    return new Disk.Mail(
        mail.box(), mail.file(), mail.base(), mail.token(), text.toString(), keywords, unknown);
  }

  private static List<String> words(String command, String first, Query query) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    if (first != null) {
      words.add(first);
    }
    words.addAll(query.words());
    return words;
  }

  private static String expunge(World world, Random random) throws Exception {
    Disk disk = world.disk();
    Query query = query(world, disk, random);
    Expected expected = new Expected(disk);
    disk.mails().stream().filter(query.matches()).forEach(expected::becomes);
    List<String> words = words("expunge", null, query);
    return run(world, random, words, "", expected, world.presence(query.words().get(1)));
  }

  private static String copy(World world, Random random, boolean moves) throws Exception {
    Disk disk = world.disk();
    Query query = query(world, disk, random);
    String to = box(world, random);
    Expected expected = new Expected(disk, to);
    for (Disk.Mail mail : disk.mails()) {
      if (query.matches().test(mail)) {
        Disk.Mail there =
            new Disk.Mail(to, null, "", mail.token(), mail.flags(), mail.keywords(), "");
        if (!moves) {
          expected.becomes(mail, mail, there);
        } else if (world.rightsAreTaken) {
          expected.mayBeDoubled(mail, there);
        } else {
          expected.becomes(mail, there);
        }
      }
    }
    Presence exist = world.presence(query.words().get(1)).and(world.presence(to));
    return run(world, random, words(moves ? "move" : "copy", to, query), "", expected, exist);
  }

  private static String deduplicate(World world, Random random) throws Exception {
    Disk disk = world.disk();
    String box = box(world, random);
    Expected expected = new Expected(disk);
    disk.in(box).forEach(expected::mayGo);
    List<String> words = List.of("deduplicate", "mailbox", box, "all");
    String step = run(world, random, words, "", expected, world.presence(box));
    List<String> left = world.disk().in(box).stream().map(Disk.Mail::token).toList();
    for (Disk.Mail mail : disk.in(box)) {
      if (!left.contains(mail.token())) {
        throw new ModelFault(mail + " is gone after " + step);
      }
    }
    return step;
  }

  private static String create(World world, Random random) throws Exception {
    String box = box(world, random);
    Presence free = world.presence(box).not();
    List<String> words = List.of("mailbox", "create", box);
    return run(world, random, words, "", new Expected(world.disk()), free);
  }

  private static String delete(World world, Random random) throws Exception {
    String box = box(world, random);
    Disk disk = world.disk();
    Expected expected = new Expected(disk);
    disk.in(box).forEach(expected::becomes);
    Presence possible = box.equals("INBOX") ? Presence.NO : world.presence(box);
    if (possible == Presence.NO) {
      expected = new Expected(disk);
    } else {
      world.listIsTouched(box);
    }
    return run(world, random, List.of("mailbox", "delete", box), "", expected, possible);
  }

  private static String rename(World world, Random random) throws Exception {
    String from = box(world, random);
    String to = box(world, random);
    Disk disk = world.disk();
    Expected expected = new Expected(disk);
    List<String> renamed = new ArrayList<>();
    for (String box : World.BOXES) {
      if ((box.equals(from) || box.startsWith(from + Layout.SEPARATOR))
          && world.presence(box) != Presence.NO) {
        renamed.add(box);
      }
    }
    boolean possible =
        !renamed.isEmpty()
            && Stream.of(from, to).noneMatch("INBOX"::equals)
            && !to.equals(from)
            && !to.startsWith(from + Layout.SEPARATOR)
            && renamed.stream()
                .allMatch(box -> world.presence(to + box.substring(from.length())) == Presence.NO);
    if (!possible) {
      return null;
    }
    Presence there = renamed.stream().map(world::presence).reduce(Presence.YES, Presence::and);
    for (Disk.Mail mail : disk.mails()) {
      if (renamed.contains(mail.box())) {
        String target = to + mail.box().substring(from.length());
        expected.becomes(
            mail,
            new Disk.Mail(
                target,
                null,
                mail.base(),
                mail.token(),
                mail.flags(),
                mail.keywords(),
                mail.unknown()));
      }
    }
    String step = run(world, random, List.of("mailbox", "rename", from, to), "", expected, there);
    for (String box : renamed) {
      String target = to + box.substring(from.length());
      if (world.presence(box) == Presence.NO && world.presence(target) != Presence.NO) {
        world.moved(box, target);
      }
    }
    return step;
  }

  /** The file is as it was, or as it shall be: what a crash leaves is no third thing. */
  private static String subscribe(World world, Random random) throws Exception {
    String box = World.BOXES.get(random.nextInt(World.BOXES.size()));
    boolean more = random.nextBoolean();
    TreeSet<String> before = subscriptions(world);
    TreeSet<String> wanted = new TreeSet<>(before);
    if (more) {
      wanted.add(box);
    } else {
      wanted.remove(box);
    }
    List<String> words = List.of("mailbox", more ? "subscribe" : "unsubscribe", box);
    Expected same = new Expected(world.disk());
    Presence known = before.equals(wanted) ? Presence.MAYBE : Presence.YES;
    String step = run(world, random, words, "", same, known);
    TreeSet<String> after = subscriptions(world);
    boolean done = step.contains("] = 0 ");
    if (!world.rightsAreTaken && !after.equals(wanted) && (done || !after.equals(before))) {
      throw new ModelFault("subscribed: %s, before %s, after %s".formatted(after, before, step));
    }
    return step;
  }

  private static TreeSet<String> subscriptions(World world) throws Exception {
    java.nio.file.Path file = world.root.resolve("subscriptions");
    TreeSet<String> names = new TreeSet<>();
    if (java.nio.file.Files.exists(file)) {
      for (String line : java.nio.file.Files.readString(file).split("\n")) {
        if (!line.isEmpty() && !line.startsWith("V\t")) {
          names.add(line.replace("\t", Layout.SEPARATOR));
        }
      }
    }
    return names;
  }

  private static String update(World world, Random random) throws Exception {
    String box = box(world, random);
    boolean validity = random.nextBoolean();
    String value =
        Integer.toString(validity ? 1 + random.nextInt(2_000_000_000) : 1 + random.nextInt(60));
    if (validity) {
      world.listIsTouched(box);
    }
    String option = validity ? "--uid-validity" : "--min-next-uid";
    List<String> words = List.of("mailbox", "update", option, value, box);
    return run(world, random, words, "", new Expected(world.disk()), world.presence(box));
  }

  private static String resync(World world, Random random, boolean repairs) throws Exception {
    String box = box(world, random);
    Presence exists = world.presence(box);
    if (repairs && world.damaged.contains(box)) {
      world.listIsTouched(box);
    }
    List<String> words = List.of(repairs ? "force-resync" : "index", box);
    String step = run(world, random, words, "", new Expected(world.disk()), exists);
    if (repairs && step.contains("] = 0 ")) {
      world.damaged.remove(box);
    }
    return step;
  }
}
