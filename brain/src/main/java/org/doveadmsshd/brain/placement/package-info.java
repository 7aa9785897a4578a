/**
 * Who is where: the drivers of the section {@code placement}. They know servers by name, and
 * connect to none.
 */
package org.doveadmsshd.brain.placement;
