package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.testing.MemoryMailStore;
import org.doveadmsshd.testing.StoredMail;

/**
 * For each command that is carried out for users a line that does something to the mail of {@link
 * #stage}, so that what is promised of all commands can be tried with each.
 */
final class CatalogLines {
  private static final Map<String, String> LINES = new LinkedHashMap<>();

  static {
    LINES.put("altmove", "mailbox INBOX all");
    LINES.put("batch", ": flags add \\Answered mailbox INBOX all : expunge mailbox INBOX flagged");
    LINES.put("check-mail", "");
    LINES.put("copy", "Target mailbox INBOX all");
    LINES.put("deduplicate", "all");
    LINES.put("expunge", "mailbox INBOX not flagged");
    LINES.put("fetch", "uid mailbox INBOX all");
    LINES.put("flags add", "\\Answered mailbox INBOX all");
    LINES.put("flags remove", "\\Seen mailbox INBOX all");
    LINES.put("flags replace", "\\Draft mailbox INBOX all");
    LINES.put("force-resync", "*");
    LINES.put("import", "-s maildir:~/old Back all");
    LINES.put("index", "*");
    LINES.put("mailbox cache purge", "INBOX Target");
    LINES.put("mailbox create", "-s New Newer");
    LINES.put("mailbox delete", "-s Empty Target");
    LINES.put("mailbox list", "*");
    LINES.put("mailbox path", "INBOX");
    LINES.put("mailbox rename", "-s Target Goal");
    LINES.put("mailbox status", "messages *");
    LINES.put("mailbox subscribe", "INBOX");
    LINES.put("mailbox unsubscribe", "Target");
    LINES.put("mailbox update", "--uid-validity 77 INBOX");
    LINES.put("move", "Target mailbox INBOX all");
    LINES.put("purge", "");
    LINES.put("quota get", "");
    LINES.put("quota recalc", "");
    LINES.put("rebuild attachments", "mailbox INBOX all");
    LINES.put("save", "-m Target");
    LINES.put("search", "mailbox INBOX all");
  }

  private CatalogLines() {}

  /** The names of the commands that have a line. */
  static Stream<String> names() {
    return LINES.keySet().stream();
  }

  /** The words of the line of a command, its name first. */
  static String[] line(String name) {
    return (name + " " + LINES.get(name)).strip().split(" ");
  }

  /** As {@link #line}, with words put in between the command's name and the others. */
  static String[] line(String name, String... options) {
    List<String> line = new ArrayList<>(List.of(line(name)));
    line.addAll(name.split(" ").length, List.of(options));
    return line.toArray(String[]::new);
  }

  /** Jane's mail: some in INBOX, one of it twice; a mailbox with mail, one without; a quota. */
  static Stage stage() {
    return stage("*:storage=10M");
  }

  /** As {@link #stage()}, with another rule of the quota. */
  static Stage stage(String rule) {
    QuotaRules rules = QuotaRules.of("count:Mine", List.of(rule)).orElseThrow();
    Stage stage = new Stage(new MemoryMailStore(rules));
    stage.input = "Subject: saved\n\nx\n";
    stage.mail("INBOX", "one", Stage.SEEN, 10);
    stage.mail("INBOX", "two", Stage.FLAGGED, 2);
    StoredMail three = stage.mail("INBOX", "three", Flags.NONE, 1);
    stage.mail("Target", "old", Flags.of(List.of(Flag.RECENT), List.of()), 50);
    MemoryMailStore old = new MemoryMailStore();
    stage.others.put("jane", old);
    Stage elsewhere = new Stage(old);
    elsewhere.mail("INBOX", "four", Stage.SEEN);
    elsewhere.mail("Deep.Er", "five", Flags.NONE);
    try {
      stage.store.create("Empty", Optional.empty());
      stage.store.addCopy("INBOX", three);
      stage.store.subscribe(List.of("Target", "Empty"), true);
    } catch (Failure e) {
      throw new AssertionError(e);
    }
    return stage;
  }

  /** All that a command could change, and what it has put in order. */
  record State(
      Map<String, List<String>> mails,
      List<String> subscriptions,
      List<Mailbox.Identifiers> identifiers,
      List<Integer> done,
      Map<String, List<String>> elsewhere) {
    /** How many mails there are. */
    long size() {
      return mails.values().stream().mapToLong(List::size).sum();
    }
  }

  /** What there is now. */
  static State state(Stage stage) {
    List<Mailbox.Identifiers> identifiers = new ArrayList<>();
    List<Integer> done = new ArrayList<>(List.of(stage.store.recalculations()));
    for (String name : stage.store.contents().keySet()) {
      try (Mailbox mailbox = stage.store.find(name).orElseThrow()) {
        identifiers.add(mailbox.identifiers());
      } catch (Failure e) {
        throw new AssertionError(e);
      }
      done.add(stage.store.resyncs(name));
      done.add(stage.store.forgotten(name));
      stage.store.mails(name).forEach(mail -> done.add(mail.isRemembered() ? 1 : 0));
    }
    return new State(
        stage.store.contents(),
        stage.store.subscriptions(),
        identifiers,
        done,
        stage.others.get("jane").contents());
  }
}
