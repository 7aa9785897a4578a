package org.doveadmsshd.setup.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.settings.KnownSettings;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.Doveconf;

/** Namespaces and what mailboxes in them are for. */
final class Namespaces {
  private static final String NAMESPACE = "namespace";
  private static final List<String> KEYS =
      List.of(
          "type", "prefix", "separator", "inbox", "list", "subscriptions", "hidden", "alias_for");

  private final Findings findings;
  private final Locations locations;

  Namespaces(Findings findings, Locations locations) {
    this.findings = findings;
    this.locations = locations;
  }

  void write(Doveconf dovecot, Output out) {
    List<Block> all = dovecot.root().all(NAMESPACE);
    if (all.isEmpty()) {
      return;
    }
    boolean known = KnownSettings.has(NAMESPACE, "prefix");
    if (known) {
      out.blank().comment("Namespaces, as IMAP clients see them.");
    }
    for (Block each : all) {
      if (each.text("disabled").equals("yes")) {
        continue;
      }
      if (known) {
        taken(each, out);
      } else {
        missing(each);
      }
    }
  }

  private void taken(Block block, Output out) {
    out.open(NAMESPACE, block.name());
    List<String> missing = new ArrayList<>();
    for (String key : KEYS) {
      block
          .find(dovecotName(block, key))
          .flatMap(
              value ->
                  out.trySet(NAMESPACE, key, Templates.translated(value))
                      .map(why -> key + ": " + why))
          .ifPresent(missing::add);
    }
    locations
        .of(block, "location")
        .flatMap(value -> out.trySet(NAMESPACE, "location", value).map(why -> "location: " + why))
        .ifPresent(missing::add);
    for (Block mailbox : block.all("mailbox")) {
      Optional<String> use = mailbox.find("special_use");
      if (use.isPresent() && KnownSettings.has(NAMESPACE + "/mailbox", "special_use")) {
        out.open("mailbox", mailbox.name());
        out.trySet(NAMESPACE + "/mailbox", "special_use", use.get());
        out.close();
      }
    }
    out.close();
    missing.forEach(text -> findings.notTaken(block.title(), text));
    findings.taken(block.title(), text(block));
  }

  /** Of an alias 2.4 says the namespace by the same name. */
  private static String dovecotName(Block block, String key) {
    return block.values().containsKey("namespace_" + key) ? "namespace_" + key : key;
  }

  private static String text(Block block) {
    return "prefix \"%s\", separator \"%s\""
        .formatted(block.text("prefix"), block.find("separator").orElse("."));
  }

  /** Where there is one namespace with {@code .} between levels, what differs from that. */
  private void missing(Block block) {
    String title = block.title();
    boolean isPrivate = block.find("type").orElse("private").equals("private");
    boolean isInbox = block.yes("inbox") || block.name().equals("inbox");
    if (!isPrivate || !isInbox) {
      findings.notTaken(title, "only the private namespace with INBOX is seen here");
      return;
    }
    block
        .find("separator")
        .filter(separator -> !separator.equals("."))
        .ifPresent(
            separator ->
                findings.notTaken(
                    title + "/separator",
                    "mailboxes are named with . between levels, not " + separator));
    block
        .find("prefix")
        .ifPresent(
            prefix ->
                findings.notTaken(title + "/prefix", "mailboxes are named without " + prefix));
    long uses =
        block.all("mailbox").stream().filter(box -> box.find("special_use").isPresent()).count();
    if (uses > 0) {
      findings.notTaken(
          title + "/special_use",
          uses
              + (uses == 1 ? " mailbox" : " mailboxes")
              + ": named by their names here, not as \\Trash");
    }
  }
}
