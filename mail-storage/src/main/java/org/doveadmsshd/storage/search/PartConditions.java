package org.doveadmsshd.storage.search;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.doveadmsshd.storage.mime.ContentField;
import org.doveadmsshd.storage.mime.ContentField.Parameter;
import org.doveadmsshd.storage.mime.Envelope;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.HeaderText;
import org.doveadmsshd.storage.mime.MimeTree.Node;
import org.doveadmsshd.storage.mime.Needle;
import org.doveadmsshd.storage.mime.PartDescription;
import org.doveadmsshd.storage.mime.PartSearch;
import org.doveadmsshd.storage.mime.SentDate;

/** The conditions that keys about parts make of what follows them. */
final class PartConditions {
  private PartConditions() {}

  static PartCheck sent(DateArgument.Comparison comparison, QueryWords words)
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

  static PartCheck size(QueryWords words) throws QueryException {
    String word = words.next();
    boolean larger = word.equalsIgnoreCase("LARGER");
    boolean smaller = word.equalsIgnoreCase("SMALLER");
    long limit = larger || smaller ? words.nextSize() : QueryWords.size(word);
    return (node, mail) -> {
      long size = new PartDescription(node).size();
      return larger ? size > limit : smaller ? size < limit : size == limit;
    };
  }

  static PartCheck field(String name, QueryWords words) throws QueryException {
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
  static PartCheck exact(String name, boolean cased, QueryWords words) throws QueryException {
    String wanted = bytes(words);
    return (part, mail) -> {
      String value = new PartDescription(part).value(name);
      return value != null && (cased ? value.equals(wanted) : value.equalsIgnoreCase(wanted));
    };
  }

  static PartCheck description(QueryWords words) throws QueryException {
    String wanted = bytes(words);
    return (part, mail) -> {
      String value = new PartDescription(part).value("content-description");
      return value != null && value.contains(wanted);
    };
  }

  static PartCheck addresses(String name, QueryWords words) throws QueryException {
    String field = name.toLowerCase(Locale.ROOT);
    return envelope(each -> each.addressText(field), words);
  }

  static PartCheck envelope(Function<Envelope, String> field, QueryWords words)
      throws QueryException {
    String wanted = bytes(words);
    return (part, mail) -> {
      String value = isMessageBody(part) ? field.apply(new Envelope(part)) : null;
      return value != null && value.contains(wanted);
    };
  }

  static PartCheck encoding(QueryWords words) throws QueryException {
    String wanted = words.next();
    return (part, mail) -> new PartDescription(part).encoding().equalsIgnoreCase(wanted);
  }

  /** Of what BODYSTRUCTURE says of single parts only: a multipart has none of it. */
  static PartCheck single(PartCheck check) {
    return (part, mail) -> !new PartDescription(part).isMultipart() && check.matches(part, mail);
  }

  static PartCheck language(QueryWords words) throws QueryException {
    String wanted = words.next();
    return (part, mail) ->
        new PartDescription(part).languages().stream().anyMatch(wanted::equalsIgnoreCase);
  }

  static PartCheck disposition(QueryWords words) throws QueryException {
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

  static PartCheck type(Function<PartDescription, String> which, QueryWords words)
      throws QueryException {
    String wanted = words.next();
    return (part, mail) -> which.apply(new PartDescription(part)).equalsIgnoreCase(wanted);
  }

  static PartCheck parameter(Function<PartDescription, List<Parameter>> which, QueryWords words)
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

  static PartCheck fileName(QueryWords words) throws QueryException {
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

  static PartCheck text(QueryWords words, boolean inHeaders) throws QueryException {
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

  static PartCheck depth(QueryWords words) throws QueryException {
    String word = words.next();
    boolean least = word.equalsIgnoreCase("MIN");
    boolean most = word.equalsIgnoreCase("MAX");
    int limit = number(least || most ? words.next() : word);
    return (part, mail) -> {
      int depth = part.part().depth();
      return least ? depth >= limit : most ? depth <= limit : depth == limit;
    };
  }

  static PartCheck index(QueryWords words) throws QueryException {
    int wanted = number(words.next());
    return (part, mail) -> {
      Node parent = mail.parent(part);
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

  static PartCheck parent(QueryWords words) throws QueryException {
    boolean any = exists(words);
    PartCheck inside = any ? null : MimePartQuery.operand(words);
    return (part, mail) -> {
      Node parent = mail.parent(part);
      return parent != null && (any || inside.matches(parent, mail));
    };
  }

  static PartCheck child(QueryWords words) throws QueryException {
    boolean any = exists(words);
    return new PartCheck.Descendants(any ? (part, mail) -> true : MimePartQuery.operand(words));
  }

  private static boolean exists(QueryWords words) {
    boolean exists = words.peek().equalsIgnoreCase("EXISTS");
    if (exists) {
      words.nextKey();
    }
    return exists;
  }
}
