/** How far a run is, and how that is told: to a person at a terminal, or to a program. */
package org.doveadmsshd.brain.progress;
