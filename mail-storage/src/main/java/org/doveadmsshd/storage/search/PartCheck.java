package org.doveadmsshd.storage.search;

import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.mime.MimeTree;
import org.doveadmsshd.storage.mime.MimeTree.Node;
import org.doveadmsshd.storage.mime.Needle;
import org.doveadmsshd.storage.mime.PartDescription;

/** Answers for one part of a mail. */
@FunctionalInterface
interface PartCheck {
  boolean matches(Node part, Context mail) throws Failure;

  /** What a part is looked at in: its number among its siblings, and the mail for its bytes. */
  record Context(
      MimeTree tree,
      Candidate candidate,
      Map<Needle, BitSet> found,
      Map<Descendants, Map<Node, Boolean>> descendants) {

    Context(MimeTree tree, Candidate candidate) {
      this(tree, candidate, new IdentityHashMap<>(), new IdentityHashMap<>());
    }

    List<Node> children(Node part) {
      return PartDescription.children(part, tree.nodes().size());
    }

    /** The part that a part lies in; null for the mail itself. */
    Node parent(Node part) {
      return part.part().parent() == null ? null : tree.node(part.part().parent());
    }
  }

  /** Whether a part has some inside it, at any depth, that satisfy a check; looked at once. */
  record Descendants(PartCheck check) implements PartCheck {
    @Override
    public boolean matches(Node part, Context mail) throws Failure {
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
}
