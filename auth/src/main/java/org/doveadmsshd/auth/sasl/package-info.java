/** SASL mechanisms (RFC 4422). */
package org.doveadmsshd.auth.sasl;
