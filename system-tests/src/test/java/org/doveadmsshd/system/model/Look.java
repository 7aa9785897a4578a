package org.doveadmsshd.system.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;

/**
 * Looks at all mails through a command, and compares with what lies on disk and was seen before.
 */
final class Look {
  private static final String FIELDS = "mailbox uid flags hdr.x-token storageid";

  private final World world;
  private final Disk before;
  private final Map<String, Long> validities = new HashMap<>();

  /** A mail as it was shown. */
  private record Row(String box, long uid, String token, String base, String text) {}

  private Look(World world, Disk before) {
    this.world = world;
    this.before = before;
  }

  static void at(World world) throws Exception {
    Disk before = world.disk();
    Look look = new Look(world, before);
    Ours.Result result =
        Rights.asUser(
            () -> {
              Ours.Result fetched =
                  world.ours.run(List.of("fetch", FIELDS, "mailbox", "*", "all"), "");
              look.askValidities();
              return fetched;
            });
    world.changed();
    Disk after = world.disk();
    new Expected(before).check(after, true, "looking");
    if (!result.isDone() && !world.mayFail()) {
      throw new ModelFault("looking failed for no reason: " + result.messages());
    }
    look.check(result, after);
  }

  private void askValidities() {
    for (String box : new HashSet<>(before.mails().stream().map(Disk.Mail::box).toList())) {
      try (MailStore store = world.ours.open()) {
        Optional<Mailbox> mailbox = store.find(box);
        if (mailbox.isPresent()) {
          try (Mailbox open = mailbox.get()) {
            validities.put(box, open.identifiers().uidValidity());
          }
        }
      } catch (Failure e) {
        // the look itself has failed as well then
      }
    }
  }

  private void check(Ours.Result result, Disk disk) {
    List<Row> rows = new ArrayList<>();
    for (List<Value> values : result.rows()) {
      rows.add(row(values, disk));
    }
    Map<String, List<String>> left = new TreeMap<>();
    for (Disk.Mail mail : disk.mails()) {
      left.computeIfAbsent(mail.token(), any -> new ArrayList<>()).add(mail.known());
    }
    for (Row row : rows) {
      if (!left.getOrDefault(row.token(), List.of()).remove(row.text())) {
        throw new ModelFault(
            "shown is %s (%s), which is not there so; there is %s"
                .formatted(row, result.messages(), disk.mails()));
      }
    }
    left.values().removeIf(List::isEmpty);
    if (result.isComplete() && !left.isEmpty()) {
      throw new ModelFault("not shown: " + left);
    }
    checkUids(rows, disk);
  }

  private static Row row(List<Value> values, Disk disk) {
    String box = values.get(0).text();
    String base = values.get(4).text();
    String token = values.get(3).text().strip();
    if (token.isEmpty()) { // it cannot be read
      List<Disk.Mail> same =
          disk.in(box).stream().filter(mail -> mail.base().equals(base)).toList();
      token = same.size() == 1 ? same.get(0).token() : "";
    }
    TreeSet<String> flags = new TreeSet<>();
    TreeSet<String> keywords = new TreeSet<>();
    for (String flag : values.get(2).text().split(" ")) {
      if (flag.startsWith("\\")) {
        flags.add(letter(flag));
      } else if (!flag.isEmpty() && !flag.matches("unknown-[0-9]+")) {
        keywords.add(flag.toLowerCase(Locale.ROOT));
      }
    }
    String text = "%s %s [%s] %s".formatted(box, token, String.join("", flags), keywords);
    return new Row(box, Long.parseLong(values.get(1).text()), token, base, text);
  }

  private static String letter(String flag) {
    return switch (flag) {
      case "\\Answered" -> "R";
      case "\\Deleted" -> "T";
      case "\\Recent" -> "";
      default -> flag.substring(1, 2);
    };
  }

  private static long lastKey(TreeMap<Long, String> seen) {
    return seen.isEmpty() ? 0 : seen.lastKey();
  }

  /** UIDs only grow: none comes back, and none that is new is below one that was seen. */
  private void checkGrowing(Row row, long largest, Map<Long, String> seen) {
    if (world.gone.getOrDefault(row.box(), Set.of()).contains(row.uid())) {
      throw new ModelFault("the UID of %s was gone".formatted(row));
    }
    boolean isNew = !seen.containsValue(row.token()) && !world.returned.contains(row.token());
    if (isNew && row.uid() < largest) {
      throw new ModelFault("%s is new, and %d was seen".formatted(row, largest));
    }
  }

  private void checkUids(List<Row> rows, Disk disk) {
    Map<String, Set<Long>> given = new HashMap<>();
    Map<String, Long> largest = new HashMap<>();
    for (Row row : rows) {
      if (row.uid() < 1
          || !given.computeIfAbsent(row.box(), any -> new HashSet<>()).add(row.uid())) {
        throw new ModelFault("UID used twice: " + row + " of " + rows);
      }
      Long validity = validities.get(row.box());
      if (validity == null) {
        continue;
      }
      Long old = world.validities.put(row.box(), validity);
      if (old != null && !old.equals(validity)) {
        throw new ModelFault("UIDVALIDITY of %s was %d, is %d".formatted(row.box(), old, validity));
      }
      TreeMap<Long, String> seen =
          (TreeMap<Long, String>)
              world
                  .seen
                  .computeIfAbsent(row.box(), any -> new TreeMap<>())
                  .computeIfAbsent(validity, any -> new TreeMap<>());
      checkGrowing(row, largest.computeIfAbsent(row.box(), any -> lastKey(seen)), seen);
      String before = seen.put(row.uid(), row.token());
      if (before != null && !before.equals(row.token())) {
        throw new ModelFault("the UID of %s was that of %s".formatted(row, before));
      }
      Long stays = world.uids.put(row.box() + "/" + row.base(), row.uid());
      if (stays != null && stays != row.uid()) {
        throw new ModelFault("%s had the UID %d".formatted(row, stays));
      }
    }
    world.forgetGone(disk);
  }
}
