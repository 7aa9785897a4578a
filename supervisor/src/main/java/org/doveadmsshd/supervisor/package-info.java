/**
 * The supervisor: the one process with root's right to change identities, and nothing to do with
 * mail or networks (docs/SUPERVISOR.md, docs/PRIVILEGES.md).
 */
package org.doveadmsshd.supervisor;
