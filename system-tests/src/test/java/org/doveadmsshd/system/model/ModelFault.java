package org.doveadmsshd.system.model;

/** What is not as it was promised. */
final class ModelFault extends AssertionError {
  private static final long serialVersionUID = 1;

  ModelFault(String what) {
    super(what);
  }
}
