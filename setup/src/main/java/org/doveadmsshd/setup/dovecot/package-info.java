/** What an installed Dovecot is configured to, as {@code doveconf -n} prints it. */
package org.doveadmsshd.setup.dovecot;
