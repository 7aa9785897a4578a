/**
 * Charsets of mail: their names as people write them, those that the JDK lacks, and decoding that
 * never fails.
 *
 * <p>What counts is what glibc's iconv makes of a name, since Dovecot reads mail with it.
 */
package org.doveadmsshd.storage.charset;
