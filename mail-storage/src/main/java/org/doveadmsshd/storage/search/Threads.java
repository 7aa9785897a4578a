package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.HeaderText;

/**
 * The threads of one mailbox (RFC 5256): mails joined by Message-ID, References and In-Reply-To;
 * with REFERENCES those of the same base subject, too.
 */
public final class Threads {
  private static final Pattern MESSAGE_ID = Pattern.compile("<([^<>\\s]+)>");
  private static final Pattern LEADER =
      Pattern.compile(
          "(?i)^(?:\\s|(?:re|fwd?)\\s*(?:\\[[^\\[\\]]*\\]\\s*)?:|\\[[^\\[\\]]*\\](?=.*\\S))+");
  private static final Pattern TRAILER = Pattern.compile("(?i)(?:\\s|\\(fwd\\))+$");

  /** Of longer lists the last ones count, which are the nearest. */
  private static final int MAX_IDS = 100;

  private final Algorithm algorithm;
  private final Map<String, Node> byId = new HashMap<>();
  private final Map<Mail, Node> byMail = new IdentityHashMap<>();
  private final Map<Mail, String> subjects = new IdentityHashMap<>();

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
    private boolean taken;

    private Node root() {
      Node root = this;
      while (root.parent != null) {
        root = root.parent;
      }
      return root;
    }
  }

  Threads(Algorithm algorithm) {
    this.algorithm = algorithm;
  }

  /** Adds a mail, in the order of the mailbox. */
  void add(Mail mail, Candidate candidate) throws Failure {
    String own = "";
    String inReplyTo = "";
    String subject = "";
    List<String> references = new ArrayList<>();
    for (HeaderField field : candidate.header()) {
      if (field.isNamed("message-id")) {
        own = first(ids(field.value()));
      } else if (field.isNamed("references")) {
        references.addAll(ids(field.value()));
      } else if (field.isNamed("in-reply-to")) {
        inReplyTo = first(ids(field.value()));
      } else if (field.isNamed("subject")) {
        subject = HeaderText.decode(field.value());
      }
    }
    if (references.isEmpty() && !inReplyTo.isEmpty()) {
      references.add(inReplyTo);
    }
    Node node = own.isEmpty() ? new Node() : byId.computeIfAbsent(own, id -> new Node());
    if (node.taken) {
      node = new Node(); // a second mail of that id stands for itself
    }
    node.taken = true;
    byMail.put(mail, node);
    link(node, references);
    if (algorithm == Algorithm.REFERENCES) {
      subjects.put(mail, baseSubject(subject));
    }
  }

  private void link(Node node, List<String> references) {
    Node previous = null;
    for (String id : references) {
      Node referred = byId.computeIfAbsent(id, key -> new Node());
      if (previous != null && referred.parent == null && referred != previous.root()) {
        referred.parent = previous;
      }
      previous = referred;
    }
    if (previous != null && node != previous.root()) {
      node.parent = previous;
    }
  }

  private static List<String> ids(String value) {
    List<String> ids = new ArrayList<>();
    Matcher matcher = MESSAGE_ID.matcher(value);
    while (matcher.find()) {
      ids.add(matcher.group(1));
    }
    return ids.size() > MAX_IDS ? ids.subList(ids.size() - MAX_IDS, ids.size()) : ids;
  }

  private static String first(List<String> ids) {
    return ids.isEmpty() ? "" : ids.get(0);
  }

  /** RFC 5256 section 2.1, as far as it joins threads. */
  private static String baseSubject(String subject) {
    String text = subject.replaceAll("\\s+", " ").strip();
    String before;
    do {
      before = text;
      text = TRAILER.matcher(text).replaceFirst("");
      text = LEADER.matcher(text).replaceFirst("");
      boolean wrapped = text.regionMatches(true, 0, "[fwd:", 0, 5) && text.endsWith("]");
      text = wrapped ? text.substring(5, text.length() - 1) : text;
    } while (!text.equals(before));
    return text.toUpperCase(java.util.Locale.ROOT);
  }

  /** All mails whose thread has one of these. */
  Set<Mail> around(Collection<Mail> some) {
    joinBySubject();
    Set<Node> roots = Collections.newSetFromMap(new IdentityHashMap<>());
    some.forEach(mail -> roots.add(byMail.get(mail).root()));
    Set<Mail> all = Collections.newSetFromMap(new IdentityHashMap<>());
    byMail.forEach(
        (mail, node) -> {
          if (roots.contains(node.root())) {
            all.add(mail);
          }
        });
    return all;
  }

  private void joinBySubject() {
    Map<String, Node> bySubject = new HashMap<>();
    subjects.forEach(
        (mail, subject) -> {
          Node root = byMail.get(mail).root();
          Node other = subject.isEmpty() ? root : bySubject.putIfAbsent(subject, root);
          if (other != null && other.root() != root) {
            root.parent = other.root();
          }
        });
  }
}
