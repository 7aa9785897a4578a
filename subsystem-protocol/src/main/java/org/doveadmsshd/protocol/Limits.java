package org.doveadmsshd.protocol;

/**
 * Limits of the protocol, which both sides enforce before memory is taken. docs/PROTOCOL.md section
 * 3.
 */
public final class Limits {
  /** Version of the protocol described in docs/PROTOCOL.md. */
  public static final int VERSION = 1;

  /** As programs say it of themselves. */
  public static final String PROTOCOL = "protocol " + VERSION;

  /** Largest length field of a frame, in bytes: type, request id and fields together. */
  public static final int MAX_FRAME = 256 * 1024;

  /** Largest value that travels inside a ROW, in bytes; longer ones go in CHUNKs. */
  public static final int MAX_INLINE_VALUE = 64 * 1024;

  /** Most bytes of data in one CHUNK. */
  public static final int MAX_CHUNK = 128 * 1024;

  /** Most INPUTs that a worker may have asked for and not yet got. */
  public static final int MAX_WANTED = 4;

  /** Most bytes that a command may read. */
  public static final long MAX_INPUT = 1024L * 1024 * 1024;

  /** Most entries of any list: arguments, columns, values, counts, extensions. */
  public static final int MAX_LIST = 4096;

  /** Most RUN and LIST requests that may wait on one channel. */
  public static final int MAX_PIPELINED = 256;

  private Limits() {}
}
