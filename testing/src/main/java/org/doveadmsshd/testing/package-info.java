/** What tests of several modules play with: a mail store in memory. No program has it. */
package org.doveadmsshd.testing;
