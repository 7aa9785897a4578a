/**
 * passdb and userdb in an SQL database, set up by the very file that Dovecot reads: connections
 * come from a pool, queries are prepared statements.
 */
package org.doveadmsshd.auth.sql;
