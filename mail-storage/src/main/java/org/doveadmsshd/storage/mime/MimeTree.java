package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The structure of a mail: its parts, where they are, and their header fields. Made by letting a
 * {@link MimeScanner} pass over the mail.
 *
 * <p>Of the fields at most {@value #MAX_FIELDS} bytes are kept in all of those that describe mails
 * and parts, as much of all others; fields beyond are ignored.
 */
public final class MimeTree implements MimeVisitor {
  private static final int MAX_FIELDS = 16 * 1024 * 1024;

  private static final Set<String> DESCRIBING =
      Set.of(
          "date",
          "subject",
          "from",
          "sender",
          "reply-to",
          "to",
          "cc",
          "bcc",
          "in-reply-to",
          "message-id",
          "mime-version");

  private final List<Node> nodes = new ArrayList<>();
  private final Map<Part, Node> byPart = new IdentityHashMap<>();
  private int describing;
  private int others;

  /**
   * A part with its fields and the parts inside it.
   *
   * @param number in the order of the mail, from 0
   */
  public record Node(int number, Part part, List<HeaderField> fields, List<Node> children) {
    /** The value of the first field of that name; null when there is none. */
    public String first(String name) {
      for (HeaderField field : fields) {
        if (field.isNamed(name)) {
          return field.value();
        }
      }
      return null;
    }

    /** The value of the last field of that name; null when there is none. */
    public String last(String name) {
      String value = null;
      for (HeaderField field : fields) {
        value = field.isNamed(name) ? field.value() : value;
      }
      return value;
    }
  }

  /** The mail itself; after the scan. */
  public Node root() {
    return nodes.get(0);
  }

  /** The node of a part of this mail. */
  public Node node(Part part) {
    return byPart.get(part);
  }

  /** All parts in the order of the mail, the mail itself first. */
  public List<Node> nodes() {
    return nodes;
  }

  @Override
  public boolean wantsMarks() {
    return true;
  }

  @Override
  public void field(Part part, HeaderField field) {
    Node node = reach(part);
    String name = field.lowerName();
    boolean describes = name.startsWith("content-") || DESCRIBING.contains(name);
    int size = name.length() + field.value().length();
    if ((describes ? describing : others) + size > MAX_FIELDS) {
      return;
    }
    describing += describes ? size : 0;
    others += describes ? 0 : size;
    node.fields().add(field);
  }

  private Node reach(Part part) {
    Node known = byPart.get(part);
    if (known != null) {
      return known;
    }
    Node node = new Node(nodes.size(), part, new ArrayList<>(), new ArrayList<>());
    byPart.put(part, node);
    nodes.add(node);
    if (part.parent() != null) {
      byPart.get(part.parent()).children().add(node);
    }
    return node;
  }

  @Override
  public boolean headerEnd(Part part) {
    reach(part);
    return false;
  }
}
