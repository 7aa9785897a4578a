/** Writes a small mail site, for trying things out and for tests. */
package org.doveadmsshd.sample;
