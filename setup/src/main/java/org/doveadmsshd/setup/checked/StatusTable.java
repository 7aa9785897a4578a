package org.doveadmsshd.setup.checked;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code doveadm -f tab mailbox status} prints of a user.
 *
 * @param mailboxes their fields by their names, as they were printed
 */
public record StatusTable(Map<String, Map<String, String>> mailboxes) {
  private static final String MAILBOX = "mailbox";

  /** Reads what was printed; lines that have not as many values as the first are left out. */
  public static StatusTable parse(String printed) {
    Map<String, Map<String, String>> mailboxes = new TreeMap<>();
    List<String> lines = printed.lines().toList();
    List<String> names = lines.isEmpty() ? List.of() : List.of(lines.get(0).split("\t", -1));
    int mailbox = names.indexOf(MAILBOX);
    for (String line : lines.isEmpty() ? lines : lines.subList(1, lines.size())) {
      String[] values = line.split("\t", -1);
      if (mailbox >= 0 && values.length == names.size()) {
        Map<String, String> fields = new TreeMap<>();
        for (int i = 0; i < values.length; i++) {
          if (i != mailbox) {
            fields.put(names.get(i), values[i]);
          }
        }
        mailboxes.put(values[mailbox], fields);
      }
    }
    return new StatusTable(mailboxes);
  }

  /** The sum of a field over all mailboxes. */
  long sum(String field) {
    return mailboxes.values().stream()
        .map(fields -> fields.getOrDefault(field, "0"))
        .filter(value -> value.matches("[0-9]{1,18}"))
        .mapToLong(Long::parseLong)
        .sum();
  }

  /** What is not the same in another one, for people; nothing when all is. */
  List<String> differences(StatusTable doveadm) {
    List<String> differences = new ArrayList<>();
    for (Map.Entry<String, Map<String, String>> each : mailboxes.entrySet()) {
      Map<String, String> theirs = doveadm.mailboxes.get(each.getKey());
      if (theirs == null) {
        differences.add(each.getKey() + ": unknown to doveadm");
      } else {
        each.getValue()
            .forEach(
                (field, value) -> {
                  if (!value.equals(theirs.get(field))) {
                    differences.add(
                        "%s: %s=%s, doveadm %s"
                            .formatted(each.getKey(), field, value, theirs.get(field)));
                  }
                });
      }
    }
    doveadm.mailboxes.keySet().stream()
        .filter(name -> !mailboxes.containsKey(name))
        .forEach(name -> differences.add(name + ": known to doveadm only"));
    return differences;
  }
}
