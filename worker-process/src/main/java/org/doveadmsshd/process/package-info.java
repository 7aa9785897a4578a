/**
 * The worker process: one user's rights, taken for good (docs/SUPERVISOR.md). It knows of neither
 * SSH nor configuration files; what it needs comes through its standard input.
 */
package org.doveadmsshd.process;
