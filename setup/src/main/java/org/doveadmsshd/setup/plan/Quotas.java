package org.doveadmsshd.setup.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.Doveconf;
import org.doveadmsshd.setup.plan.Counterparts.Counterpart;
import org.doveadmsshd.setup.plan.Counterparts.Fate;

/** How much users may store, and what else plugins are told. */
final class Quotas {
  private static final String PLUGIN = "plugin";

  private final Findings findings;
  private final Doveconf dovecot;

  Quotas(Findings findings, Doveconf dovecot) {
    this.findings = findings;
    this.dovecot = dovecot;
  }

  void write(Output out) {
    Map<String, String> settings = dovecot.isNewer() ? newer() : older();
    Output section = new Output();
    section.open(PLUGIN, "");
    boolean any = false;
    for (Map.Entry<String, String> each : settings.entrySet()) {
      Optional<String> mistake = section.trySet(PLUGIN, each.getKey(), each.getValue());
      if (mistake.isPresent()) {
        findings.notTaken("plugin/" + each.getKey(), each.getValue() + ": " + mistake.get());
      } else {
        findings.taken("plugin/" + each.getKey(), each.getValue());
        any = true;
      }
    }
    if (any) {
      out.blank()
          .comment("How much users may store; the userdb's field quota_rule is for one user.")
          .add(section.close());
    }
  }

  /** Settings of plugins, of which only those of the quota plugin have a counterpart. */
  private Map<String, String> older() {
    Map<String, String> quota = new LinkedHashMap<>();
    for (Block plugin : dovecot.root().all(PLUGIN)) {
      plugin.values().forEach((name, value) -> plugin(name, value, quota));
    }
    if (!quota.isEmpty() && !Takeover.hasPlugin(dovecot, "quota")) {
      findings.notTaken(
          "plugin/quota", "Dovecot does not follow it either: mail_plugins has no quota");
      return Map.of();
    }
    return quota;
  }

  private void plugin(String name, String value, Map<String, String> quota) {
    Optional<Counterpart> counterpart = Counterparts.plugin(name);
    if (name.matches("quota_rule[0-9]{0,3}")) {
      quota.put(name, value);
    } else if (counterpart.isEmpty()) {
      findings.notTaken("plugin/" + name, "not known here");
    } else if (counterpart.get().fate() == Fate.SAME) {
      quota.put(name, value);
    } else if (counterpart.get().fate() == Fate.NOT_TAKEN) {
      findings.notTaken("plugin/" + name, counterpart.get().note());
    } else if (counterpart.get().fate() == Fate.ELSEWHERE) {
      findings.ofOtherServices();
    }
  }

  /** {@code quota NAME { storage_size = 1G }}. */
  private Map<String, String> newer() {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Block quota : dovecot.root().all("quota")) {
      String driver = get(quota, "driver").orElse("count");
      if (settings.containsKey("quota")) {
        findings.notTaken(quota.title(), "one quota is followed");
        continue;
      }
      settings.put("quota", driver + ":" + quota.name());
      List<String> limits = new ArrayList<>();
      get(quota, "storage_size").ifPresent(size -> limits.add("storage=" + size));
      get(quota, "message_count").ifPresent(count -> limits.add("messages=" + count));
      if (!limits.isEmpty()) {
        settings.put("quota_rule", "*:" + String.join(":", limits));
      }
    }
    if (!settings.isEmpty()) {
      int number = 2;
      for (Block namespace : dovecot.root().all("namespace")) {
        for (Block mailbox : namespace.all("mailbox")) {
          Optional<String> extra = get(mailbox, "storage_extra");
          if (extra.isPresent()) {
            settings.put("quota_rule" + number++, mailbox.name() + ":storage=+" + extra.get());
          }
        }
      }
    }
    return settings;
  }

  private static Optional<String> get(Block block, String name) {
    return block.find("quota_" + name).or(() -> block.find(name));
  }
}
