/** What the server does after its start, so that its first command is as fast as later ones. */
package org.doveadmsshd.server.rehearsal;
