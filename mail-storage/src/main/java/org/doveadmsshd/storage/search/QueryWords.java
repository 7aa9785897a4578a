package org.doveadmsshd.storage.search;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.doveadmsshd.base.Sizes;

/** The words of a query, read one after another. */
final class QueryWords {
  private final List<String> words;
  private final Instant now;
  private final Supplier<ZoneId> zone;
  private final Consumer<String> doubts;
  private int at;
  private int depth;
  private String key = "";

  QueryWords(List<String> words, Instant now, Supplier<ZoneId> zone, Consumer<String> doubts) {
    this.words = words;
    this.now = now;
    this.zone = zone;
    this.doubts = doubts;
  }

  boolean hasNext() {
    return at < words.size();
  }

  /** The next word without taking it; empty at the end. */
  String peek() {
    return hasNext() ? words.get(at) : "";
  }

  /** Takes the word that names a key. */
  String nextKey() {
    key = words.get(at++);
    return key;
  }

  /** Takes an argument of the key last named. */
  String next() throws QueryException {
    if (!hasNext()) {
      throw new QueryException("Missing parameter for search key " + key);
    }
    String word = words.get(at++);
    if (word.indexOf('\ufffd') >= 0) {
      throw new QueryException("The argument of " + key + " is not valid UTF-8");
    }
    return word;
  }

  /** Takes a size, in bytes. */
  long nextSize() throws QueryException {
    return size(next());
  }

  static long size(String text) throws QueryException {
    OptionalLong bytes = Sizes.bytes(text);
    if (bytes.isEmpty()) {
      throw new QueryException("Invalid size: " + text + " (try 500k or 2M)");
    }
    return bytes.getAsLong();
  }

  /** How many words have been taken. */
  int position() {
    return at;
  }

  /** The words taken since a position, joined by spaces. */
  String since(int position) {
    return String.join(" ", words.subList(position, at));
  }

  /** How deep keys are nested inside each other, after one level more or less. */
  int depth(int change) {
    depth += change;
    return depth;
  }

  DateArgument date(String text) throws QueryException {
    DateArgument date = DateArgument.parse(text, now, zone.get());
    date.doubt(text).ifPresent(doubt -> doubts.accept(key + " " + text + ": " + doubt));
    return date;
  }

  Instant now() {
    return now;
  }
}
