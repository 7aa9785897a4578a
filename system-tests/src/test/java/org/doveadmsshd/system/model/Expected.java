package org.doveadmsshd.system.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What may lie on disk after a step. */
final class Expected {
  /** What may become of each mail, by its token: of several files there may be several fates. */
  private final Map<String, List<Fate>> fates = new TreeMap<>();

  private final Map<Disk.Mail, Fate> byMail = new java.util.IdentityHashMap<>();
  private final Set<String> arrivals;

  /**
   * What may become of one file.
   *
   * @param done what there is when the step has been carried out, one of these
   * @param undone what there is otherwise
   */
  private record Fate(List<List<String>> done, List<List<String>> undone) {}

  /**
   * Everything stays as it is, as long as nothing else is said.
   *
   * @param arrivals mailboxes to which mails come: letters without names get others there
   */
  Expected(Disk before, String... arrivals) {
    this.arrivals = Set.of(arrivals);
    for (Disk.Mail mail : before.mails()) {
      List<List<String>> same = List.of(List.of(text(mail)));
      put(mail, new Fate(same, same));
    }
  }

  private void put(Disk.Mail mail, Fate fate) {
    List<Fate> all = fates.computeIfAbsent(mail.token(), token -> new ArrayList<>());
    all.remove(byMail.put(mail, fate));
    all.add(fate);
  }

  private String text(Disk.Mail mail) {
    return arrivals.contains(mail.box()) ? mail.known() : mail.whole();
  }

  /** It becomes these. */
  void becomes(Disk.Mail mail, Disk.Mail... next) {
    List<String> texts = java.util.Arrays.stream(next).map(this::text).toList();
    put(mail, new Fate(List.of(texts), List.of(List.of(text(mail)))));
  }

  /** It may be in two places at once when the step breaks off. */
  void mayBeDoubled(Disk.Mail mail, Disk.Mail next) {
    List<String> both = List.of(text(mail), text(next));
    put(mail, new Fate(List.of(List.of(text(next))), List.of(List.of(text(mail)), both)));
  }

  /** It goes, or stays. */
  void mayGo(Disk.Mail mail) {
    List<List<String>> either = List.of(List.of(), List.of(text(mail)));
    put(mail, new Fate(either, either));
  }

  /** A new one. */
  void comes(Disk.Mail mail) {
    put(mail, new Fate(List.of(List.of(text(mail))), List.of(List.of())));
  }

  /**
   * Compares.
   *
   * @param complete whether the step has been carried out; if not, any part of it may have been
   */
  void check(Disk after, boolean complete, String step) {
    Map<String, List<String>> found = new TreeMap<>();
    for (Disk.Mail mail : after.mails()) {
      found.computeIfAbsent(mail.token(), token -> new ArrayList<>()).add(text(mail));
    }
    Set<String> tokens = new TreeSet<>(found.keySet());
    tokens.addAll(fates.keySet());
    for (String token : tokens) {
      List<String> there = found.getOrDefault(token, List.of());
      List<Fate> possible = fates.getOrDefault(token, List.of());
      if (!fits(possible, 0, new ArrayList<>(there), complete)) {
        throw new ModelFault(
            "after %s (%s) there is %s, expected %s; all: %s"
                .formatted(step, complete ? "done" : "not all done", there, possible, after));
      }
    }
  }

  private static boolean fits(List<Fate> fates, int at, List<String> left, boolean complete) {
    if (at == fates.size()) {
      return left.isEmpty();
    }
    Fate fate = fates.get(at);
    List<List<String>> choices = new ArrayList<>(fate.done());
    if (!complete) {
      choices.addAll(fate.undone());
    }
    for (List<String> choice : choices) {
      List<String> rest = new ArrayList<>(left);
      if (choice.stream().allMatch(rest::remove) && fits(fates, at + 1, rest, complete)) {
        return true;
      }
    }
    return false;
  }
}
