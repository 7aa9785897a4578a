/**
 * Who may do what: master users with their scope, mail users with their home. Backends stand in
 * packages below.
 */
package org.doveadmsshd.auth;
