/** Dovecot's password schemes: {@code {SCHEME}hash}. The hashes themselves come from libraries. */
package org.doveadmsshd.auth.scheme;
