/** The users of the system, as its name service (passwd, LDAP, …) tells them. */
package org.doveadmsshd.auth.system;
