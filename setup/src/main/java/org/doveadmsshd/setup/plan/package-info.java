/**
 * What becomes of a Dovecot's configuration here: made of values alone. Nothing is read, asked or
 * written.
 */
package org.doveadmsshd.setup.plan;
