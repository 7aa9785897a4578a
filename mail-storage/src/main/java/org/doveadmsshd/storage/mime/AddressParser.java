package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.storage.mime.FieldReader.Next;

/**
 * Reads the addresses of a header field (RFC 5322 section 3.4 with its obsolete forms) in the way
 * Dovecot does (its lib-mail/message-address), so that broken addresses come out the same: dots may
 * stand anywhere, an empty element is an address without anything, words without an address are a
 * name, a comment is the name where there is no other.
 */
final class AddressParser {
  private static final int MAX_ADDRESSES = 100_000;

  private final FieldReader in;
  private final boolean filled;
  private final List<MailAddress> addresses = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();

  private String name;
  private String route;
  private String mailbox;
  private String domain;

  /**
   * @param text one char a byte
   * @param filled whether missing parts are named as in ENVELOPE: MISSING_MAILBOX, SYNTAX_ERROR
   */
  AddressParser(String text, boolean filled) {
    this.in = new FieldReader(text);
    this.filled = filled;
  }

  List<MailAddress> parse() {
    if (in.skipSpace() != Next.MORE) {
      return addresses;
    }
    while (addresses.size() < MAX_ADDRESSES && address() != Next.END && in.is(',')) {
      in.skip();
      Next next = in.skipSpace();
      if (next == Next.BROKEN) {
        addFixed();
      }
      if (next != Next.MORE) {
        break;
      }
    }
    return addresses;
  }

  private Next address() {
    int start = in.position();
    word.setLength(0);
    if (in.phrase(word) == Next.MORE && in.is(':')) {
      return group();
    }
    in.position(start);
    return mailbox();
  }

  /** A group, from the colon on; never broken, so that no reader takes it for something else. */
  private Next group() {
    in.skip();
    Next next = in.skipSpace();
    mailbox = word.toString();
    add();
    if (next == Next.MORE && !in.is(';')) {
      next = members();
    }
    if (next != Next.BROKEN) {
      if (in.is(';')) {
        in.skip();
        next = in.skipSpace();
      } else {
        next = Next.BROKEN;
      }
    }
    add();
    return next == Next.END ? Next.END : Next.MORE;
  }

  private Next members() {
    while (addresses.size() < MAX_ADDRESSES) {
      mailbox();
      if (!in.is(',')) {
        break;
      }
      in.skip();
      if (in.skipSpace() != Next.MORE) {
        return Next.BROKEN;
      }
    }
    return Next.MORE;
  }

  private Next mailbox() {
    int start = in.position();
    Next next;
    word.setLength(0);
    if (in.phrase(word) == Next.MORE && in.is('<')) {
      name = word.length() == 0 ? null : word.toString();
      if (angle() == Next.BROKEN && filled) {
        domain = "SYNTAX_ERROR";
      }
      next = in.atEnd() ? Next.END : Next.MORE;
    } else {
      in.position(start);
      next = plain();
    }
    addFixed();
    return next;
  }

  /** An address in angle brackets. */
  private Next angle() {
    in.skip();
    if (in.skipSpace() != Next.MORE) {
      return Next.BROKEN;
    }
    if (in.is('@')) {
      if (route() && in.is(':')) {
        in.skip();
      } else {
        route = filled ? "INVALID_ROUTE" : route;
        if (in.atEnd()) {
          return Next.BROKEN;
        }
      }
      if (in.skipSpace() != Next.MORE) {
        return Next.BROKEN;
      }
    }
    if (!in.is('>')) {
      if (localPart() != Next.MORE || in.is('@') && domain() != Next.MORE) {
        return Next.BROKEN;
      }
    }
    if (!in.is('>')) {
      return Next.BROKEN;
    }
    in.skip();
    return in.skipSpace();
  }

  /** The hosts to be passed on the way, {@code @one,@two}; false where the text ends in them. */
  private boolean route() {
    StringBuilder hosts = new StringBuilder();
    while (in.is('@')) {
      hosts.append(hosts.length() == 0 ? "@" : ",@");
      if (in.domain(hosts) != Next.MORE) {
        return false;
      }
      while (in.skipSpace() == Next.MORE && in.is(',')) {
        in.skip();
      }
    }
    if (in.atEnd()) {
      return false;
    }
    route = hosts.toString();
    return true;
  }

  /** An address without brackets, or what stands in the place of one. */
  private Next plain() {
    in.forgetComment();
    boolean quoted = in.is('"');
    Next next = localPart();
    boolean broken = next != Next.MORE;
    boolean hasDomain = next != Next.END && in.is('@');
    if (hasDomain) {
      Next behind = domain();
      next = behind == Next.MORE ? next : behind;
    }
    if (!in.comment().isEmpty()) {
      name = in.comment();
    } else if (!hasDomain) {
      broken = true;
      next = Next.BROKEN;
      words(quoted);
    }
    if (broken && name == null && mailbox != null && domain == null) {
      name = mailbox;
      mailbox = null;
    }
    return next;
  }

  /** Several words without an address are a name; one alone is a mailbox. */
  private void words(boolean quoted) {
    word.append(' ');
    int length = word.length();
    in.phrase(word);
    if (word.length() > length) {
      mailbox = null;
      name = word.toString();
    } else if (!quoted) {
      domain = "";
    }
  }

  private Next localPart() {
    word.setLength(0);
    Next next = in.is('"') ? in.quoted(word) : dotted();
    if (next != Next.BROKEN) {
      mailbox = word.toString();
    }
    return next;
  }

  /** Atoms and dots as they come. */
  private Next dotted() {
    Next next = Next.BROKEN;
    do {
      while (in.is('.')) {
        word.append('.');
        in.skip();
        if (in.atEnd()) {
          return Next.END;
        }
        next = Next.MORE;
      }
      if (in.is('@')) {
        break;
      }
      next = in.atom(word);
    } while (next == Next.MORE && in.is('.'));
    return next;
  }

  private Next domain() {
    word.setLength(0);
    Next next = in.domain(word);
    if (next != Next.BROKEN) {
      domain = word.toString();
    }
    return next;
  }

  /** Adds the address that has been read, with stand-ins for missing parts. */
  private void addFixed() {
    if (mailbox == null) {
      mailbox = filled ? "MISSING_MAILBOX" : "";
    }
    if (domain == null || domain.isEmpty()) {
      domain = filled ? "MISSING_DOMAIN" : "";
    }
    add();
  }

  private void add() {
    addresses.add(new MailAddress(name, route, mailbox, domain));
    name = null;
    route = null;
    mailbox = null;
    domain = null;
  }
}
