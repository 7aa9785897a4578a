package org.doveadmsshd.setup.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.setup.dovecot.Block;

/**
 * A passdb or userdb of Dovecot's, whichever version's settings say it.
 *
 * @param driver such as {@code passwd-file}
 * @param block its section
 * @param isNewer whether its settings are those of 2.4
 */
record Database(String type, String driver, Block block, boolean isNewer) {
  static Database of(Block block, boolean isNewer) {
    String driver =
        block
            .find("driver")
            .or(() -> block.find(block.type() + "_driver"))
            .orElse(block.name().split("\\s")[0]);
    return new Database(block.type(), driver, block, isNewer);
  }

  String title() {
    return type + " " + driver;
  }

  boolean isMaster() {
    return block.yes("master") || block.yes(type + "_master");
  }

  /** A setting of 2.4, whose name may be short in its section. */
  String newer(String name) {
    String kind = driver.replace('-', '_');
    return block
        .find(name)
        .or(() -> block.find(type + "_" + kind + "_" + name))
        .or(() -> block.find(kind + "_" + name))
        .or(() -> block.find(type + "_" + name))
        .orElse("");
  }

  /** Fields that count where the database has none. */
  Map<String, String> defaultFields() {
    return isNewer ? fields(true) : words(block.text("default_fields"));
  }

  /** Fields that count whatever the database has. */
  Map<String, String> overrideFields() {
    return isNewer ? fields(false) : words(block.text("override_fields"));
  }

  /** The section {@code fields} of 2.4; names that end so are defaults. */
  private Map<String, String> fields(boolean defaults) {
    Map<String, String> result = new LinkedHashMap<>();
    block
        .valuesOf("fields")
        .forEach(
            (name, value) -> {
              boolean isDefault = name.endsWith(":default");
              if (isDefault == defaults) {
                result.put(name.replaceFirst(":default$", ""), Templates.translated(value));
              }
            });
    return result;
  }

  /** {@code uid=5000 home=/srv/mail/%u}. */
  static Map<String, String> words(String text) {
    Map<String, String> result = new LinkedHashMap<>();
    for (String word : text.strip().split("\\s+")) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        result.put(word.substring(0, equals), word.substring(equals + 1));
      } else if (!word.isEmpty()) {
        result.put(word, "yes");
      }
    }
    return result;
  }

  /** The file that {@code args} names, if it does: its last word. */
  Optional<String> file() {
    String[] words = block.text("args").strip().split("\\s+");
    String last = words[words.length - 1];
    return last.startsWith("/") ? Optional.of(last) : Optional.empty();
  }
}
