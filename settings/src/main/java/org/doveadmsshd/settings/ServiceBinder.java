package org.doveadmsshd.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.doveadmsshd.accounts.Confine;

/** Makes records of {@code service} sections; those of one name are taken together. */
final class ServiceBinder {
  /** Less than this no JVM can do with. */
  private static final long LEAST_MEMORY = 64L << 20;

  /** Jars, sockets, and what is open of a mailbox. */
  private static final int LEAST_FILES = 64;

  private static final List<String> KNOWN = List.of(Settings.DOVEADM);

  private final Section top;
  private final Map<String, Section> services = new LinkedHashMap<>();
  private final Section doveadm;
  private final List<Section> sections;
  private final Function<String, Path> path;

  /**
   * @param path makes a path of a setting
   */
  ServiceBinder(
      Section top, List<Section> sections, Function<String, Path> path, List<Problem> problems) {
    this.top = top;
    this.sections = sections;
    this.path = path;
    for (Section each : sections) {
      if (!KNOWN.contains(each.name())) {
        String known = String.join(", ", KNOWN);
        each.problem("unknown service: " + each.name() + " (there is only " + known + ")");
      }
    }
    KNOWN.forEach(name -> services.put(name, service(name, problems)));
    doveadm = services.get(Settings.DOVEADM);
  }

  private Section service(String name, List<Problem> problems) {
    List<Section> named = sections.stream().filter(each -> each.name().equals(name)).toList();
    return named.isEmpty()
        ? Section.read(
            "service", new ImmutableNode.Builder().name("service").create(), "", problems)
        : Section.together(named);
  }

  /** How many users a run works on at a time; 0 lets the server choose. */
  int lanes() {
    return doveadm.number("workers");
  }

  Settings.IsolationSettings isolation() {
    long last = top.id("last_valid_uid");
    if (last > 0 && last < top.id("first_valid_uid")) {
      top.problem("last_valid_uid", "it is less than first_valid_uid; 0 is no limit");
    }
    List<Path> dirs = top.words("valid_mail_dirs").stream().map(path).toList();
    return new Settings.IsolationSettings(
        kind(doveadm.text("isolation")),
        top.id("first_valid_uid"),
        top.id("last_valid_uid"),
        top.id("first_valid_gid"),
        dirs);
  }

  private static Settings.IsolationKind kind(String word) {
    return Arrays.stream(Settings.IsolationKind.values())
        .filter(kind -> kind.word().equals(word))
        .findFirst()
        .orElse(Settings.IsolationKind.AUTO); // a word that is none has been reported
  }

  /** Worker processes of each service. */
  Map<String, Settings.ProcessSettings> services() {
    Map<String, Settings.ProcessSettings> all = new LinkedHashMap<>();
    services.forEach((name, section) -> all.put(name, processes(section)));
    return all;
  }

  private static void check(Section service) {
    boolean tooMany = service.number("process_min_avail") > service.number("process_limit");
    if (tooMany && service.says("process_min_avail")) {
      service.problem("process_min_avail", "expected no more than process_limit");
    }
    if (service.size("vsz_limit") < LEAST_MEMORY) {
      service.problem("vsz_limit", "a worker needs 64M at least");
    }
    int files = service.number("limit_open_files");
    if (files > 0 && files < LEAST_FILES) {
      service.problem("limit_open_files", "a worker needs " + LEAST_FILES + " at least");
    }
  }

  /** A process that serves one user has no other's mail to see. */
  private static Confine confine(Section service) {
    boolean one = service.number("service_count") == 1;
    String word = service.text("confine");
    if (one && word.equals(Confine.SITE.word())) {
      service.problem(
          "confine",
          "service_count = 1 gives each user a process; expected user, or service_count = 0");
    }
    Confine usual = service.number("service_count") == 0 ? Confine.SITE : Confine.USER;
    return word.equals("auto") ? usual : Confine.of(word).orElse(Confine.USER); // yes, as before
  }

  private static Settings.ProcessSettings processes(Section service) {
    check(service);
    return new Settings.ProcessSettings(
        service.text("user"),
        service.number("service_count"),
        service.number("process_min_avail"),
        service.number("process_limit"),
        service.time("idle_kill"),
        service.time("answer_timeout"),
        confine(service),
        service.yes("lock_stacks"),
        Integer.parseInt(service.text("umask"), 8),
        Integer.parseInt(service.text("nice")),
        service.text("ionice"),
        new Settings.ResourceLimits(
            service.size("vsz_limit"),
            service.number("limit_open_files"),
            service.time("limit_cpu_time").toSeconds(),
            service.size("limit_file_size"),
            service.size("limit_core")));
  }

  List<Settings.SocketSettings> sockets() {
    List<Settings.SocketSettings> sockets = new ArrayList<>();
    for (Section each : sections) {
      for (Section listener : each.inside()) {
        if (listener.name().isEmpty()) {
          listener.problem(
              "a unix_listener needs a path: unix_listener /run/doveadm-sshd/doveadm {");
        }
        sockets.add(
            new Settings.SocketSettings(
                path.apply(listener.name()),
                Schema.mode(listener.text("mode")),
                listener.text("group")));
      }
    }
    return sockets;
  }
}
