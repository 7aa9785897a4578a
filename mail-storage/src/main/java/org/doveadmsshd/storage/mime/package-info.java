/**
 * Mails as streams of header fields and parts, decoded as far as a search needs it.
 *
 * <p>Everything here works on one buffer of fixed size, whatever the size of the mail, takes time
 * in proportion to that size, and gives up structure rather than memory where a mail is built to
 * hurt. Header values, addresses and dates are read as Dovecot reads them, by code of this package.
 */
package org.doveadmsshd.storage.mime;
