/** {@code doveadm-sshd setup}: a configuration made of an installed Dovecot's. */
package org.doveadmsshd.setup;
