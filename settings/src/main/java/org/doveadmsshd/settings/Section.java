package org.doveadmsshd.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.doveadmsshd.base.Nearest;

/** The values of one section, checked against the {@link Schema}. */
final class Section {
  private final String type;
  private final Map<String, Schema.Setting> known;
  private final String name;
  private final String file;
  private final int line;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, Problem> places = new HashMap<>();
  private final List<Section> inside = new ArrayList<>();
  private final List<Problem> problems;

  private Section(
      String type,
      Map<String, Schema.Setting> known,
      ImmutableNode node,
      String file,
      List<Problem> problems) {
    this.type = type;
    this.known = known;
    this.name = text(node, DovecotConfiguration.NAME, "");
    this.file = text(node, DovecotConfiguration.FILE, file);
    this.line = Integer.parseInt(text(node, DovecotConfiguration.LINE, "0"));
    this.problems = problems;
  }

  private static String text(ImmutableNode node, String attribute, String standard) {
    Object value = node.getAttributes().get(attribute);
    return value == null ? standard : value.toString();
  }

  /**
   * Reads the settings that stand directly in a node.
   *
   * @param type name in the schema
   * @param file named where the node does not say where it is from
   * @param problems gets what is wrong
   */
  static Section read(String type, ImmutableNode node, String file, List<Problem> problems) {
    Section section = new Section(type, Schema.settings(type), node, file, problems);
    section.read(node);
    return section;
  }

  /**
   * Reads a file of settings that another one names.
   *
   * @param kind in the schema
   */
  static Section readFile(String kind, Path file, List<Problem> problems) {
    DovecotConfiguration configuration = DovecotConfiguration.read(file, problems);
    ImmutableNode root = configuration.getNodeModel().getNodeHandler().getRootNode();
    boolean readable = Files.isReadable(file);
    Section section =
        new Section(
            kind,
            Schema.settingsOfFile(kind),
            root,
            file.toString(),
            readable ? problems : new ArrayList<>()); // one problem is enough
    section.read(root);
    return section;
  }

  private void read(ImmutableNode node) {
    for (ImmutableNode child : node.getChildren()) {
      boolean isSection = child.getAttributes().containsKey(DovecotConfiguration.NAME);
      String name = child.getNodeName();
      if (!isSection) {
        setting(child);
      } else if (Schema.sectionsIn(type).contains(name)) {
        Map<String, Schema.Setting> settings = Schema.settingsOfFile(type + "/" + name);
        Section section = new Section(name, settings, child, file, problems);
        section.read(child);
        inside.add(section);
      } else if (!type.equals(Schema.TOP)) {
        problem(child, "a section can't stand inside " + type);
      }
    }
  }

  private void setting(ImmutableNode node) {
    String key = node.getNodeName();
    Schema.Setting setting = known.getOrDefault(key, Schema.anySetting(type).orElse(null));
    String value = node.getValue() == null ? "" : node.getValue().toString();
    if (setting == null) {
      problem(node, "unknown setting: " + key + Nearest.question(key, known.keySet()));
      return;
    }
    boolean again = places.put(key, at(node, value)) != null;
    if (again && !known.containsKey(key)) {
      problem(node, key + " stands here twice");
    }
    Optional<String> mistake = setting.type().mistake(value);
    if (mistake.isPresent()) {
      problem(node, key + " = " + value + ": " + mistake.get());
    } else {
      values.put(key, value);
    }
  }

  private void problem(ImmutableNode node, String text) {
    problems.add(at(node, text));
  }

  private Problem at(ImmutableNode node, String text) {
    int where = Integer.parseInt(text(node, DovecotConfiguration.LINE, "0"));
    return new Problem(text(node, DovecotConfiguration.FILE, file), where, text);
  }

  /** Notes that something is wrong with a setting, where it stands: {@code key = value: text}. */
  void problem(String key, String text) {
    Problem place = places.getOrDefault(key, new Problem(file, line, text(key)));
    String value = (key + " = " + place.text()).strip();
    problems.add(new Problem(place.file(), place.line(), value + ": " + text));
  }

  /** Notes that something is wrong with the section as a whole. */
  void problem(String text) {
    problems.add(new Problem(file, line, text));
  }

  /** What kind of section it is. */
  String type() {
    return type;
  }

  /** Several sections of one kind as one, the last; of what they all say, the last word counts. */
  static Section together(List<Section> sections) {
    Section last = sections.get(sections.size() - 1);
    for (int i = sections.size() - 2; i >= 0; i--) {
      sections.get(i).values.forEach(last.values::putIfAbsent);
    }
    return last;
  }

  /** The names of its settings, in their order, where they may have any. */
  List<String> freeKeys() {
    return values.keySet().stream().filter(key -> !known.containsKey(key)).toList();
  }

  /** The sections that stand in it, in their order. */
  List<Section> inside() {
    return List.copyOf(inside);
  }

  /** The word after the section's type; may be empty. */
  String name() {
    return name;
  }

  /** A value, or its default; empty when it should have been set, which is a problem. */
  String text(String key) {
    String standard = known.containsKey(key) ? known.get(key).standard() : "";
    String value = values.getOrDefault(key, standard);
    if (value == null && places.containsKey(key)) {
      return ""; // its mistake has been reported
    }
    if (value == null) {
      problem(type + (name.isEmpty() ? "" : " " + name) + ": " + key + " must be set");
      return "";
    }
    return value;
  }

  /** All its settings as {@code name = value}, in the order of the schema; secrets masked. */
  List<String> effective(String indent) {
    List<String> lines = new ArrayList<>();
    known.forEach(
        (key, setting) -> {
          String value = values.getOrDefault(key, setting.standard());
          boolean secret = key.matches(".*(password|secret|api_key|nonce).*");
          String shown = value == null ? "" : secret && !value.isEmpty() ? "****" : value;
          lines.add(indent + key + " = " + shown);
        });
    freeKeys().forEach(key -> lines.add(indent + key + " = " + values.get(key)));
    for (Section section : inside) {
      lines.add(indent + (section.type + " " + section.name).strip() + " {");
      lines.addAll(section.effective(indent + "  "));
      lines.add(indent + "}");
    }
    return lines;
  }

  boolean yes(String key) {
    return text(key).equals("yes");
  }

  /** Whether the configuration says it, rightly or not. */
  boolean says(String key) {
    return places.containsKey(key);
  }

  long id(String key) {
    return Long.parseLong(text(key));
  }

  int number(String key) {
    return Integer.parseInt(text(key));
  }

  long size(String key) {
    return Schema.size(text(key));
  }

  Duration time(String key) {
    return Schema.time(text(key));
  }

  /** Words separated by spaces or commas; those in quotes may have spaces. */
  List<String> words(String key) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    for (char c : (text(key) + " ").toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
      } else if (quoted || c != ',' && !Character.isWhitespace(c)) {
        word.append(c);
      } else if (!word.toString().isBlank()) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    if (quoted) {
      problem(key, "a quotation mark has no other one");
    }
    return words;
  }

  /** As {@link #words}, checked against what is allowed, if that is not empty. */
  List<String> words(String key, List<String> allowed) {
    List<String> words = words(key);
    for (String word : words) {
      if (!allowed.isEmpty() && !allowed.contains(word)) {
        problem(key, "unknown: " + word + Nearest.question(word, allowed));
      }
    }
    return words;
  }
}
