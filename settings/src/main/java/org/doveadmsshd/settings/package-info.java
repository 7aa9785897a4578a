/**
 * The configuration file: Dovecot's block syntax, read into an Apache Commons Configuration tree
 * and bound once to immutable records. Every setting there is stands in {@link
 * org.doveadmsshd.settings.Schema}.
 */
package org.doveadmsshd.settings;
