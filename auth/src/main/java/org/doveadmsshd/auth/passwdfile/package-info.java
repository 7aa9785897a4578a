/** passdb and userdb in Dovecot's passwd-file format. */
package org.doveadmsshd.auth.passwdfile;
