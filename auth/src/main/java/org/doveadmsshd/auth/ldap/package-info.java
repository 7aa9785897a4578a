/**
 * passdb and userdb in an LDAP directory, set up by the very file that Dovecot reads: filters in
 * which what users are called is escaped, connections from a pool, certificates always verified.
 */
package org.doveadmsshd.auth.ldap;
