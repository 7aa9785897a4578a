package org.doveadmsshd.setup.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.Doveconf;

/**
 * Namespaces and what mailboxes in them are for. One is taken over if it can stand together with
 * those before it; the one with INBOX is the first.
 */
final class Namespaces {
  private static final String NAMESPACE = "namespace";
  private static final String MAILBOX = NAMESPACE + "/mailbox";
  private static final List<String> KEYS =
      List.of(
          "type", "prefix", "separator", "inbox", "list", "subscriptions", "hidden", "alias_for");

  private final Findings findings;
  private final Locations locations;
  private final Trial trial;
  private final List<String> names = new ArrayList<>();

  Namespaces(Findings findings, Locations locations, Trial trial) {
    this.findings = findings;
    this.locations = locations;
    this.trial = trial;
  }

  void write(Doveconf dovecot, Output out) {
    Output location = new Output();
    new Locations(new Findings(), dovecot).write(dovecot.root(), location);
    Output taken = new Output();
    List<Block> all =
        dovecot.root().all(NAMESPACE).stream()
            .filter(block -> !block.yes("disabled"))
            .sorted(Comparator.comparing(block -> !isInbox(block)))
            .toList();
    for (Block block : all) {
      namespace(block, location, taken);
    }
    if (!taken.toString().isEmpty()) {
      out.blank().comment("Namespaces, as IMAP clients see them (docs/namespaces.md).").add(taken);
    }
  }

  private static boolean isInbox(Block block) {
    return block.yes("inbox");
  }

  private void namespace(Block block, Output location, Output taken) {
    String name = name(block);
    String why = "";
    for (boolean plainHomes : List.of(false, true)) {
      List<String> missing = new ArrayList<>();
      Output section = section(block, name, plainHomes, missing);
      List<String> mistakes =
          missing.isEmpty()
              ? trial.mistakes("" + location + taken + section, Optional.empty())
              : missing;
      if (mistakes.isEmpty()) {
        taken.add(section);
        names.add(name);
        findings.taken(block.title(), text(block));
        return;
      }
      why = why.isEmpty() ? mistakes.get(0) : why;
    }
    findings.notTaken(title(block), why);
  }

  private static String title(Block block) {
    String type = block.find("type").orElse("private");
    return block.name().isEmpty() ? NAMESPACE + " (" + type + ")" : block.title();
  }

  /** Here each has a name. */
  private String name(Block block) {
    String base =
        block.name().isEmpty()
            ? isInbox(block) ? "inbox" : block.find("type").orElse("private")
            : block.name();
    String name = base;
    for (int i = 2; names.contains(name); i++) {
      name = base + i;
    }
    return name;
  }

  /**
   * Makes a section.
   *
   * @param plainHomes whether homes are written as the userdb spells them
   * @param missing gets what it cannot say
   */
  private Output section(Block block, String name, boolean plainHomes, List<String> missing) {
    Output out = new Output().open(NAMESPACE, name);
    List<String> lost = new ArrayList<>();
    for (String key : KEYS) {
      block.find(key).ifPresent(value -> set(out, NAMESPACE, key, value, missing));
    }
    locations
        .of(block, "location")
        .map(value -> plainHomes ? value.replace("%Lh", "%h") : value)
        .ifPresent(value -> set(out, NAMESPACE, "location", value, missing));
    for (Block mailbox : block.all("mailbox")) {
      Output inside = new Output();
      mailbox
          .find("special_use")
          .ifPresent(value -> set(inside, MAILBOX, "special_use", value, lost));
      mailbox.find("auto").ifPresent(value -> set(inside, MAILBOX, "auto", value, lost));
      if (!inside.toString().isEmpty()) {
        out.open("mailbox", mailbox.name());
        inside.toString().lines().forEach(out::raw);
        out.close();
      }
    }
    lost.forEach(text -> findings.notTaken(block.title() + "/mailbox", text));
    return out.close();
  }

  private static void set(
      Output out, String section, String key, String value, List<String> missing) {
    out.trySet(section, key, Templates.translated(value))
        .ifPresent(why -> missing.add(key + " = " + value + ": " + why));
  }

  private static String text(Block block) {
    return "prefix \"%s\", separator \"%s\""
        .formatted(block.text("prefix"), block.find("separator").orElse("of the layout"));
  }
}
