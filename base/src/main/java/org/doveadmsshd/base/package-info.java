/**
 * What every module may use and none is about: outcomes and failures, user names and masks, lines
 * of values between tabs, files that are read again when they change, text made fit for a terminal.
 *
 * <p>The package knows neither mail nor the protocol, and imports nothing but the JDK.
 */
package org.doveadmsshd.base;
