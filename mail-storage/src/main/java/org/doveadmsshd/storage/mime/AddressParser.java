package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the addresses of a header field (RFC 5322 section 3.4 with its obsolete forms) in the way
 * Dovecot does, so that broken addresses come out the same: what cannot be read ends the list, a
 * comment is the name where there is no other.
 *
 * <p>No library keeps comments, source routes and encoded-words as they stand there.
 */
final class AddressParser {
  private static final String SPECIALS = "()<>@,;:\\\".[]";
  private static final int MAX_ADDRESSES = 100_000;

  private final String text;
  private final List<MailAddress> addresses = new ArrayList<>();
  private int at;
  private String comment = "";
  private StringBuilder word = new StringBuilder();

  private String name;
  private String route;
  private String mailbox;
  private String domain;

  /** Something is not as it must be here. */
  private static final class BrokenException extends Exception {
    BrokenException() {
      super(null, null, false, false);
    }
  }

  /**
   * @param text unfolded, one char a byte
   */
  AddressParser(String text) {
    this.text = text;
  }

  List<MailAddress> parse() {
    try {
      skipSpace();
      while (at < text.length() && addresses.size() < MAX_ADDRESSES) {
        address();
        if (!is(',')) {
          break;
        }
        at++;
        skipSpace();
      }
    } catch (BrokenException e) {
      if (name != null || mailbox != null || domain != null) {
        add();
      }
    }
    return addresses;
  }

  private boolean is(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private boolean isAtom() {
    return at < text.length() && text.charAt(at) > ' ' && SPECIALS.indexOf(text.charAt(at)) < 0;
  }

  private void address() throws BrokenException {
    int start = at;
    if (!group()) {
      at = start;
      mailbox();
    }
  }

  private boolean group() throws BrokenException {
    try {
      phrase();
    } catch (BrokenException e) {
      return false;
    }
    if (!is(':')) {
      return false;
    }
    at++;
    addresses.add(new MailAddress(null, null, word.toString(), null));
    try {
      skipSpace();
      while (at < text.length() && !is(';')) {
        mailbox();
        if (!is(',')) {
          break;
        }
        at++;
        skipSpace();
      }
    } finally {
      addresses.add(new MailAddress(null, null, null, null));
    }
    if (is(';')) {
      at++;
      skipSpace();
    }
    return true;
  }

  private void mailbox() throws BrokenException {
    int start = at;
    clear();
    if (!nameAndAngle()) {
      at = start;
      clear();
      comment = "";
      try {
        localPart();
        if (is('@')) {
          domain();
        }
      } finally {
        name = comment.isEmpty() ? name : comment;
        add();
      }
      return;
    }
    add();
  }

  private void clear() {
    name = null;
    route = null;
    mailbox = null;
    domain = null;
  }

  private void add() {
    addresses.add(
        new MailAddress(name, route, mailbox == null ? "" : mailbox, domain == null ? "" : domain));
    clear();
  }

  /** {@code name <address>}; false when it is something else. */
  private boolean nameAndAngle() {
    try {
      word.setLength(0);
      if (!is('<')) {
        phrase();
      }
    } catch (BrokenException e) {
      return false;
    }
    if (!is('<')) {
      return false;
    }
    name = word.length() == 0 ? null : word.toString();
    try {
      angle();
    } catch (BrokenException e) {
      domain = "SYNTAX_ERROR";
    }
    return true;
  }

  private void angle() throws BrokenException {
    at++;
    skipSpace();
    if (is('@')) {
      StringBuilder hops = new StringBuilder();
      while (is('@')) {
        domain();
        hops.append(hops.length() == 0 ? "@" : ",@").append(domain);
        while (is(',')) {
          at++;
          skipSpace();
        }
      }
      require(':');
      route = hops.toString();
      domain = null;
    }
    if (!is('>')) {
      localPart();
      if (is('@')) {
        domain();
      }
    }
    require('>');
  }

  private void require(char c) throws BrokenException {
    if (!is(c)) {
      throw new BrokenException();
    }
    at++;
    skipSpace();
  }

  private void localPart() throws BrokenException {
    word.setLength(0);
    if (at == text.length()) {
      return;
    }
    if (is('"')) {
      quoted();
    } else {
      dotted();
    }
    mailbox = word.toString();
  }

  private void domain() throws BrokenException {
    at++;
    skipSpace();
    word.setLength(0);
    if (is('[')) {
      int end = text.indexOf(']', at);
      if (end < 0) {
        throw new BrokenException();
      }
      word.append(text, at, end + 1);
      at = end + 1;
      skipSpace();
    } else {
      dotted();
    }
    domain = word.toString();
  }

  /** Words with single spaces between them. */
  private void phrase() throws BrokenException {
    word.setLength(0);
    if (at == text.length() || is('.')) {
      throw new BrokenException();
    }
    while (true) {
      if (is('"')) {
        quoted();
      } else {
        int start = at;
        while (isAtom() || is('.')) {
          at++;
        }
        if (at == start) {
          throw new BrokenException();
        }
        word.append(text, start, at);
        skipSpace();
      }
      if (!isAtom() && !is('"') && !is('.')) {
        return;
      }
      word.append(' ');
    }
  }

  /** Atoms with dots between them. */
  private void dotted() throws BrokenException {
    while (true) {
      int start = at;
      while (isAtom()) {
        at++;
      }
      if (at == start) {
        throw new BrokenException();
      }
      word.append(text, start, at);
      skipSpace();
      if (!is('.')) {
        return;
      }
      at++;
      word.append('.');
      skipSpace();
    }
  }

  private void quoted() throws BrokenException {
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        skipSpace();
        return;
      }
      if (c == '\\' && at + 1 < text.length()) {
        c = text.charAt(++at);
      }
      word.append(c);
    }
    throw new BrokenException();
  }

  /** Passes white space and comments; the last comment is kept. */
  private void skipSpace() throws BrokenException {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '(') {
        comment();
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        at++;
      } else {
        return;
      }
    }
  }

  private void comment() throws BrokenException {
    StringBuilder content = new StringBuilder();
    int depth = 0;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '(' && depth++ == 0) {
        continue;
      }
      if (c == ')' && --depth == 0) {
        at++;
        comment = content.toString();
        return;
      }
      if (c == '\\' && at + 1 < text.length()) {
        c = text.charAt(++at);
      }
      content.append(c);
    }
    throw new BrokenException();
  }
}
