package org.doveadmsshd.console.line;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.doveadmsshd.base.options.Glossary;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.storage.fetch.FetchFields;
import org.doveadmsshd.storage.search.QueryGuide;

/** The words that a line may begin with, and those of queries and field lists. Immutable. */
public final class Vocabulary {
  private final Map<String, Manual> manuals = new TreeMap<>();
  private final Glossary keys = QueryGuide.keys();
  private final Glossary partKeys = QueryGuide.partKeys();
  private final Glossary fields = FetchFields.glossary();
  private final Grammar grammar = new Grammar(keys, partKeys);

  /**
   * @param statements what a line may begin with besides doveadm's commands
   */
  public Vocabulary(List<Manual> statements) {
    CommandCatalog.manuals().forEach(manual -> manuals.put(manual.name(), manual));
    statements.forEach(manual -> manuals.put(manual.name(), manual));
  }

  /** The manual of exactly that name. */
  Optional<Manual> find(String name) {
    return Optional.ofNullable(manuals.get(name));
  }

  /** Whether a manual is not that of a command of doveadm. */
  boolean isStatement(String name) {
    return CommandCatalog.find(name).isEmpty();
  }

  /** Whether some name begins with that. */
  boolean begins(String name) {
    return manuals.keySet().stream().anyMatch(each -> each.startsWith(name));
  }

  /** Those whose names begin so. */
  List<Manual> beginning(String name) {
    List<Manual> all = new ArrayList<>(manuals.values());
    all.removeIf(manual -> !manual.name().startsWith(name));
    return all;
  }

  Glossary keys() {
    return keys;
  }

  Glossary partKeys() {
    return partKeys;
  }

  Glossary fields() {
    return fields;
  }

  Grammar grammar() {
    return grammar;
  }
}
