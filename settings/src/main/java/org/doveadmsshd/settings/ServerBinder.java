package org.doveadmsshd.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.doveadmsshd.base.Rate;

/** Reads the servers of a brain. */
final class ServerBinder {
  private static final List<String> MECHANISMS =
      List.of("external", "plain", "scram-sha-1", "scram-sha-256", "oauthbearer");

  private final Section top;
  private final Function<String, Path> paths;

  /**
   * @param paths makes a path absolute
   */
  ServerBinder(Section top, Function<String, Path> paths) {
    this.top = top;
    this.paths = paths;
  }

  List<Settings.ServerSettings> servers(List<Section> sections) {
    List<Settings.ServerSettings> servers = new ArrayList<>();
    for (Section section : sections) {
      check(section);
      Settings.ServerSettings server = server(section);
      servers.stream()
          .filter(earlier -> isSame(earlier, server))
          .findFirst()
          .ifPresent(earlier -> section.problem(sameness(earlier, server)));
      servers.add(server);
    }
    return servers;
  }

  /**
   * Whether both have one name, or are reached at the same place. Nobody could say which of the two
   * a user is on, and users of one place would be worked on twice.
   */
  private static boolean isSame(Settings.ServerSettings one, Settings.ServerSettings other) {
    return one.name().equals(other.name())
        || !place(one).isEmpty() && place(one).equalsIgnoreCase(place(other));
  }

  private static String sameness(Settings.ServerSettings one, Settings.ServerSettings other) {
    return one.name().equals(other.name())
        ? "server " + one.name() + " stands here twice"
        : "servers %s and %s are one server under two names: %s"
            .formatted(one.name(), other.name(), place(other));
  }

  private static String place(Settings.ServerSettings server) {
    if (server.socket().isPresent()) {
      return server.socket().get().toString();
    }
    return server.host().isEmpty() ? "" : server.host() + ":" + server.port();
  }

  private static void check(Section section) {
    if (section.name().isEmpty()) {
      section.problem("a server needs a name: server mail1 {");
    }
    boolean remote = section.text("socket").isEmpty();
    for (String key : remote ? List.of("host", "user") : List.<String>of()) {
      if (section.text(key).isEmpty()) {
        section.problem(("server " + section.name()).strip() + ": " + key + " must be set");
      }
    }
    if (!MECHANISMS.contains(section.text("mechanism"))) {
      section.problem("mechanism", "expected one of: " + String.join(" ", MECHANISMS));
    }
  }

  private Settings.ServerSettings server(Section section) {
    String identity = section.text("identity");
    return new Settings.ServerSettings(
        section.name(),
        section.text("host"),
        section.number("port"),
        section.text("user"),
        paths.apply(identity.isEmpty() ? top.text("identity") : identity),
        path(section, "socket"),
        section.text("mechanism"),
        path(section, "secret_file"),
        section.number("workers"),
        section.number("connections"),
        Rate.of(section.text("max_rate")).orElse(Rate.UNLIMITED),
        section.number("weight"),
        section.words("users"));
  }

  private Optional<Path> path(Section section, String key) {
    return Optional.of(section.text(key)).filter(text -> !text.isEmpty()).map(paths);
  }
}
