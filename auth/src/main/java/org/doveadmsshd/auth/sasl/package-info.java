/**
 * SASL mechanisms (RFC 4422), both sides of them, free of any transport: a {@code SaslClient} says
 * who somebody is, a {@code SaslServer} finds out with the help of {@code Credentials}.
 */
package org.doveadmsshd.auth.sasl;
