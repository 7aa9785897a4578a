package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.doveadmsshd.base.ShellWord;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Glossary;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.storage.fetch.FetchFields;
import org.doveadmsshd.storage.search.QueryGuide;

/** The terms that arguments of commands are made of, and what help says of them. */
public enum Terms {
  SEARCH_KEYS("search keys", "search key", "search -u alice@example.org ", QueryGuide.keys()),
  PART_KEYS(
      "mimepart keys",
      "search key behind MIMEPART",
      "search -u alice@example.org mimepart ",
      QueryGuide.partKeys()),
  FETCH_FIELDS("fetch fields", "fetch field", "", FetchFields.glossary());

  private final String plural;
  private final String singular;
  private final String command;
  private final Glossary glossary;

  Terms(String plural, String singular, String command, Glossary glossary) {
    this.plural = plural;
    this.singular = singular;
    this.command = command;
    this.glossary = glossary;
  }

  /** All of this kind. */
  public Glossary glossary() {
    return glossary;
  }

  /** What is to be known of the name of all terms of a kind, or of terms; nothing if it is none. */
  public static List<String> pages(List<String> words) {
    String name = String.join(" ", words);
    List<String> pages = new ArrayList<>();
    for (Terms each : values()) {
      if (each.plural.equalsIgnoreCase(name)) {
        pages.add(each.glossary.table());
      }
      each.glossary.find(name).map(each::page).ifPresent(pages::add);
    }
    return pages;
  }

  /** All that may be asked for. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    for (Terms each : values()) {
      names.add(each.plural);
      each.glossary.names().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }
    return names;
  }

  private String page(Term term) {
    StringBuilder text = new StringBuilder();
    text.append(singular).append(": ").append(term.usage()).append("\n\n");
    text.append(term.meaning()).append('\n');
    if (!term.group().note().isEmpty()) {
      text.append(term.group().note()).append('\n');
    }
    text.append("\n  ").append(example(term)).append('\n');
    if (term.arguments().has(Kind.PART_KEY) && this == SEARCH_KEYS) {
      text.append('\n').append(PART_KEYS.glossary.table());
    }
    return text.toString();
  }

  private String example(Term term) {
    return command.isEmpty()
        ? term.example()
        : "doveadm " + command + ShellWord.line(List.of(term.example().split(" ")));
  }
}
