/**
 * What tests of several modules play with: a mail store in memory, and programs as they are called.
 * No program has it.
 */
package org.doveadmsshd.testing;
