/**
 * How master users prove who they are, and where mail users are kept: passdbs and userdbs in
 * chains, what slows down guessing. The drivers stand in packages below.
 */
package org.doveadmsshd.auth;
