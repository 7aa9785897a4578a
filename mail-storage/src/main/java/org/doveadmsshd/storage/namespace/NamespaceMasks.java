package org.doveadmsshd.storage.namespace;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.accounts.Namespace;

/**
 * Into which namespaces masks reach, after Dovecot's {@code mailbox-list-iter.c}: a star does not
 * match a separator behind which another namespace begins, and of all namespaces that a mask may
 * reach into it means the one with the longest prefix.
 */
final class NamespaceMasks {
  private final List<NamespacePart> parts;

  private enum Match {
    NO,
    /** The mask matches the prefix itself. */
    PREFIX,
    /** The mask may match something below the prefix. */
    BELOW
  }

  /**
   * @param parts by the length of their prefixes
   */
  NamespaceMasks(List<NamespacePart> parts) {
    this.parts = parts;
  }

  /** The namespaces that some of the masks reach into. */
  List<NamespacePart> reached(List<String> masks) {
    List<NamespacePart> reached = new ArrayList<>();
    for (NamespacePart part : parts) {
      if (masks.stream().anyMatch(mask -> reaches(mask, part))) {
        reached.add(part);
      }
    }
    return reached;
  }

  private boolean reaches(String mask, NamespacePart part) {
    Match match = match(mask, part);
    if (match != Match.BELOW) {
      return match == Match.PREFIX;
    }
    return parts.stream()
        .skip(parts.indexOf(part) + 1L)
        .allMatch(later -> match(mask, later) == Match.NO);
  }

  private static Match match(String mask, NamespacePart part) {
    boolean listed = part.namespace().listed() != Namespace.Listed.NO;
    boolean hasWildcard = mask.indexOf('*') >= 0 || mask.indexOf('%') >= 0;
    String prefix = part.prefix();
    if (!listed && (!mask.startsWith(prefix) || prefix.isEmpty() && hasWildcard)) {
      return Match.NO;
    }
    if (prefix.isEmpty()) {
      return Match.BELOW;
    }
    if (mask.equalsIgnoreCase(part.bare()) && part.holds(mask)) {
      return Match.PREFIX;
    }
    return mayMatchBelow(mask.replace('*', '%'), part) ? Match.BELOW : Match.NO;
  }

  /** Takes time in proportion to the lengths of mask and prefix. */
  private static boolean mayMatchBelow(String mask, NamespacePart part) {
    boolean[] at = new boolean[mask.length() + 1]; // what of the mask may be left
    at[0] = true;
    pass(mask, at);
    for (int i = 0; i < part.prefix().length(); i++) {
      char c = part.prefix().charAt(i);
      boolean[] next = new boolean[at.length];
      for (int m = 0; m < mask.length(); m++) {
        if (at[m] && mask.charAt(m) == '%') {
          next[m] |= c != part.separator();
        } else if (at[m] && same(mask.charAt(m), c, isInbox(part, i))) {
          next[m + 1] = true;
        }
      }
      pass(mask, next);
      at = next;
    }
    for (int m = 0; m < mask.length(); m++) {
      if (at[m]) {
        return true;
      }
    }
    return false;
  }

  /** A percent sign may stand for nothing. */
  private static void pass(String mask, boolean[] at) {
    for (int m = 0; m < mask.length(); m++) {
      at[m + 1] |= at[m] && mask.charAt(m) == '%';
    }
  }

  private static boolean isInbox(NamespacePart part, int index) {
    return index < "INBOX".length() && part.prefix().startsWith("INBOX");
  }

  private static boolean same(char a, char b, boolean ignoreCase) {
    return a == b || ignoreCase && Character.toUpperCase(a) == Character.toUpperCase(b);
  }
}
