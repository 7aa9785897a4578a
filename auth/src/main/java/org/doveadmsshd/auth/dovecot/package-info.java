/** Asks a running Dovecot's auth process, over the UNIX sockets it has for that (2.3 and 2.4). */
package org.doveadmsshd.auth.dovecot;
