package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.doveadmsshd.storage.mime.MimeTree;

/**
 * The key {@code MIMEPART}: some part of a mail satisfies keys that are about parts. Groups, NOT
 * and OR are as in IMAP: OR stands before two keys.
 */
final class MimePartQuery {
  private MimePartQuery() {}

  /** Reads what follows MIMEPART. */
  static Query read(QueryWords words) throws QueryException {
    int from = words.position();
    PartCheck check = operand(words);
    PartCheck inside = new PartCheck.Descendants(check);
    return new Query.Test(
        "MIMEPART " + words.since(from),
        Cost.BODY,
        false,
        candidate -> {
          MimeTree tree = candidate.structure();
          PartCheck.Context mail = new PartCheck.Context(tree, candidate);
          return check.matches(tree.root(), mail) || inside.matches(tree.root(), mail);
        });
  }

  static PartCheck operand(QueryWords words) throws QueryException {
    if (!words.hasNext() || words.peek().equals(")")) {
      throw new QueryException("Missing MIMEPART search key");
    }
    if (words.depth(1) > QueryParser.MAX_DEPTH) {
      throw new QueryException("The search query is nested too deeply");
    }
    String word = words.nextKey();
    String name = word.toUpperCase(Locale.ROOT);
    PartCheck check;
    if (word.equals("(")) {
      check = group(words);
    } else if (name.equals("NOT")) {
      PartCheck inside = operand(words);
      check = (part, mail) -> !inside.matches(part, mail);
    } else if (name.equals("OR")) {
      PartCheck first = operand(words);
      PartCheck second = operand(words);
      check = (part, mail) -> first.matches(part, mail) || second.matches(part, mail);
    } else {
      check =
          MimePartKeys.read(name, words)
              .orElseThrow(
                  () ->
                      new QueryException(
                          "Unknown MIMEPART search key: %s (there are: %s)"
                              .formatted(word, String.join(" ", MimePartKeys.names()))));
    }
    words.depth(-1);
    return check;
  }

  private static PartCheck group(QueryWords words) throws QueryException {
    List<PartCheck> parts = new ArrayList<>();
    while (words.hasNext() && !words.peek().equals(")")) {
      parts.add(operand(words));
    }
    if (!words.hasNext()) {
      throw new QueryException("Missing ')' in the search query");
    }
    words.nextKey();
    if (parts.isEmpty()) {
      throw new QueryException("No search parameters inside list");
    }
    return (part, mail) -> {
      for (PartCheck check : parts) {
        if (!check.matches(part, mail)) {
          return false;
        }
      }
      return true;
    };
  }
}
