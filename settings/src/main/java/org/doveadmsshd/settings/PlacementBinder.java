package org.doveadmsshd.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.doveadmsshd.auth.sql.SqlLookup;
import org.doveadmsshd.auth.sql.SqlSettings;
import org.doveadmsshd.base.Nearest;

/** Reads how a brain knows which server has a user. */
final class PlacementBinder {
  private final Function<String, Path> paths;
  private final BackendBinder backends;
  private final List<String> servers;
  private final List<Problem> problems;

  /**
   * @param paths makes a path absolute
   * @param servers that may be named
   * @param problems gets what is wrong
   */
  PlacementBinder(
      Function<String, Path> paths,
      BackendBinder backends,
      List<Settings.ServerSettings> servers,
      List<Problem> problems) {
    this.paths = paths;
    this.backends = backends;
    this.servers = servers.stream().map(Settings.ServerSettings::name).toList();
    this.problems = problems;
  }

  PlacementSettings placement(List<Section> sections, List<Section> passdbs) {
    if (sections.isEmpty()) {
      return new PlacementSettings.Any();
    }
    Section section = sections.get(0);
    if (sections.size() > 1) {
      sections.get(1).problem("placement stands here twice");
    }
    return switch (section.text("driver")) {
      case "static" -> fixed(section);
      case "hash" -> new PlacementSettings.Hash();
      case "passdb" -> passdb(section, passdbs);
      case "sql" -> sql(section);
      default -> new PlacementSettings.Any();
    };
  }

  /** {@code masks { mask = server[,server] }}, or {@code file = /path}. */
  private PlacementSettings fixed(Section section) {
    List<PlacementSettings.Mask> masks = new ArrayList<>();
    for (Section inside : section.inside()) {
      inside.freeKeys().forEach(mask -> masks.add(mask(inside, mask)));
    }
    boolean hasFile = !section.text("file").isEmpty();
    if (hasFile == !section.inside().isEmpty()) {
      section.problem("placement static: set either file or a section masks");
    }
    if (!hasFile) {
      return new PlacementSettings.Masks(masks);
    }
    Path file = paths.apply(section.text("file"));
    DovecotConfiguration.unreadable(file).ifPresent(why -> section.problem("file", why));
    return new PlacementSettings.InFile(file);
  }

  private PlacementSettings.Mask mask(Section section, String mask) {
    List<String> named = section.words(mask);
    if (named.isEmpty()) {
      section.problem(mask, "expected names of servers, such as " + mask + " = mail1");
    }
    for (String name : named) {
      if (!servers.contains(name)) {
        section.problem(mask, "there is no server " + name + Nearest.question(name, servers));
      }
    }
    return new PlacementSettings.Mask(mask, named);
  }

  private PlacementSettings passdb(Section section, List<Section> passdbs) {
    List<Backend> asked = new ArrayList<>();
    for (Section each : passdbs) {
      if (List.of("pam", "oauth2").contains(each.text("driver"))) {
        each.problem("driver", "it cannot say where a user is; a placement cannot ask it");
      } else {
        asked.add(backends.passdb(each).backend());
      }
    }
    if (passdbs.isEmpty()) {
      section.problem("placement passdb: there is no passdb section that could be asked");
    }
    return new PlacementSettings.OfPassdb(asked);
  }

  /** {@code args = /path}, a file with the settings of the database, and the query. */
  private PlacementSettings sql(Section section) {
    if (section.text("args").isBlank()) {
      section.problem("placement sql: args must be set, to a file with driver, connect and query");
      return new PlacementSettings.Any();
    }
    Section settings =
        Section.readFile("placement", paths.apply(section.text("args").strip()), problems);
    SqlSettings database =
        new SqlSettings(
            settings.text("driver"),
            settings.text("connect"),
            "PLAIN",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    String query = settings.text("query");
    List<String> mistakes = database.driver().isEmpty() ? List.of("") : database.mistakes();
    if (mistakes.isEmpty()) {
      SqlLookup.mistake(database, query).ifPresent(text -> settings.problem("query", text));
    } else {
      mistakes.stream().filter(text -> !text.isEmpty()).forEach(settings::problem);
    }
    return new PlacementSettings.Query(database, query);
  }
}
