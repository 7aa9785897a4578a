/**
 * The few calls of the system that java.nio does not offer: opening relative to a directory without
 * following a link and without waiting for a FIFO, file names as raw bytes, change times, fsync of
 * directories, the users and groups of the machine. Called through JNA; Linux with glibc 2.30 or
 * newer.
 *
 * <p>File names are Strings in which every char is one byte (ISO-8859-1), so that no name on disk
 * is out of reach. {@link org.doveadmsshd.posix.FileName} converts.
 */
package org.doveadmsshd.posix;
