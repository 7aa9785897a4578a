/**
 * Doveadm's formatters, and ndjson. A formatter is told columns once and then value after value; it
 * knows nothing of commands and users.
 */
package org.doveadmsshd.brain.format;
