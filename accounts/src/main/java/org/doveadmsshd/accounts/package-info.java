/**
 * Master users with their scopes, mail users and the places of their mail. Logins and databases of
 * users are in {@code auth}, above this package.
 */
package org.doveadmsshd.accounts;
