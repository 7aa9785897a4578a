package org.doveadmsshd.worker.audit;

import org.doveadmsshd.base.Failure;

/** Takes events for the audit log. Safe for several threads. */
public interface Audit {
  /** Nowhere. */
  Audit NONE =
      new Audit() {
        @Override
        public void check() {}

        @Override
        public void note(AuditEvent event) {}
      };

  /**
   * Says whether commands may begin.
   *
   * @throws Failure when they must be accounted for and cannot be
   */
  void check() throws Failure;

  /**
   * Accounts for something; when this returns the system has it.
   *
   * @throws Failure when that is not possible and must be
   */
  void note(AuditEvent event) throws Failure;
}
