package org.doveadmsshd.storage.search;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.mime.ContentField;
import org.doveadmsshd.storage.mime.ContentField.Parameter;
import org.doveadmsshd.storage.mime.Envelope;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.HeaderText;
import org.doveadmsshd.storage.mime.MimeTree;
import org.doveadmsshd.storage.mime.MimeTree.Node;
import org.doveadmsshd.storage.mime.Needle;
import org.doveadmsshd.storage.mime.PartDescription;
import org.doveadmsshd.storage.mime.PartSearch;
import org.doveadmsshd.storage.mime.SentDate;

/**
 * The key {@code MIMEPART}: some part of a mail satisfies keys that are about parts.
 *
 * <p>One entry for each key; groups, NOT and OR as in the query around it.
 */
final class MimePartQuery {
  private static final Map<String, Key> KEYS = new TreeMap<>();

  /** Answers for one part. */
  @FunctionalInterface
  private interface Check {
    boolean matches(Node part, PartContext mail) throws Failure;
  }

  /** What a part is looked at in: its number among its siblings, and the mail for its bytes. */
  private record PartContext(
      MimeTree tree,
      Candidate candidate,
      Map<Needle, BitSet> found,
      Map<Descendants, Map<Node, Boolean>> descendants) {

    List<Node> children(Node part) {
      return PartDescription.children(part, tree.nodes().size());
    }
  }

  /** Whether a part has some inside it, at any depth, that satisfy a check; looked at once. */
  private record Descendants(Check check) implements Check {
    @Override
    public boolean matches(Node part, PartContext mail) throws Failure {
      Map<Node, Boolean> known =
          mail.descendants().computeIfAbsent(this, each -> new IdentityHashMap<>());
      Boolean found = known.get(part);
      if (found == null) {
        found = false;
        for (Node child : mail.children(part)) {
          found = found || check.matches(child, mail) || matches(child, mail);
        }
        known.put(part, found);
      }
      return found;
    }
  }

  /** Makes a check of a key's arguments. */
  @FunctionalInterface
  private interface Key {
    Check read(String name, QueryWords words) throws QueryException;
  }

  static {
    for (DateArgument.Comparison comparison : DateArgument.Comparison.values()) {
      KEYS.put("SENT" + comparison, (name, words) -> sent(comparison, words));
    }
    KEYS.put("SIZE", (name, words) -> size(words));
    KEYS.put("DESCRIPTION", (name, words) -> single(description(words)));
    KEYS.put("ENCODING", (name, words) -> single(encoding(words)));
    KEYS.put("ID", (name, words) -> single(exact("content-id", false, words)));
    KEYS.put("LANGUAGE", (name, words) -> language(words));
    KEYS.put("LOCATION", (name, words) -> exact("content-location", false, words));
    KEYS.put("MD5", (name, words) -> single(exact("content-md5", true, words)));
    KEYS.put("DISPOSITION", (name, words) -> disposition(words));
    KEYS.put("TYPE", (name, words) -> type(PartDescription::mainType, words));
    KEYS.put("SUBTYPE", (name, words) -> type(PartDescription::subtype, words));
    KEYS.put("PARAM", (name, words) -> parameter(PartDescription::parameters, words));
    KEYS.put("FILENAME", (name, words) -> fileName(words));
    KEYS.put("HEADER", (name, words) -> field(words.next(), words));
    for (String name : new String[] {"BCC", "CC", "FROM", "REPLY-TO", "SENDER", "TO"}) {
      KEYS.put(name, (key, words) -> addresses(key, words));
    }
    KEYS.put("IN-REPLY-TO", (name, words) -> envelope(e -> e.value("in-reply-to"), words));
    KEYS.put("MESSAGE-ID", (name, words) -> envelope(e -> e.value("message-id"), words));
    KEYS.put("SUBJECT", (name, words) -> envelope(Envelope::subject, words));
    KEYS.put("BODY", (name, words) -> text(words, false));
    KEYS.put("TEXT", (name, words) -> text(words, true));
    KEYS.put("DEPTH", (name, words) -> depth(words));
    KEYS.put("INDEX", (name, words) -> index(words));
    KEYS.put("PARENT", (name, words) -> parent(words));
    KEYS.put("CHILD", (name, words) -> child(words));
  }

  private MimePartQuery() {}

  /** The names of all keys, sorted. */
  static Collection<String> names() {
    return Collections.unmodifiableSet(KEYS.keySet());
  }

  /** Reads what follows MIMEPART. */
  static Query read(QueryWords words) throws QueryException {
    int from = words.position();
    Check check = operand(words);
    Descendants inside = new Descendants(check);
    return new Query.Test(
        "MIMEPART " + words.since(from),
        Cost.BODY,
        false,
        candidate -> {
          MimeTree tree = candidate.structure();
          PartContext mail =
              new PartContext(tree, candidate, new IdentityHashMap<>(), new IdentityHashMap<>());
          return check.matches(tree.root(), mail) || inside.matches(tree.root(), mail);
        });
  }

  private static Check operand(QueryWords words) throws QueryException {
    if (!words.hasNext() || words.peek().equals(")")) {
      throw new QueryException("Missing MIMEPART search key");
    }
    if (words.depth(1) > QueryParser.MAX_DEPTH) {
      throw new QueryException("The search query is nested too deeply");
    }
    String word = words.nextKey();
    String name = word.toUpperCase(Locale.ROOT);
    Check check;
    if (word.equals("(")) {
      check = group(words);
    } else if (name.equals("NOT")) {
      Check inside = operand(words);
      check = (part, mail) -> !inside.matches(part, mail);
    } else if (name.equals("OR")) {
      Check first = operand(words);
      Check second = operand(words);
      check = (part, mail) -> first.matches(part, mail) || second.matches(part, mail);
    } else {
      Key key = KEYS.get(name);
      if (key == null) {
        throw new QueryException(
            "Unknown MIMEPART search key: %s (there are: %s)"
                .formatted(word, String.join(" ", KEYS.keySet())));
      }
      check = key.read(name, words);
    }
    words.depth(-1);
    return check;
  }

  private static Check group(QueryWords words) throws QueryException {
    List<Check> parts = new ArrayList<>();
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
      for (Check check : parts) {
        if (!check.matches(part, mail)) {
          return false;
        }
      }
      return true;
    };
  }

  private static Check sent(DateArgument.Comparison comparison, QueryWords words)
      throws QueryException {
    DateArgument date = words.date(words.next());
    return (part, mail) -> {
      String value = isMessageBody(part) ? new Envelope(part).value("date") : null;
      Optional<SentDate> sent = value == null ? Optional.empty() : SentDate.parse(value);
      return sent.isPresent() && date.matches(comparison, sent.get());
    };
  }

  /** Whether it is the mail that is the body of a part; only such parts have an envelope. */
  private static boolean isMessageBody(Node part) {
    return part.part().parent() != null && part.part().parent().isMessage();
  }

  private static Check size(QueryWords words) throws QueryException {
    String word = words.next();
    boolean larger = word.equalsIgnoreCase("LARGER");
    boolean smaller = word.equalsIgnoreCase("SMALLER");
    long limit = larger || smaller ? words.nextSize() : QueryWords.size(word);
    return (node, mail) -> {
      long size = new PartDescription(node).size();
      return larger ? size > limit : smaller ? size < limit : size == limit;
    };
  }

  private static Check field(String name, QueryWords words) throws QueryException {
    Needle needle = new Needle(words.next());
    return (part, mail) -> {
      for (HeaderField field : part.fields()) {
        if (field.isNamed(name) && needle.isIn(HeaderText.decode(field.value()))) {
          return true;
        }
      }
      return false;
    };
  }

  /** What a value has to be or to have in it, one char a byte as the values are. */
  private static String bytes(QueryWords words) throws QueryException {
    byte[] utf8 = words.next().getBytes(StandardCharsets.UTF_8);
    return new String(utf8, StandardCharsets.ISO_8859_1);
  }

  /** The whole value, as with identifiers. */
  private static Check exact(String name, boolean cased, QueryWords words) throws QueryException {
    String wanted = bytes(words);
    return (part, mail) -> {
      String value = new PartDescription(part).value(name);
      return value != null && (cased ? value.equals(wanted) : value.equalsIgnoreCase(wanted));
    };
  }

  private static Check description(QueryWords words) throws QueryException {
    String wanted = bytes(words);
    return (part, mail) -> {
      String value = new PartDescription(part).value("content-description");
      return value != null && value.contains(wanted);
    };
  }

  private static Check addresses(String name, QueryWords words) throws QueryException {
    String field = name.toLowerCase(Locale.ROOT);
    return envelope(each -> each.addressText(field), words);
  }

  private static Check envelope(Function<Envelope, String> field, QueryWords words)
      throws QueryException {
    String wanted = bytes(words);
    return (part, mail) -> {
      String value = isMessageBody(part) ? field.apply(new Envelope(part)) : null;
      return value != null && value.contains(wanted);
    };
  }

  private static Check encoding(QueryWords words) throws QueryException {
    String wanted = words.next();
    return (part, mail) -> new PartDescription(part).encoding().equalsIgnoreCase(wanted);
  }

  /** Of what BODYSTRUCTURE says of single parts only: a multipart has none of it. */
  private static Check single(Check check) {
    return (part, mail) -> !new PartDescription(part).isMultipart() && check.matches(part, mail);
  }

  private static Check language(QueryWords words) throws QueryException {
    String wanted = words.next();
    return (part, mail) ->
        new PartDescription(part).languages().stream().anyMatch(wanted::equalsIgnoreCase);
  }

  private static Check disposition(QueryWords words) throws QueryException {
    String word = words.next().toUpperCase(Locale.ROOT);
    if (word.equals("PARAM")) {
      return parameter(
          part -> part.disposition().map(ContentField::parameters).orElse(List.of()), words);
    }
    if (!word.equals("TYPE")) {
      throw new QueryException("DISPOSITION needs TYPE or PARAM before what is looked for");
    }
    String wanted = words.next();
    return (part, mail) ->
        new PartDescription(part)
            .disposition()
            .filter(found -> found.value().equalsIgnoreCase(wanted))
            .isPresent();
  }

  private static Check type(Function<PartDescription, String> which, QueryWords words)
      throws QueryException {
    String wanted = words.next();
    return (part, mail) -> which.apply(new PartDescription(part)).equalsIgnoreCase(wanted);
  }

  private static Check parameter(Function<PartDescription, List<Parameter>> which, QueryWords words)
      throws QueryException {
    String name = words.next();
    String wanted = bytes(words);
    return (part, mail) -> {
      for (Parameter parameter : which.apply(new PartDescription(part))) {
        if (parameter.name().equalsIgnoreCase(name)) {
          return parameter.value().contains(wanted);
        }
      }
      return false;
    };
  }

  private static Check fileName(QueryWords words) throws QueryException {
    String how = words.next().toUpperCase(Locale.ROOT);
    if (!List.of("IS", "CONTAINS", "BEGINS", "ENDS").contains(how)) {
      throw new QueryException("FILENAME needs IS, CONTAINS, BEGINS or ENDS before the name");
    }
    String wanted = words.next().toUpperCase(Locale.ROOT);
    return (part, mail) -> {
      Optional<String> found = fileName(part).map(name -> name.toUpperCase(Locale.ROOT));
      return found.isPresent()
          && switch (how) {
            case "IS" -> found.get().equals(wanted);
            case "BEGINS" -> found.get().startsWith(wanted);
            case "ENDS" -> found.get().endsWith(wanted);
            default -> found.get().contains(wanted);
          };
    };
  }

  private static Optional<String> fileName(Node part) {
    String disposition = part.first("content-disposition");
    String name =
        disposition == null ? null : ContentField.parse(disposition).parameter("filename");
    return Optional.ofNullable(name).map(HeaderText::decode);
  }

  private static Check text(QueryWords words, boolean inHeaders) throws QueryException {
    Needle needle = new Needle(words.next());
    return (part, mail) -> {
      BitSet found = mail.found().get(needle);
      if (found == null) {
        PartSearch search = new PartSearch(needle, inHeaders);
        mail.candidate().scan(search);
        found = search.found();
        mail.found().put(needle, found);
      }
      return found.get(part.number());
    };
  }

  private static Check depth(QueryWords words) throws QueryException {
    String word = words.next();
    boolean least = word.equalsIgnoreCase("MIN");
    boolean most = word.equalsIgnoreCase("MAX");
    int limit = number(least || most ? words.next() : word);
    return (part, mail) -> {
      int depth = part.part().depth();
      return least ? depth >= limit : most ? depth <= limit : depth == limit;
    };
  }

  private static Check index(QueryWords words) throws QueryException {
    int wanted = number(words.next());
    return (part, mail) -> {
      Node parent = parent(part, mail);
      if (parent == null) {
        return wanted == 1;
      }
      List<Node> siblings = parent.children();
      return siblings.isEmpty() // and this one is made up
          ? wanted == 1
          : wanted > 0 && wanted <= siblings.size() && siblings.get(wanted - 1) == part;
    };
  }

  private static int number(String word) throws QueryException {
    if (!word.matches("[0-9]{1,9}")) {
      throw new QueryException("Invalid number: " + word);
    }
    return Integer.parseInt(word);
  }

  private static Node parent(Node part, PartContext mail) {
    return part.part().parent() == null ? null : mail.tree().node(part.part().parent());
  }

  private static Check parent(QueryWords words) throws QueryException {
    boolean any = exists(words);
    Check inside = any ? null : operand(words);
    return (part, mail) -> {
      Node parent = parent(part, mail);
      return parent != null && (any || inside.matches(parent, mail));
    };
  }

  private static Check child(QueryWords words) throws QueryException {
    boolean any = exists(words);
    return new Descendants(any ? (part, mail) -> true : operand(words));
  }

  private static boolean exists(QueryWords words) {
    boolean exists = words.peek().equalsIgnoreCase("EXISTS");
    if (exists) {
      words.nextKey();
    }
    return exists;
  }
}
