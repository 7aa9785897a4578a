package org.doveadmsshd.protocol;

/**
 * What a side may do beyond what every peer understands, by the names in its HELLO.
 * docs/PROTOCOL.md section 7.
 */
public final class Extension {
  /** From a worker: it answers PING. */
  public static final String PING = "ping@doveadm-sshd";

  /** From a worker: it answers CLOCK. */
  public static final String CLOCK = "clock@doveadm-sshd";

  /** From a worker: its answer to CLOCK also tells how busy its machine is. */
  public static final String LOAD = "load@doveadm-sshd";

  /** From a brain: an outcome that it does not know counts as a temporary failure. */
  public static final String OUTCOMES = "outcomes@doveadm-sshd";

  /** From a worker: it remembers the highest term of each user, and refuses a lower one. */
  public static final String TERMS = "terms@doveadm-sshd";

  private Extension() {}
}
