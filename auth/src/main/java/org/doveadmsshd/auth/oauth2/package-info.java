/** Bearer tokens (RFC 6750) of an OAuth 2.0 authorization server. */
package org.doveadmsshd.auth.oauth2;
