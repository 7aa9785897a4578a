/** What stands between a command that takes mails of several users away, and its being done. */
package org.doveadmsshd.console.safety;
