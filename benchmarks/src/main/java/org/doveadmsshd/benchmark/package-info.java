/** Measurements of the parts: JMH benchmarks, and a relay that makes the way to a server long. */
package org.doveadmsshd.benchmark;
