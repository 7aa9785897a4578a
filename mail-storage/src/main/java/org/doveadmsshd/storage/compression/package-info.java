/**
 * Mails that are stored compressed, as Dovecot's zlib plugin stores them: gzip, bzip2, zstd, xz,
 * and LZ4 in a frame of Dovecot's own. All is done piece by piece, in memory that does not grow
 * with a mail. But for gzip, which the JDK has, it is done by the libraries of the system that
 * Dovecot itself uses; they are loaded when the first such mail is met.
 */
package org.doveadmsshd.storage.compression;
