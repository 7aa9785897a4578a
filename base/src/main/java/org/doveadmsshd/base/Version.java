package org.doveadmsshd.base;

/** Which version of the programs this is. */
public final class Version {
  /** As in the name of a package. */
  public static final String NUMBER = "0.1.0";

  private Version() {}
}
