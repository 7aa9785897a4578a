/**
 * Who may do what, and for whom: master users with their scope, mail users and where their mail
 * lies. How anybody proves who he is, and where users are kept, stand above, in {@code auth}.
 */
package org.doveadmsshd.accounts;
