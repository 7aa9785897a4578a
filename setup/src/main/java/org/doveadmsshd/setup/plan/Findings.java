package org.doveadmsshd.setup.plan;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.setup.plan.Finding.Kind;

/** Gathers what became of settings, while they are taken over. */
final class Findings {
  private final List<Finding> all = new ArrayList<>();
  private int elsewhere;

  void taken(String setting, String text) {
    all.add(new Finding(Kind.TAKEN, setting, text));
  }

  void notTaken(String setting, String why) {
    all.add(new Finding(Kind.NOT_TAKEN, setting, why));
  }

  void needed(String setting, String why) {
    all.add(new Finding(Kind.NEEDED, setting, why));
  }

  /** Counts a setting of what Dovecot does and this program does not. */
  void ofOtherServices() {
    elsewhere++;
  }

  List<Finding> all() {
    return List.copyOf(all);
  }

  int elsewhere() {
    return elsewhere;
  }
}
