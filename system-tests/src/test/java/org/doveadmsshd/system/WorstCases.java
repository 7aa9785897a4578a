package org.doveadmsshd.system;

import java.util.ArrayList;
import java.util.List;

/**
 * Texts that keep a regular expression busy: for each of its repetitions one that goes through it
 * as often as there is room for, and through everything else as little as it may.
 */
final class WorstCases {
  private static final int MANY = 64 * 1024;

  private final String pattern;
  private final int wanted; // the number of the repetition that is the long one
  private int position;
  private int repetitions;

  private WorstCases(String pattern, int wanted) {
    this.pattern = pattern;
    this.wanted = wanted;
  }

  /** The texts, each as it is, with something at its end that does not fit, and twice in a row. */
  static List<String> of(String pattern) {
    List<String> texts = new ArrayList<>();
    WorstCases counting = new WorstCases(pattern, -1);
    counting.alternatives();
    for (int i = 0; i < counting.repetitions; i++) {
      String text = new WorstCases(pattern, i).alternatives();
      texts.addAll(List.of(text, text + "\uffff", "\uffff" + text + "\uffff" + text));
    }
    return texts;
  }

  private boolean has(String next) {
    return pattern.startsWith(next, position);
  }

  private String alternatives() {
    String best = sequence();
    while (has("|")) {
      position++;
      int before = repetitions;
      String other = sequence();
      boolean holdsWanted = before <= wanted && wanted < repetitions;
      best = holdsWanted ? other : best;
    }
    return best;
  }

  private String sequence() {
    StringBuilder text = new StringBuilder();
    while (position < pattern.length() && !has("|") && !has(")")) {
      int before = repetitions;
      String once = atom();
      text.append(repeated(once, before <= wanted && wanted < repetitions));
    }
    return text.toString();
  }

  private String atom() {
    char c = pattern.charAt(position++);
    switch (c) {
      case '(':
        boolean look = has("?=") || has("?!") || has("?<");
        if (has("?")) {
          position += has("?<") ? 3 : 2;
        }
        String inner = alternatives();
        position++; // the closing one
        return look ? "" : inner;
      case '[':
        return ofClass();
      case '\\':
        return escaped(pattern.charAt(position++));
      case '.':
        return "x";
      case '^', '$':
        return "";
      default:
        return String.valueOf(c);
    }
  }

  private String escaped(char c) {
    return switch (c) {
      case 'd' -> "1";
      case 's' -> " ";
      case 'w', 'S', 'D' -> "a";
      case 'W' -> "-";
      case 't' -> "\t";
      case 'r' -> "\r";
      case 'n' -> "\n";
      case 'b', 'G', 'A', 'z', 'Z' -> "";
      case 'h' -> " ";
      case 'R' -> "\n";
      case 'x' -> {
        position += 2;
        yield String.valueOf((char) Integer.parseInt(pattern, position - 2, position, 16));
      }
      default -> String.valueOf(c);
    };
  }

  /** The first that is in it, or one that is not if it is negated. */
  private String ofClass() {
    boolean negated = has("^");
    position += negated ? 1 : 0;
    String first = "";
    for (boolean begun = false; !has("]") || !begun; begun = true) {
      char c = pattern.charAt(position++);
      String member = c == '\\' ? escaped(pattern.charAt(position++)) : String.valueOf(c);
      first = begun ? first : member;
    }
    position++;
    return negated ? "x".equals(first) ? "y" : "x" : first;
  }

  /** Also passes over the quantifier. */
  private String repeated(String once, boolean longInside) {
    int least = 1;
    boolean open = false;
    if (has("*") || has("?")) {
      open = has("*");
      least = 0;
      position++;
    } else if (has("+")) {
      open = true;
      position++;
    } else if (has("{") && Character.isDigit(pattern.charAt(position + 1))) {
      int end = pattern.indexOf('}', position);
      String[] bounds = pattern.substring(position + 1, end).split(",", -1);
      least = Integer.parseInt(bounds[0]);
      open = bounds.length > 1 && (bounds[1].isEmpty() || Integer.parseInt(bounds[1]) > 99);
      position = end + 1;
    }
    if (has("+") || has("?")) {
      position++; // possessive, reluctant
    }
    int number = open ? repetitions++ : -1;
    if (open && number == wanted && !once.isEmpty()) {
      return once.repeat(MANY / once.length() + 1);
    }
    return once.repeat(longInside ? Math.max(1, least) : least);
  }
}
