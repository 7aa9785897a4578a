/**
 * The few system calls that mail storage needs and java.nio does not offer: opening relative to a
 * directory without following a link and without waiting for a FIFO, file names as raw bytes,
 * change times, fsync of directories. Called through JNA; Linux with glibc 2.30 or newer.
 *
 * <p>File names are Strings in which every char is one byte (ISO-8859-1), so that no name on disk
 * is out of reach. {@link org.doveadmsshd.storage.posix.FileName} converts.
 */
package org.doveadmsshd.storage.posix;
