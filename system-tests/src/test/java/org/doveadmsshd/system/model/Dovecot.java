package org.doveadmsshd.system.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** A real Dovecot's doveadm, which works on the same mail. */
final class Dovecot {
  private final Path configuration;
  private final Path home;

  /**
   * @param directory where its configuration goes; the owner of the mail can read it
   * @param home of the user
   */
  Dovecot(Path directory, Path home) throws IOException {
    this.home = home;
    configuration = directory.resolve("dovecot.conf");
    String settings =
        """
        base_dir = %s/run
        log_path = /dev/null
        ssl = no
        mail_location = %s
        first_valid_uid = 0
        mail_fsync = never
        """;
    Files.writeString(configuration, settings.formatted(directory, Layout.LOCATION));
  }

  static boolean isThere() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "doveadm")));
  }

  static List<Step> steps() {
    return List.of(
        new Step("Dovecot looks", 20, Dovecot::look),
        new Step("Dovecot saves", 8, Dovecot::save),
        new Step("Dovecot flags", 12, Dovecot::flags),
        new Step("Dovecot expunges", 6, Dovecot::expunge),
        new Step("Dovecot moves", 8, Dovecot::move),
        new Step("Dovecot creates", 3, Dovecot::create),
        new Step("Dovecot deletes", 2, Dovecot::delete),
        new Step("Dovecot renames", 3, Dovecot::rename));
  }

  /** Says what it has said; nothing when all went well. */
  private String run(List<String> words, String input) throws Exception {
    List<String> all = new ArrayList<>();
    if (Rights.ROOT) {
      all.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    all.addAll(List.of("env", "USER=user", "HOME=" + home));
    all.addAll(List.of("doveadm", "-c", configuration.toString()));
    all.addAll(words);
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    return code == 0 && !said.contains("Error") ? "" : code + " " + said;
  }

  private static String run(World world, List<String> words, String input, Expected expected)
      throws Exception {
    String trouble = world.dovecot.run(words, input);
    world.changed();
    String step = "doveadm " + words + ": " + trouble;
    expected.check(world.disk(), trouble.isEmpty(), step);
    world.forgetGone(world.disk());
    return step;
  }

  private static String look(World world, Random random) throws Exception {
    return run(world, List.of("search", "all"), "", new Expected(world.disk()));
  }

  private static String save(World world, Random random) throws Exception {
    String box = CommandSteps.box(world, random);
    String token = world.nextToken();
    Expected expected = new Expected(world.disk(), box);
    if (world.presence(box) != Presence.NO) {
      expected.comes(new Disk.Mail(box, null, "", token, "", new TreeSet<>(), ""));
    }
    return run(world, List.of("save", "-m", box), World.content(token), expected);
  }

  private static String flags(World world, Random random) throws Exception {
    String box = CommandSteps.box(world, random);
    boolean keyword = random.nextBoolean();
    String flag = keyword ? "$k" + (1 + random.nextInt(3)) : "\\Seen";
    Disk disk = world.disk();
    Expected expected = new Expected(disk);
    for (Disk.Mail mail : disk.in(box)) {
      TreeSet<String> keywords = new TreeSet<>(mail.keywords());
      TreeSet<Integer> letters = new TreeSet<>(mail.flags().chars().boxed().toList());
      if (keyword) {
        keywords.add(flag);
      } else {
        letters.add((int) 'S');
      }
      StringBuilder text = new StringBuilder();
      letters.forEach(text::appendCodePoint);
      expected.becomes(
          mail,
          new Disk.Mail(
              box,
              mail.file(),
              mail.base(),
              mail.token(),
              text.toString(),
              keywords,
              mail.unknown()));
    }
    return run(world, List.of("flags", "add", flag, "mailbox", box, "all"), "", expected);
  }

  private static String expunge(World world, Random random) throws Exception {
    String box = CommandSteps.box(world, random);
    Disk disk = world.disk();
    Expected expected = new Expected(disk);
    disk.in(box).stream().filter(mail -> mail.has('F')).forEach(expected::becomes);
    return run(world, List.of("expunge", "mailbox", box, "flagged"), "", expected);
  }

  private static String move(World world, Random random) throws Exception {
    String from = CommandSteps.box(world, random);
    String to = CommandSteps.box(world, random);
    if (from.equals(to) || world.presence(to) == Presence.NO) {
      return null;
    }
    Disk disk = world.disk();
    Expected expected = new Expected(disk, to);
    for (Disk.Mail mail : disk.in(from)) {
      if (mail.has('S')) {
        expected.becomes(
            mail, new Disk.Mail(to, null, "", mail.token(), mail.flags(), mail.keywords(), ""));
      }
    }
    return run(world, List.of("move", to, "mailbox", from, "seen"), "", expected);
  }

  private static String create(World world, Random random) throws Exception {
    String box = CommandSteps.box(world, random);
    return run(world, List.of("mailbox", "create", box), "", new Expected(world.disk()));
  }

  private static String delete(World world, Random random) throws Exception {
    String box = CommandSteps.box(world, random);
    if (box.equals("INBOX")) {
      return null;
    }
    Expected expected = new Expected(world.disk());
    world.disk().in(box).forEach(expected::becomes);
    world.listIsTouched(box);
    return run(world, List.of("mailbox", "delete", box), "", expected);
  }

  /** A mailbox without others below it gets a name that is free. */
  private static String rename(World world, Random random) throws Exception {
    String from = List.of(Layout.CHILD, "C").get(random.nextInt(2));
    String to = from.equals("C") ? Layout.CHILD : "C";
    if (world.presence(from) == Presence.NO || world.presence(to) != Presence.NO) {
      return null;
    }
    Expected expected = new Expected(world.disk());
    for (Disk.Mail mail : world.disk().in(from)) {
      expected.becomes(
          mail,
          new Disk.Mail(
              to, null, mail.base(), mail.token(), mail.flags(), mail.keywords(), mail.unknown()));
    }
    String step = run(world, List.of("mailbox", "rename", from, to), "", expected);
    if (world.presence(from) == Presence.NO && world.presence(to) != Presence.NO) {
      world.moved(from, to);
    }
    return step;
  }
}
