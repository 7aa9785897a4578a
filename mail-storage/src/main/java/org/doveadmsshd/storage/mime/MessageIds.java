package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.storage.mime.FieldReader.Next;

/**
 * Reads the identifiers of Message-ID, References and In-Reply-To (RFC 5322 section 3.6.4), as far
 * as Dovecot takes them for some (its lib-mail/message-id): those in angle brackets with an at
 * sign.
 */
public final class MessageIds {
  private static final String SPACE = " \t\r\n";

  private final String value;
  private int at;

  private MessageIds(String value) {
    this.value = value;
  }

  /** All identifiers of a field value, without brackets. */
  public static List<String> all(String value) {
    MessageIds ids = new MessageIds(value);
    List<String> all = new ArrayList<>();
    for (String id = ids.next(); id != null; id = ids.next()) {
      all.add(id);
    }
    return all;
  }

  /** The first identifier of a field value; empty when there is none. */
  public static String first(String value) {
    String id = new MessageIds(value).next();
    return id == null ? "" : id;
  }

  private String next() {
    for (int open = value.indexOf('<', at); open >= 0; open = value.indexOf('<', at)) {
      int end = open + 1;
      while (end < value.length() && ">\"(".indexOf(value.charAt(end)) < 0) {
        end++;
      }
      if (end == value.length()) {
        break;
      }
      at = open + 1;
      String id;
      if (value.charAt(end) == '>') {
        at = end + 1;
        id = withoutSpace(value.substring(open + 1, end));
        id = id.indexOf('@') >= 0 ? id : null;
      } else {
        id = structured();
      }
      if (id != null) {
        return id;
      }
    }
    at = value.length();
    return null;
  }

  private static String withoutSpace(String id) {
    StringBuilder dense = new StringBuilder(id.length());
    for (char c : id.toCharArray()) {
      if (SPACE.indexOf(c) < 0) {
        dense.append(c);
      }
    }
    return dense.toString();
  }

  /** One with a quoted string or a comment in it; null when it is none. */
  private String structured() {
    FieldReader in = new FieldReader(value);
    StringBuilder id = new StringBuilder();
    in.position(at);
    in.skipSpace();
    Next left = in.is('"') ? in.quoted(id) : in.dotAtom(id);
    if (left != Next.MORE || !in.is('@')) {
      return null;
    }
    id.append('@');
    in.skip();
    in.skipSpace();
    if (in.dotAtom(id) != Next.MORE || !in.is('>')) {
      return null;
    }
    at = in.position() + 1;
    return id.toString();
  }
}
