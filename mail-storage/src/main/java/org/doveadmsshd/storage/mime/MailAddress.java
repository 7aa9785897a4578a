package org.doveadmsshd.storage.mime;

import java.util.List;

/**
 * One address of a header field, as IMAP's ENVELOPE has it (RFC 3501 section 7.4.2): a group begins
 * with an entry that has only its name as mailbox and ends with one that has nothing.
 *
 * @param name of the person, encoded-words not decoded, one char a byte; null for none
 * @param route as in {@code <@relay:user@host>}; null for none
 * @param mailbox empty where it is missing; null at the end of a group
 * @param domain empty where it is missing; null at the beginning and the end of a group
 */
public record MailAddress(String name, String route, String mailbox, String domain) {
  /** Where a field is longer than this, the rest is not looked at. */
  private static final int MAX_LENGTH = 1024 * 1024;

  /** Reads the addresses of a field value, with its line breaks or without. */
  public static List<MailAddress> parse(String value) {
    return new AddressParser(cut(value), false).parse();
  }

  /**
   * As {@link #parse}, with MISSING_MAILBOX, MISSING_DOMAIN, INVALID_ROUTE and SYNTAX_ERROR in the
   * place of what is missing or broken, as ENVELOPE has them.
   */
  static List<MailAddress> parseFilled(String value) {
    return new AddressParser(cut(value), true).parse();
  }

  private static String cut(String value) {
    return value.substring(0, Math.min(value.length(), MAX_LENGTH));
  }

  /** Whether this is the beginning or the end of a group. */
  boolean isGroup() {
    return domain == null;
  }
}
