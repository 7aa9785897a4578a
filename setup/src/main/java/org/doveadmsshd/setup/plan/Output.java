package org.doveadmsshd.setup.plan;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.settings.KnownSettings;

/** The text of a configuration file of ours, as it grows. Only what there is gets into it. */
final class Output {
  private final StringBuilder text = new StringBuilder();
  private String indent = "";

  /** Lines for people. */
  Output comment(String... lines) {
    for (String line : lines) {
      text.append(indent).append(("# " + line).strip()).append('\n');
    }
    return this;
  }

  /** A line that was written elsewhere. */
  Output raw(String line) {
    text.append(indent).append(line).append('\n');
    return this;
  }

  Output blank() {
    text.append('\n');
    return this;
  }

  Output set(String name, String value) {
    text.append(indent).append(name).append(" = ").append(quoted(value)).append('\n');
    return this;
  }

  /**
   * Writes a setting if there is one of that name, and its value may stand there.
   *
   * @param section as {@link KnownSettings} names it
   * @return why it was not written
   */
  Optional<String> trySet(String section, String name, String value) {
    Optional<String> mistake =
        KnownSettings.has(section, name)
            ? KnownSettings.mistake(section, name, value)
            : Optional.of("there is no such setting here yet");
    if (mistake.isEmpty()) {
      set(name, value);
    }
    return mistake;
  }

  Output open(String type, String name) {
    text.append(indent).append(type).append(name.isEmpty() ? "" : " " + named(name)).append(" {\n");
    indent += "  ";
    return this;
  }

  Output close() {
    indent = indent.substring(2);
    text.append(indent).append("}\n");
    return this;
  }

  /** Puts in what was written as a comment. */
  Output commentedOut(Output other) {
    other.text.toString().lines().forEach(line -> text.append("#").append(line).append('\n'));
    return this;
  }

  Output add(Output other) {
    text.append(other.text);
    return this;
  }

  private static String named(String name) {
    return name.matches("[A-Za-z0-9_.@+-]+") ? name : "\"" + escaped(name) + "\"";
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** In quotes where it would be read otherwise without. */
  static String quoted(String value) {
    boolean plain =
        value.equals(value.strip())
            && !value.isEmpty()
            && List.of("\"", "\\", "{", "}").stream().noneMatch(value::endsWith)
            && !value.startsWith("\"")
            && !value.startsWith("#")
            && !value.matches("(?s).*\\s#.*");
    return plain || value.isEmpty() ? value : "\"" + escaped(value) + "\"";
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
