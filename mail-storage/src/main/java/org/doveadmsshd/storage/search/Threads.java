package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.MessageIds;
import org.doveadmsshd.storage.mime.SentDate;

/**
 * The threads of one mailbox (RFC 5256): mails joined by Message-ID, References and In-Reply-To;
 * with REFERENCES those threads, too, whose first mails have the same base subject. Joined in the
 * order in which they are added, as Dovecot does.
 */
public final class Threads {
  /** Of longer lists the last ones count, which are the nearest. */
  private static final int MAX_IDS = 100;

  private static final List<String> FIELDS =
      List.of("message-id", "references", "in-reply-to", "subject", "date");

  /** Memory of a mail, and of an id, beside its letters; in bytes. */
  private static final long MAIL = 200;

  private static final long ID = 150;

  private final Algorithm algorithm;
  private final Plan.Memory memory;
  private final Map<String, Node> byId = new HashMap<>();
  private final List<Node> mails = new ArrayList<>();

  /** How mails are joined. */
  public enum Algorithm {
    /** By references, then by base subject. */
    REFERENCES,
    /** By references alone. */
    REFS
  }

  /** A mail, or one that others refer to. */
  private static final class Node {
    private Node parent;

    /** 0 for a mail that is only referred to. */
    private int sequence;

    /** With REFERENCES: what the thread is joined by; empty for nothing. */
    private String subject = "";

    /** With REFERENCES: when it was sent or, where nobody knows, received. */
    private long date;

    private Node root() {
      Node root = this;
      while (root.parent != null) {
        root = root.parent;
      }
      return root;
    }
  }

  /**
   * @param memory for what is kept of the mails
   */
  Threads(Algorithm algorithm, Plan.Memory memory) {
    this.algorithm = algorithm;
    this.memory = memory;
  }

  /** Adds a mail, in the order of the mailbox. */
  void add(Mail mail, Candidate candidate) throws Failure {
    List<HeaderField> fields = candidate.header(FIELDS);
    String own = MessageIds.first(first(fields, "message-id"));
    memory.hold(MAIL);
    Node node = own.isEmpty() ? new Node() : node(own);
    if (node.sequence != 0) {
      node = new Node(); // a second mail of that id stands for itself
    }
    node.sequence = mail.sequence();
    mails.add(node);
    link(node, references(fields));
    if (algorithm == Algorithm.REFERENCES) {
      node.subject = BaseSubject.of(first(fields, "subject"));
      memory.hold(2L * node.subject.length());
      long sent = SentDate.parse(first(fields, "date")).orElse(SentDate.NONE).seconds();
      node.date = sent == 0 ? mail.received() : sent;
    }
  }

  private Node node(String id) throws Failure {
    Node node = byId.get(id);
    if (node == null) {
      memory.hold(ID + 2L * id.length());
      node = new Node();
      byId.put(id, node);
    }
    return node;
  }

  private static String first(List<HeaderField> fields, String name) {
    for (HeaderField field : fields) {
      if (field.isNamed(name)) {
        return field.value();
      }
    }
    return "";
  }

  private static List<String> references(List<HeaderField> fields) {
    List<String> ids = MessageIds.all(first(fields, "references"));
    if (ids.isEmpty()) {
      String answered = MessageIds.first(first(fields, "in-reply-to"));
      return answered.isEmpty() ? List.of() : List.of(answered);
    }
    return ids.subList(Math.max(0, ids.size() - MAX_IDS), ids.size());
  }

  /** Joins what a mail refers to, and the mail to the last of that, whatever others say of it. */
  private void link(Node node, List<String> references) throws Failure {
    Node previous = null;
    for (String id : references) {
      Node referred = node(id);
      if (previous != null) {
        link(previous, referred);
      }
      previous = referred;
    }
    node.parent = null;
    if (previous != null) {
      link(previous, node);
    }
  }

  /** Makes one the parent of another that has none, unless that would make a ring. */
  private static void link(Node parent, Node child) {
    if (child.parent != null) {
      return;
    }
    Node ancestor = parent;
    while (ancestor != null && ancestor != child) {
      ancestor = ancestor.parent;
    }
    child.parent = ancestor == null ? parent : null;
  }

  /** The sequence numbers of all mails whose thread has one of these. */
  BitSet around(BitSet some) {
    Map<Node, Node> threads = threads();
    Set<Node> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Node mail : mails) {
      if (some.get(mail.sequence)) {
        wanted.add(threads.get(mail.root()));
      }
    }
    BitSet all = new BitSet();
    for (Node mail : mails) {
      if (wanted.contains(threads.get(mail.root()))) {
        all.set(mail.sequence);
      }
    }
    return all;
  }

  /** For the root of every tree that of the tree whose thread it is in. */
  private Map<Node, Node> threads() {
    Map<Node, Node> oldest = new IdentityHashMap<>();
    for (Node node : mails) {
      Node root = topmost(node);
      if (root != null) {
        Node other = oldest.get(root);
        if (other == null || node.date < other.date) {
          oldest.put(root, node);
        }
      }
    }
    Map<String, Node> bySubject = new HashMap<>();
    Map<Node, Node> threads = new IdentityHashMap<>();
    oldest.forEach(
        (root, first) -> {
          Node other = first.subject.isEmpty() ? null : bySubject.putIfAbsent(first.subject, root);
          threads.put(root, other == null ? root : other);
        });
    return threads;
  }

  /** The root above a mail, if no other mail stands between them; else null. */
  private static Node topmost(Node node) {
    Node root = node;
    while (root.parent != null) {
      root = root.parent;
      if (root.sequence != 0) {
        return null;
      }
    }
    return root;
  }
}
