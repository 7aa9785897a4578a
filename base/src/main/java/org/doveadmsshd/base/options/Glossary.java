package org.doveadmsshd.base.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The terms of one kind, in the order in which help lists them. What help, completion and manual
 * pages say of them is made from here. Immutable.
 */
public record Glossary(List<Term> terms) {
  /** Longest line of what is listed. */
  private static final int LINE = 90;

  /** Where meanings begin. */
  private static final int COLUMN = 30;

  public Glossary {
    terms = List.copyOf(terms);
  }

  /** Their names, sorted. */
  public List<String> names() {
    return terms.stream().map(Term::name).sorted().toList();
  }

  /** The term that a word is, in whatever case; of several the one that says most of it. */
  public Optional<Term> find(String word) {
    Optional<Term> found = Optional.empty();
    for (Term term : terms) {
      if (term.name().equalsIgnoreCase(word)) {
        return Optional.of(term);
      }
      boolean longer = found.isEmpty() || found.get().name().length() < term.name().length();
      found = longer && term.isFor(word) ? Optional.of(term) : found;
    }
    return found;
  }

  /**
   * All of them in a few lines, those that take the same together. Lines of at most 90 characters,
   * each ended.
   */
  public String summary() {
    StringBuilder text = new StringBuilder();
    int indent = titles().stream().mapToInt(String::length).max().orElse(0) + 2;
    groups()
        .forEach(
            (group, members) -> {
              text.append(group.title()).append(" ".repeat(indent - group.title().length()));
              wrap(text, pieces(members), indent);
              if (!group.note().isEmpty()) {
                String margin = " ".repeat(indent);
                text.append(margin).append(group.note().replace("\n", "\n" + margin)).append('\n');
              }
            });
    return text.toString();
  }

  /** All of them with their meanings, a line for each; lines as those of {@link #summary}. */
  public String table() {
    StringBuilder text = new StringBuilder();
    groups()
        .forEach(
            (group, members) -> {
              text.append(text.length() == 0 ? "" : "\n").append(group.title()).append('\n');
              for (Term term : members) {
                boolean fits = term.usage().length() < COLUMN;
                text.append("  ").append(term.usage());
                text.append(fits ? "" : "\n  ");
                text.append(" ".repeat(COLUMN - (fits ? term.usage().length() : 0)));
                text.append(term.meaning()).append('\n');
              }
              if (!group.note().isEmpty()) {
                text.append("  ").append(group.note().replace("\n", "\n  ")).append('\n');
              }
            });
    return text.toString();
  }

  private List<String> titles() {
    return terms.stream().map(term -> term.group().title()).toList();
  }

  private Map<Term.Group, List<Term>> groups() {
    Map<Term.Group, List<Term>> groups = new LinkedHashMap<>();
    for (Term term : terms) {
      groups.computeIfAbsent(term.group(), each -> new ArrayList<>()).add(term);
    }
    return groups;
  }

  /** Between pieces a line may be broken; names that take the same are followed by it once. */
  private static List<String> pieces(List<Term> members) {
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      String taken = members.get(i).arguments().text();
      boolean last =
          i + 1 == members.size() || !members.get(i + 1).arguments().text().equals(taken);
      pieces.add(last ? members.get(i).usage() + " " : members.get(i).name());
    }
    return pieces;
  }

  private static void wrap(StringBuilder text, List<String> pieces, int indent) {
    int length = indent;
    boolean begun = false;
    for (String piece : pieces) {
      if (begun && length + 1 + piece.stripTrailing().length() > LINE) {
        end(text);
        text.append(" ".repeat(indent));
        length = indent;
        begun = false;
      }
      text.append(begun ? " " : "").append(piece);
      length += piece.length() + (begun ? 1 : 0);
      begun = true;
    }
    end(text);
  }

  private static void end(StringBuilder text) {
    int end = text.length();
    while (text.charAt(end - 1) == ' ') {
      end--;
    }
    text.setLength(end);
    text.append('\n');
  }
}
