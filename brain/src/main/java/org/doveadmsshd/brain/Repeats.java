package org.doveadmsshd.brain;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/**
 * Counts what is said again and again, so that it can be said a few times and summed up. Texts are
 * of one kind when they differ in words with digits only: names of mail files, UIDs, sizes. Not
 * safe for several threads.
 */
public final class Repeats {
  /** How often a message of one kind is said; further ones are counted. */
  static final int SAID = 10;

  /** How many kinds of message are counted. Messages of further kinds are all said. */
  private static final int MAX_KINDS = 100;

  /** Stands for words that differ. */
  private static final String ANY = "…";

  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  private static final class Kind {
    private String text;
    private int times;

    Kind(String text) {
      this.text = text;
    }
  }

  /** Counts a text. Returns whether it is still to be said. */
  boolean isToBeSaid(String text) {
    String key = kind(text);
    Kind kind = kinds.get(key);
    if (kind == null) {
      if (kinds.size() == MAX_KINDS) {
        return true;
      }
      kind = new Kind(text);
      kinds.put(key, kind);
    }
    kind.text = text.equals(kind.text) ? text : key;
    return ++kind.times <= SAID;
  }

  /** Names the kinds of which something was not said, and how often. */
  void forEachLeftOut(ObjIntConsumer<String> taker) {
    for (Kind kind : kinds.values()) {
      if (kind.times > SAID) {
        taker.accept(kind.text, kind.times - SAID);
      }
    }
  }

  /** What texts of one kind have in common: the text, with … for each word that has a digit. */
  public static String kind(String text) {
    StringBuilder key = new StringBuilder(text.length());
    for (String word : text.split(" ", -1)) {
      boolean hasDigit = word.chars().anyMatch(Character::isDigit);
      key.append(key.length() == 0 ? "" : " ").append(hasDigit ? any(word) : word);
    }
    return key.toString();
  }

  /** The brackets, commas and colons around a word stay. */
  private static String any(String word) {
    int begin = 0;
    int end = word.length();
    while (!Character.isLetterOrDigit(word.charAt(begin))) {
      begin++;
    }
    while (!Character.isLetterOrDigit(word.charAt(end - 1))) {
      end--;
    }
    return word.substring(0, begin) + ANY + word.substring(end);
  }
}
