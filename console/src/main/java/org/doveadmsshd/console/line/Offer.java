package org.doveadmsshd.console.line;

/**
 * A word that may be meant.
 *
 * @param text without quotes
 * @param description a few words, or empty
 * @param isWhole whether the word ends with it; if not, more must follow
 */
record Offer(String text, String description, boolean isWhole) {
  static Offer of(String text, String description) {
    return new Offer(text, description, true);
  }

  static Offer of(String text) {
    return of(text, "");
  }

  static Offer beginning(String text, String description) {
    return new Offer(text, description, false);
  }
}
