/** Servers that the brain reaches over SSH: one connection each, with many lanes on it. */
package org.doveadmsshd.brain.ssh;
