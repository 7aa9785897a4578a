package org.doveadmsshd.setup.dovecot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A section of Dovecot's configuration, or all of it.
 *
 * @param type first word, such as {@code namespace}; empty for all of it
 * @param name the word behind it; may be empty
 * @param values settings in their order, printable; of one that is set twice the last value
 * @param blocks sections in their order
 */
public record Block(String type, String name, Map<String, String> values, List<Block> blocks) {
  public Block {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    blocks = List.copyOf(blocks);
  }

  /** A value that is there and not empty. */
  public Optional<String> find(String key) {
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
  }

  /** A value; empty when there is none. */
  public String text(String key) {
    return values.getOrDefault(key, "");
  }

  public boolean yes(String key) {
    return text(key).equals("yes");
  }

  /** The sections of a type, in their order. */
  public List<Block> all(String type) {
    return blocks.stream().filter(block -> block.type().equals(type)).toList();
  }

  /** The settings of the first section of a type; none if there is no such section. */
  public Map<String, String> valuesOf(String type) {
    return blocks.stream()
        .filter(block -> block.type().equals(type))
        .findFirst()
        .map(Block::values)
        .orElse(Map.of());
  }

  /** How people call it: {@code namespace inbox}. */
  public String title() {
    return name.isEmpty() ? type : type + " " + name;
  }
}
